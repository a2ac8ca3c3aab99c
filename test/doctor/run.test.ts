import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { type RunOptions, runTraining } from "../../src/doctor/run.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { createModel } from "../../src/nn/model.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import type { Settings, Training } from "../../src/train/training.ts";
import type { RunRecord } from "../../src/watch/record.ts";
import { compiledBackends } from "../engine/backends.ts";
import { clouds, failsWith, line } from "../train/tiny.ts";

const backend = createReferenceBackend();
// one form of machine code: forms differ in speed of compilation and execution, not in what is tested here
const backends = [backend, ...compiledBackends({ threads: 1 }).slice(0, 2)];
const all = clouds(42);
const parts = { train: all.subset({ from: 0, to: 30 }), validation: all.subset({ from: 30 }) };

/** Four steps per epoch; with dropout and momentum, so that there is state to preserve. */
function training(
  changes: Partial<Settings> = {},
  data: Training["data"] = parts,
  layers?: readonly LayerInput[],
): Training {
  const usual: readonly LayerInput[] = [
    { type: "linear", units: 8 },
    { type: "relu" },
    { type: "dropout", rate: 0.2 },
    { type: "linear", units: 3 },
  ];
  const settings: Settings = {
    model: createModel({ inputShape: data.train.inputShape, layers: layers ?? usual }).config,
    loss: { type: "softmaxCrossEntropy" },
    optimizer: { type: "adam", learningRate: 0.02 },
    epochs: 4,
    batchSize: 8,
    seed: 1,
    ...changes,
  };
  return { settings, data };
}

const run = (given: Training, options: Partial<RunOptions> = {}): Promise<RunRecord> =>
  runTraining(given, { seed: 1, backend, ...options });

/** A record without its time. */
const withoutTime = ({ seconds: _, ...record }: RunRecord): Partial<RunRecord> => record;

describe("a run", () => {
  it("is recorded from the initial weights to the score", async () => {
    const done: number[] = [];
    const record = await run(training(), { onProgress: (share) => done.push(share) });
    const { seed, steps, plannedSteps, epochs, readings, start, end, score, trainScore, failure, cut } = record;
    assert.deepEqual([seed, steps, plannedSteps, failure, cut], [1, 16, 16, undefined, undefined]);
    assert.deepEqual(
      epochs.map(({ epoch, step }) => [epoch, step]),
      [
        [1, 4],
        [2, 8],
        [3, 12],
        [4, 16],
      ],
    );
    assert.deepEqual(
      readings.map(({ step, epoch }) => [step, epoch]),
      [
        [1, 1],
        [11, 3],
      ],
    );
    assert.deepEqual([start?.step, end?.step], [0, 16]);
    assert.ok((end?.loss ?? Number.NaN) < (start?.loss ?? Number.NaN));
    assert.deepEqual([score?.samples, trainScore?.samples, score?.metric], [12, 30, "accuracy"]);
    assert.equal(epochs.at(-1)?.validationAccuracy, score?.value);
    assert.equal(epochs.at(-1)?.validationLoss, record.validationLoss);
    assert.notEqual((await run(training(), { seed: 2 })).validationLoss, record.validationLoss);
    assert.ok(done.every((share, index) => share >= (done[index - 1] ?? 0)) && done.at(-1) === 1, `${done}`);
  });

  for (const backend of backends) {
    it(`is reproducible bit by bit, and learns the same without probes: ${backend.name}`, async () => {
      const layers: readonly LayerInput[] = [
        { type: "linear", units: 8 },
        { type: "batchNorm" },
        { type: "tanh" },
        { type: "dropout", rate: 0.2 },
        { type: "linear", units: 3 },
      ];
      const given = training({ clip: { type: "globalNorm", maxNorm: 1 } }, parts, layers);
      const read = await run(given, { backend });
      assert.deepEqual(withoutTime(await run(given, { backend })), withoutTime(read));
      const plain = await run(given, { backend, withProbes: false });
      assert.deepEqual([plain.readings, plain.start, plain.end], [[], undefined, undefined]);
      const told = ({ epochs, score, trainScore, validationLoss }: RunRecord) => ({
        epochs,
        score,
        trainScore,
        validationLoss,
      });
      assert.deepEqual(told(read), told(plain));
    });
  }

  it("may end inside an epoch, and equals the beginning of the whole run", async () => {
    const whole = await run(training({ schedule: { type: "cosine", length: 16 } }));
    const part = await run(training({ schedule: { type: "cosine", length: 16 } }), { epochs: 2.75 });
    assert.deepEqual([part.steps, part.plannedSteps, part.epochs.length, part.cut], [11, 16, 2, undefined]);
    assert.deepEqual(
      part.readings,
      whole.readings.filter(({ step }) => step <= 11),
    );
    assert.deepEqual(part.epochs, whole.epochs.slice(0, 2));
    // less than one step counts as one, and more epochs than planned are possible
    assert.equal((await run(training(), { epochs: 0.01, withProbes: false })).steps, 1);
    assert.equal((await run(training(), { epochs: 6, withProbes: false })).steps, 24);
  });

  it("ends on request, between steps or after a validated epoch; its state is scored", async () => {
    const asked: (readonly [number, number])[] = [];
    const record = await run(training(), {
      withProbes: false,
      shouldStop: ({ steps, epochs }) => {
        asked.push([steps, epochs.length]);
        return steps >= 6 ? "budget" : undefined;
      },
    });
    assert.deepEqual([record.steps, record.cut, record.epochs.length], [6, "budget", 1]);
    assert.deepEqual(asked, [
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 1],
      [5, 1],
      [6, 1],
    ]);
    assert.equal(record.validationLoss, (await run(training(), { epochs: 1.5, withProbes: false })).validationLoss);
    const hopeless = await run(training(), {
      shouldStop: ({ epochs }) => (epochs.length === 2 ? "hopeless" : undefined),
    });
    assert.deepEqual([hopeless.steps, hopeless.cut, hopeless.epochs.length], [8, "hopeless", 2]);
    // a finished run has not been cut
    const over = await run(training(), {
      withProbes: false,
      shouldStop: ({ steps }) => (steps >= 16 ? "budget" : undefined),
    });
    assert.deepEqual([over.steps, over.cut], [16, undefined]);
  });

  it("that is aborted is an error", async () => {
    const controller = new AbortController();
    const error = await failsWith("interrupted", () =>
      run(training(), {
        signal: controller.signal,
        shouldStop: ({ steps }) => {
          if (steps === 5) controller.abort();
          return undefined;
        },
      }),
    );
    assert.equal(error.values.seed, 1);
    await failsWith("interrupted", () => run(training(), { signal: AbortSignal.abort() }));
  });

  it("that cannot be made at all is an error", async () => {
    await failsWith("bad-argument", () => run(training({ batchSize: 0 })));
    await failsWith("bad-argument", () =>
      run(
        training({}, parts, [
          { type: "linear", units: 3 },
          { type: "conv2d", filters: 1, kernel: 1 },
        ]),
      ),
    );
  });
});

describe("a run whose values become NaN or infinite", () => {
  const exponents = fromArrays({
    inputs: [
      [0.1, 0.1],
      [-3, -3],
      [2, 2],
      [0, 0],
    ],
    targets: [0, 1, 2, 0],
    classes: 3,
  });
  const overflowing: readonly LayerInput[] = [
    { type: "linear", units: 3, init: { type: "constant", value: 400 } },
    { type: "exponential" },
    { type: "linear", units: 3 },
  ];

  it("gives a record with the place of the failure and the score of the last good weights", async () => {
    const data = { train: exponents, validation: exponents.subset([1, 3]) };
    const record = await run(training({ shuffle: false, batchSize: 2 }, data, overflowing));
    assert.deepEqual(record.failure, { step: 2, epoch: 1, layer: "1", tensor: "output" });
    assert.deepEqual([record.steps, record.plannedSteps, record.end?.step, record.cut], [1, 8, 1, undefined]);
    assert.deepEqual(
      record.readings.map(({ step }) => step),
      [1],
    );
    const { score } = record;
    assert.ok(score !== undefined && score.samples === 2 && Number.isFinite(score.value));
    assert.ok(record.end?.layers.every(({ weightNorm }) => weightNorm === undefined || Number.isFinite(weightNorm)));
  });

  for (const backend of backends) {
    it(`fails in the same step with probes: ${backend.name}`, async () => {
      // grows per step by a factor that depends on dropout; float64 takes longer to overflow
      const layers: readonly LayerInput[] = [
        { type: "linear", units: 16 },
        { type: "dropout", rate: 0.3 },
        { type: "linear", units: 1 },
      ];
      const optimizer = { type: "sgd", learningRate: 0.6, momentum: 0.5 } as const;
      const data = { train: line(40), validation: line(12) };
      const given = training({ optimizer, loss: { type: "mse" }, epochs: 100 }, data, layers);
      const probed = await run(given, { backend });
      const plain = await run(given, { backend, withProbes: false });
      const { failure } = probed;
      assert.ok(failure !== undefined && failure.step > 2, JSON.stringify(failure));
      assert.deepEqual(failure, plain.failure);
      assert.equal(probed.validationLoss, plain.validationLoss);
      assert.equal(failure.step, probed.steps + 1);
    });
  }

  it("whose weights fail in a probed step, or between two, reports the same step", async () => {
    for (const learningRate of [1e150, 1e30, 1e13]) {
      const data = { train: line(40), validation: line(12) };
      const given = training({ optimizer: { type: "sgd", learningRate }, loss: { type: "mse" }, epochs: 40 }, data, [
        { type: "linear", units: 1 },
      ]);
      const [probed, plain] = [await run(given), await run(given, { withProbes: false })];
      assert.ok(probed.failure !== undefined);
      assert.deepEqual(probed.failure, plain.failure);
    }
  });
});

describe("targets scaled to deviation 1", () => {
  const plan = { loss: { type: "mse" }, epochs: 60, optimizer: { type: "adam", learningRate: 0.05 } } as const;
  const dataOf = (scale: number, offset: number) => {
    const scaled = line(40).mapTargets((value) => offset + scale * value);
    return { train: scaled.subset({ from: 0, to: 28 }), validation: scaled.subset({ from: 28 }) };
  };
  const linear: readonly LayerInput[] = [{ type: "linear", units: 1 }];

  it("are scored in their original units, whatever these are", async () => {
    const [small, large] = [
      await run(training({ ...plan, standardizeTargets: true }, dataOf(1, 0), linear)),
      await run(training({ ...plan, standardizeTargets: true }, dataOf(500, 20_000), linear)),
    ];
    assert.ok((large.score?.value ?? -1) > 0.99 && (large.trainScore?.value ?? -1) > 0.99, `${large.score?.value}`);
    assert.ok(Math.abs((large.score?.value ?? -1) - (small.score?.value ?? -1)) < 1e-4);
    // the loss is in the scaled units that the network minimises
    assert.ok((large.validationLoss ?? Infinity) < 0.01 && (large.start?.loss ?? Infinity) < 10);
    assert.equal(large.validationLoss, large.epochs.at(-1)?.validationLoss);
    // unscaled, they cannot be reached in this time
    const plain = await run(training(plan, dataOf(500, 20_000), linear), { withProbes: false });
    assert.equal(plain.score?.value, -1);
  });
});
