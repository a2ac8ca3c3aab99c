import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { datasetFromParts } from "../../src/data/dataset.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { prepared } from "../../src/doctor/prepared.ts";
import { rSquared, scoreOutputs, scoreState } from "../../src/doctor/score.ts";
import { taskOf } from "../../src/doctor/task.ts";
import type { LayerConfig } from "../../src/nn/layers.ts";
import type { LossConfig } from "../../src/nn/losses/losses.ts";
import { createModel } from "../../src/nn/model.ts";
import { tensor } from "../../src/tensor/create.ts";
import type { Settings, Training } from "../../src/train/training.ts";

const settings = (units: number, loss: LossConfig, more: Partial<Settings> = {}): Settings => ({
  model: { inputShape: [2], layers: [{ type: "linear", units }] as readonly LayerConfig[] },
  loss,
  optimizer: { type: "sgd", learningRate: 0.1 },
  epochs: 1,
  batchSize: 4,
  seed: 0,
  ...more,
});

/** A training of rows (i, -i) with the given targets. */
function trainingOf(targets: Parameters<typeof fromArrays>[0]["targets"], given: Settings, classes?: number): Training {
  const length = (targets as ArrayLike<unknown>).length;
  const inputs = Array.from({ length }, (_, index) => [index, -index]);
  const train = fromArrays({ inputs, targets, ...(classes === undefined ? {} : { classes }) });
  return { settings: given, data: { train, validation: train } };
}

const MSE = { type: "mse" } as const;
const SOFTMAX = { type: "softmaxCrossEntropy" } as const;
const LOGITS = { type: "binaryCrossEntropyWithLogits" } as const;
const SHARES = { type: "binaryCrossEntropy" } as const;

describe("the task of a training", () => {
  const cases: readonly (readonly [string, Training, string, number])[] = [
    ["labels of three classes", trainingOf([0, 1, 2, 2], settings(3, SOFTMAX), 3), "classes", 0.5],
    ["two labels, two outputs", trainingOf([0, 1, 1, 1], settings(2, SOFTMAX), 2), "classes", 0.75],
    ["two labels, one output", trainingOf([0, 1, 1, 1], settings(1, LOGITS), 2), "binary", 0.75],
    ["ten labels under a squared error", trainingOf([0, 9, 9, 3], settings(1, MSE), 10), "classes", 0.5],
    ["a column of 0 and 1 under a squared error", trainingOf([0, 1, 0, 0], settings(1, MSE)), "binary", 0.75],
    ["a column of -1 and 1", trainingOf([-1, 1, -1, 1], settings(1, MSE)), "binary", 0.5],
    ["a column of 1 alone", trainingOf([1, 1, 1], settings(1, SHARES)), "binary", 1],
    ["a column of -1, 0 and 1", trainingOf([-1, 0, 1], settings(1, MSE)), "values", 0],
    ["a column of numbers", trainingOf([0.5, 2, 3.25], settings(1, MSE)), "values", 0],
    ["whole numbers under a squared error", trainingOf([3, 5, 3, 8], settings(1, MSE)), "values", 0],
    ["numbers under a loss for classes", trainingOf([0.5, 2, 3.25], settings(1, SOFTMAX)), "values", 0],
    [
      "one-hot rows under a loss for yes or no",
      trainingOf(
        [
          [0, 1],
          [1, 0],
          [0, 1],
        ],
        settings(2, LOGITS),
      ),
      "classes",
      2 / 3,
    ],
    [
      "one-hot rows under a squared error",
      trainingOf(
        [
          [0, 1],
          [1, 0],
        ],
        settings(2, MSE),
      ),
      "classes",
      0.5,
    ],
    [
      "rows of -1 with one 1",
      trainingOf(
        [
          [-1, 1, -1],
          [1, -1, -1],
        ],
        settings(3, MSE),
      ),
      "classes",
      0.5,
    ],
    [
      "several yes or no under softmax",
      trainingOf(
        [
          [1, 1],
          [1, 0],
          [0, 0],
        ],
        settings(2, SOFTMAX),
      ),
      "multilabel",
      2 / 3,
    ],
    [
      "rows of shares under a loss for classes",
      trainingOf(
        [
          [0.9, 0.1],
          [0.2, 0.8],
        ],
        settings(2, SOFTMAX),
      ),
      "classes",
      0.5,
    ],
    [
      "rows of shares under a squared error",
      trainingOf(
        [
          [0.9, 0.1],
          [0.2, 0.8],
        ],
        settings(2, MSE),
      ),
      "values",
      0,
    ],
    [
      "rows of numbers",
      trainingOf(
        [
          [0.9, 10],
          [2, 8],
        ],
        settings(2, MSE),
      ),
      "values",
      0,
    ],
  ];
  for (const [name, training, kind, majority] of cases) {
    it(`${name}: ${kind}`, () => {
      const task = taskOf(training);
      assert.equal(task.kind, kind);
      assert.ok(Math.abs(task.majority - majority) < 1e-12, `majority ${task.majority}`);
    });
  }

  it("divided labels still are classes if the data set states their number", () => {
    const part = (classes?: number) =>
      datasetFromParts({
        name: "divided",
        inputShape: [2],
        targetShape: [],
        storage: { inputs: new Float32Array(8), targets: Float32Array.of(0, 1 / 255, 2 / 255, 1 / 255) },
        ...(classes === undefined ? {} : { classes }),
      });
    const train = part(3);
    const task = taskOf({ settings: settings(1, MSE), data: { train, validation: train } });
    assert.deepEqual([task.kind, task.classes, task.levels.length, task.majority], ["classes", 3, 3, 0.5]);
    const unsaid = part();
    assert.equal(taskOf({ settings: settings(1, MSE), data: { train: unsaid, validation: unsaid } }).kind, "values");
  });
});

describe("the score of outputs", () => {
  const score = (outputs: readonly number[], training: Training, shape: readonly number[] = [1]) =>
    scoreOutputs(Float32Array.from(outputs), shape, training.data.train, taskOf(training), training.settings.loss);

  it("takes the largest of several outputs, and none if one of them is not finite", () => {
    const training = trainingOf([0, 1, 1], settings(2, SOFTMAX), 2);
    assert.deepEqual(score([2, 1, -3, -2, 5, 4], training, [2]), {
      metric: "accuracy",
      value: 2 / 3,
      chance: 2 / 3,
      samples: 3,
    });
    assert.equal(score([2, Number.NaN, 1, Infinity, 0, 1], training, [2]).value, 1 / 3);
  });

  it("separates yes from no at the threshold of the loss", () => {
    const at = (loss: LossConfig, outputs: readonly number[]) =>
      score(outputs, trainingOf([0, 1, 1, 0], settings(1, loss)));
    assert.equal(at(LOGITS, [-0.1, 0.1, 3, -3]).value, 1);
    assert.equal(at(SHARES, [0.4, 0.6, 0.9, 0.1]).value, 1);
    assert.equal(at(SHARES, [0.4, 0.4, 0.4, 0.4]).value, 0.5);
    assert.equal(at(MSE, [0.4, 0.6, 2, -1]).value, 1);
    assert.equal(at(LOGITS, [Number.NaN, Number.NaN, Infinity, -Infinity]).value, 0);
    assert.equal(score([-0.1, 0.1], trainingOf([-1, 1], settings(1, MSE))).value, 1);
  });

  it("reads several yes or no separately; with softmax a share above one half is a yes", () => {
    const rows = [
      [1, 1],
      [1, 0],
    ];
    assert.equal(score([1, 1, 1, -1], trainingOf(rows, settings(2, LOGITS)), [2]).value, 1);
    assert.equal(score([1, 1.5, 9, -800], trainingOf(rows, settings(2, SOFTMAX)), [2]).value, 3 / 4);
  });

  it("assigns a single output for several classes to the nearest class", () => {
    assert.equal(score([0.4, 7.6, 3.2, 400], trainingOf([0, 8, 2, 9], settings(1, MSE), 10)).value, 3 / 4);
  });

  it("ignores labels that the loss ignores", () => {
    const training = trainingOf([0, 1, 1], settings(2, { ...SOFTMAX, ignoreIndex: 0 }), 2);
    assert.deepEqual(score([2, 1, -3, -2, 5, 4], training, [2]).value, 1 / 2);
  });

  it("r2: 1 for the targets, 0 for their mean, never below -1, never NaN", () => {
    const numbers = fc.float({ noDefaultInfinity: true, noNaN: true, min: -1000, max: 1000 });
    fc.assert(
      fc.property(
        fc.array(numbers, { minLength: 2, maxLength: 20 }),
        fc.infiniteStream(fc.float()),
        (targets, stream) => {
          const outputs = [...stream.take(targets.length)];
          const value = rSquared(outputs, targets, 1);
          assert.ok(value >= -1 && value <= 1, `${value}`);
          if (new Set(targets).size > 1) {
            const mean = targets.reduce((sum, each) => sum + each, 0) / targets.length;
            assert.ok(
              Math.abs(
                rSquared(
                  targets.map(() => mean),
                  targets,
                  1,
                ),
              ) < 1e-9,
            );
            assert.equal(rSquared(targets, targets, 1), 1);
            const lost = targets.map(() => Number.NaN);
            assert.ok(rSquared(lost, targets, 1) < -1 + 1e-9);
          }
        },
      ),
    );
  });
});

describe("the score of a state", () => {
  const inputs = Array.from({ length: 12 }, (_, index) => [index, index % 3]);
  const targets = inputs.map(([a = 0, b = 0]) => 100 + 30 * a - 50 * b);
  const train = fromArrays({ inputs, targets });
  const data = { train, validation: train.take(7) };
  const backend = "reference" as const;

  it("is in the original units of the targets, and finds the scaling from either training", async () => {
    const training: Training = { settings: settings(1, MSE, { standardize: true, standardizeTargets: true }), data };
    const ready = prepared(training);
    assert.equal(prepared(training), ready);
    assert.equal(prepared(ready.training), ready);
    const { divisor = [], center = [] } = ready.inputScaling ?? {};
    const { divisor: [deviation = 0] = [], center: [mean = 0] = [] } = ready.targetScaling ?? {};
    // the exact solution for scaled inputs and targets
    const weight = [30, -50].map((each, index) => (each * (divisor[index] as number)) / deviation);
    const bias = (100 + 30 * (center[0] as number) - 50 * (center[1] as number) - mean) / deviation;
    const model = createModel(training.settings.model);
    const [path] = Object.keys(model.initialize(0).parameters) as [string];
    const exact = { parameters: { [path]: { weight: tensor([weight]), bias: tensor([bias]) } }, buffers: {} };
    for (const asked of [training, ready.training]) {
      const { score, loss } = await scoreState(asked, model, exact as never, "validation", { backend });
      assert.equal(score.metric, "r2");
      assert.equal(score.samples, 7);
      assert.ok(score.value > 1 - 1e-9, `${score.value}`);
      assert.ok(loss < 1e-9, `${loss}`);
    }
    const off = { parameters: { [path]: { weight: tensor([weight]), bias: tensor([bias + 0.5]) } }, buffers: {} };
    const { score, loss } = await scoreState(training, model, off as never, "train", { backend });
    // half a deviation off: a quarter of the variance, in any units
    assert.ok(Math.abs(score.value - 0.75) < 1e-5, `${score.value}`);
    assert.ok(Math.abs(loss - 0.25) < 1e-5, `${loss}`);
    const some = await scoreState(training, model, off as never, "train", { backend, samples: 5 });
    assert.equal(some.score.samples, 5);
  });

  it("a state that is not finite is wrong everywhere", async () => {
    const training = trainingOf([0, 1, 1, 0], settings(2, SOFTMAX), 2);
    const model = createModel(training.settings.model);
    const [path] = Object.keys(model.initialize(0).parameters) as [string];
    const bad = {
      parameters: {
        [path]: {
          weight: tensor([
            [Number.NaN, 0],
            [0, 0],
          ]),
          bias: tensor([0, 0]),
        },
      },
      buffers: {},
    };
    const { score, loss } = await scoreState(training, model, bad as never, "validation", { backend });
    assert.equal(score.value, 0);
    assert.equal(score.chance, 0.5);
    assert.ok(Number.isNaN(loss));
  });
});
