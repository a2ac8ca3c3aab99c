import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GradusError } from "../../../src/core/errors.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import { fromArrays } from "../../../src/data/from-arrays.ts";
import { openBackend } from "../../../src/engine/select-backend.ts";
import type { LayerInput } from "../../../src/nn/layers.ts";
import type { Model } from "../../../src/nn/model.ts";
import type { Resumed } from "../../../src/train/events.ts";
import { fit } from "../../../src/train/fit.ts";
import type { FitOptions, TrainResult } from "../../../src/train/options.ts";
import { leftBy } from "../../support/left-by.ts";
import { type MemoryStore, memoryStore } from "../../support/memory-store.ts";
import { classifier, clouds, tiny } from "../tiny.ts";

const LAYERS: readonly LayerInput[] = [{ type: "linear", units: 6 }, "tanh", { type: "dropout", rate: 0.2 }];
const before = {
  ...tiny,
  data: { train: clouds(30), validation: clouds(15) },
  optimizer: { type: "adam", learningRate: 0.05 },
  clip: { type: "globalNorm", maxNorm: 1 },
  earlyStopping: { patience: 5 },
  epochs: 2,
} as const satisfies FitOptions;

async function trained(options: FitOptions = before): Promise<MemoryStore> {
  const store = memoryStore();
  await fit(classifier(LAYERS), { ...options, checkpoint: { store } });
  return store;
}

/** The same numbers in other samples. */
function changed(dataset: Dataset, change: (inputs: number[][], labels: number[]) => void): Dataset {
  const flat = dataset.toArrays().inputs.data;
  const inputs = Array.from({ length: dataset.length }, (_, row) => [...flat.subarray(2 * row, 2 * row + 2)]);
  const labels = [...dataset.toTargets()];
  change(inputs, labels);
  return fromArrays({ inputs, targets: labels, classes: 3 });
}

const same = changed(clouds(30), () => undefined);
const data = (train: Dataset): Partial<FitOptions> => ({ data: { train, validation: clouds(15) } });

/** Another training than the one that was written down, and what the message must say of it. */
const REFUSED: Readonly<
  Record<string, { readonly now: Partial<FitOptions>; readonly model?: Model; readonly says: RegExp }>
> = {
  "one number of the samples": {
    now: data(changed(clouds(30), ([first]) => first?.splice(0, 1, 0.5))),
    says: /the training samples are others/,
  },
  "one label": {
    now: data(changed(clouds(30), (_, labels) => labels.splice(3, 1, ((labels[3] ?? 0) + 1) % 3))),
    says: /the training samples are others/,
  },
  "the order of the samples": {
    now: data(
      changed(clouds(30), (inputs, labels) => {
        inputs.reverse();
        labels.reverse();
      }),
    ),
    says: /the training samples are others/,
  },
  "other validation samples": {
    now: { data: { train: clouds(30), validation: clouds(14) } },
    says: /the validation samples are others/,
  },
  "another split of the same samples": {
    now: { data: clouds(30), validationSplit: 0.2 },
    says: /training samples are others.*validation samples are others/,
  },
  "no validation": {
    now: { data: clouds(30), earlyStopping: undefined },
    says: /validation samples are others/,
  },
  "more units": {
    now: {},
    model: classifier([{ type: "linear", units: 7 }, ...LAYERS.slice(1)]),
    says: /model\.layers\.0\.units was 6, is 7/,
  },
  "one layer more": {
    now: {},
    model: classifier([...LAYERS, { type: "linear", units: 6 }]),
    says: /model\.layers/,
  },
  "another dropout rate": {
    now: {},
    model: classifier([...LAYERS.slice(0, 2), { type: "dropout", rate: 0.3 }]),
    says: /model\.layers\.2\.rate was 0\.2, is 0\.3/,
  },
  "another batch size": { now: { batchSize: 4 }, says: /batchSize was 8, is 4/ },
  "another seed": { now: { seed: 2 }, says: /seed was 1, is 2/ },
  "another optimiser": {
    now: { optimizer: { type: "sgd", learningRate: 0.05 } },
    says: /optimizer\.type was "adam", is "sgd"/,
  },
  "another moment": {
    now: { optimizer: { type: "adam", learningRate: 0.05, beta1: 0.8 } },
    says: /optimizer\.beta1 was absent, is 0\.8/,
  },
  "another loss": { now: { loss: { type: "softmaxCrossEntropy", labelSmoothing: 0.1 } }, says: /loss\.labelSmoothing/ },
  "no clip": { now: { clip: undefined }, says: /clip was .*globalNorm.*, is absent/ },
  "a regulariser": { now: { regularizer: { l2: 0.1 } }, says: /regularizer was absent, is \{"l2":0\.1\}/ },
  "no shuffling": { now: { shuffle: false }, says: /shuffle was true, is false/ },
  "averaged weights": { now: { ema: 0.9 }, says: /ema was absent, is/ },
};

describe("a run is refused as the continuation of another", () => {
  for (const [name, { now, model = classifier(LAYERS), says }] of Object.entries(REFUSED)) {
    it(name, async (context) => {
      const store = await trained();
      const kept = new Map(store.files);
      await assert.rejects(
        fit(model, { ...before, ...now, epochs: 4, checkpoint: { store }, resume: true }),
        (error: unknown) => {
          assert.ok(error instanceof GradusError);
          context.diagnostic(error.message);
          assert.equal(error.code, "resume-mismatch");
          assert.match(error.message, says);
          // what may change is not among what is refused
          assert.doesNotMatch(error.message, /epochs was/);
          return true;
        },
      );
      assert.deepEqual(store.files, kept, "nothing was written");
    });
  }

  it("with every difference in the values", async () => {
    const store = await trained();
    await assert.rejects(
      fit(classifier(LAYERS), { ...before, batchSize: 4, seed: 2, checkpoint: { store }, resume: true }),
      {
        code: "resume-mismatch",
        values: {
          place: "the checkpoint",
          samples: [],
          differences: { batchSize: { from: 8, to: 4 }, seed: { from: 1, to: 2 } },
        },
      },
    );
  });

  it("but not for the place of its samples", async () => {
    const store = await trained();
    await fit(classifier(LAYERS), { ...before, ...data(same), checkpoint: { store }, resume: true });
  });
});

/** Goes on, and says from what. */
async function resumed(
  store: MemoryStore,
  options: FitOptions,
): Promise<{ result: TrainResult; resumed: Resumed | undefined }> {
  let found: Resumed | undefined;
  const result = await fit(classifier(LAYERS), {
    ...options,
    checkpoint: { store },
    resume: true,
    callbacks: [
      {
        runStarted: (event) => {
          found = event.resumed;
        },
      },
    ],
  });
  return { result, resumed: found };
}

const SCHEDULES: Readonly<Record<string, FitOptions["schedule"]>> = {
  "no schedule": undefined,
  constant: "constant",
  step: { type: "step", every: 3 },
  plateau: { type: "plateau", patience: 0 },
  "cosine of a given length": { type: "cosine", length: 60 },
};

describe("what a run may change when it goes on", () => {
  for (const [name, schedule] of Object.entries(SCHEDULES)) {
    it(`epochs, with ${name}: 6 and then 12 are 12 at once`, async () => {
      const options: FitOptions = { ...before, schedule, earlyStopping: undefined };
      const expected = await leftBy(await fit(classifier(LAYERS), { ...options, epochs: 12 }));
      const store = await trained({ ...options, epochs: 6 });
      const { result, resumed: from } = await resumed(store, { ...options, epochs: 12 });
      assert.deepEqual(from?.changes, { epochs: { from: 6, to: 12 } });
      assert.equal(from?.bitsMayDiffer, undefined);
      assert.deepEqual(await leftBy(result), expected);
    });
  }

  it("fewer epochs than it has: it ends at once, as it is", async () => {
    const store = await trained({ ...before, epochs: 3 });
    const { result } = await resumed(store, { ...before, epochs: 2 });
    assert.deepEqual([result.reason, result.history.length], ["finished", 3]);
  });

  for (const [name, schedule, rates] of [
    ["no schedule", undefined, [0.05, 0.01]],
    ["constant", "constant", [0.05, 0.01]],
    ["cosine", { type: "cosine", length: 16 }, [0.05, 0.01]],
    ["plateau", { type: "plateau", patience: 50 }, [0.05, 0.01]],
  ] as const) {
    it(`the learning rate, with ${name}`, async () => {
      const store = await trained({ ...before, schedule });
      const now = { ...before, schedule, epochs: 4, optimizer: { type: "adam", learningRate: 0.01 } } as const;
      const { result, resumed: from } = await resumed(store, now);
      const ratesOf = (options: FitOptions) =>
        fit(classifier(LAYERS), options).then(({ history }) => history.map(({ learningRate }) => learningRate ?? 0));
      // as of a run with this rate from the first step on
      const [slow, fast] = [await ratesOf({ ...now, epochs: 4 }), await ratesOf({ ...before, schedule })];
      const expected = [...fast, ...slow.slice(2)];
      for (const [index, { learningRate }] of result.history.entries()) {
        assert.ok(Math.abs((learningRate ?? 0) - (expected[index] ?? 0)) < 1e-9, `epoch ${index + 1}: ${learningRate}`);
      }
      assert.deepEqual(from?.changes["optimizer.learningRate"], { from: rates[0], to: rates[1] });
    });
  }

  it("patience: a run that stopped early goes on with more of it", async () => {
    const options = { ...before, earlyStopping: { patience: 1, minDelta: 10 }, epochs: 9 };
    const store = await trained(options);
    const same = await resumed(store, options);
    assert.deepEqual([same.result.reason, same.result.history.length], ["early-stopping", 2]);
    const more = await resumed(store, { ...options, earlyStopping: { patience: 3, minDelta: 10 } });
    assert.deepEqual([more.result.reason, more.result.history.length], ["early-stopping", 4]);
  });

  it("the backend and its threads: the last bits may differ, and it says so", async () => {
    const store = await trained();
    const wasm = await openBackend({ backend: "wasm", threads: 2 });
    const first = await resumed(store, { ...before, epochs: 3, backend: wasm });
    assert.match(first.resumed?.bitsMayDiffer ?? "", /^it was computed by .*, and goes on with WebAssembly/);
    wasm.dispose();
    const threads = await openBackend({ backend: "wasm", threads: 1 });
    const second = await resumed(store, { ...before, epochs: 4, backend: threads });
    assert.match(second.resumed?.bitsMayDiffer ?? "", /2 threads/);
    assert.equal(second.result.history.length, 4);
    threads.dispose();
  });
});

describe("a place that has checkpoints", () => {
  it("is refused where nobody asked to go on", async () => {
    const store = await trained();
    const kept = new Map(store.files);
    await assert.rejects(fit(classifier(LAYERS), { ...before, checkpoint: { store } }), (error: GradusError) => {
      assert.equal(error.code, "bad-argument");
      assert.match(error.message, /holds checkpoints of another run .*resume: true/);
      return true;
    });
    assert.deepEqual(store.files, kept);
    // best weights alone are somebody's, too
    for (const name of store.files.keys()) if (name.startsWith("step-")) store.files.delete(name);
    await assert.rejects(fit(classifier(LAYERS), { ...before, checkpoint: { store } }), { code: "bad-argument" });
  });

  it("may hold other files", async () => {
    const store = memoryStore();
    store.files.set("step-notes.txt", new Uint8Array(3));
    await fit(classifier(LAYERS), { ...before, checkpoint: { store } });
    assert.ok(store.files.has("step-notes.txt"));
  });

  it("is refused as the place of a run that goes on from elsewhere", async () => {
    const [ours, theirs] = [await trained(), await trained({ ...before, seed: 9 })];
    const kept = new Map(theirs.files);
    const { latestRun } = await import("../../../src/train/checkpoints/checkpoints.ts");
    const saved = await latestRun(ours, () => undefined);
    assert.ok(saved);
    const goingOn = { ...before, epochs: 3, resume: saved };
    await assert.rejects(fit(classifier(LAYERS), { ...goingOn, checkpoint: { store: theirs } }), {
      code: "bad-argument",
    });
    assert.deepEqual(theirs.files, kept);
    // in its own place it goes on, and so it does in an empty one
    await fit(classifier(LAYERS), { ...goingOn, checkpoint: { store: ours } });
    await fit(classifier(LAYERS), { ...goingOn, checkpoint: { store: memoryStore() } });
  });
});
