import assert from "node:assert/strict";
import { test } from "node:test";
import { datasetFromParts } from "../../src/data/dataset.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { createModel } from "../../src/nn/model.ts";
import { fit } from "../../src/train/fit.ts";
import type { FitOptions } from "../../src/train/options.ts";
import { classifier, clouds, failsWith, line, tiny } from "./tiny.ts";

/** Refused by fit, before any event. */
async function refused(code: Parameters<typeof failsWith>[0], change: Partial<FitOptions>, model = classifier()) {
  let events = 0;
  const error = await failsWith(code, () =>
    fit(model, { ...tiny, data: clouds(), ...change, onEvent: () => void events++ }),
  );
  assert.equal(events, 0, "the run had begun");
  return error;
}

test("numbers out of range", async () => {
  for (const change of [
    { epochs: 0 },
    { epochs: 1.5 },
    { batchSize: 0 },
    { seed: -1 },
    { evaluationBatchSize: 0 },
    { gradientNorms: { every: 0 } },
    { optimizer: { type: "sgd", learningRate: -1 } },
    { clip: { type: "globalNorm", maxNorm: 0 } },
    { validationSplit: 30 },
    { loss: { type: "softmaxCrossEntropy", reduction: "none" } },
    { metrics: ["top3"] },
  ] as const) {
    await refused("bad-argument", change);
  }
});

test("a learning rate of -1 names the optimiser and what it expected", async () => {
  const { values } = await refused("bad-argument", { optimizer: { type: "adam", learningRate: -1 } });
  assert.deepEqual([values.where, values.name, values.value], ["adam", "learningRate", -1]);
});

test("unknown names, with the nearest known one", async () => {
  const { message } = await refused("unknown-field", { optimizer: { type: "adan" } as never });
  assert.match(message, /"adam"/);
  assert.match((await refused("unknown-field", { metrics: ["acuracy"] as never })).message, /"accuracy"/);
  assert.match(
    (await refused("unknown-field", { loss: "softmaxCrosEntropy" as never })).message,
    /"softmaxCrossEntropy"/,
  );
});

test("labels beyond the model's classes, by row", async () => {
  const data = fromArrays({
    inputs: [
      [0, 0],
      [1, 1],
      [2, 2],
    ],
    targets: [0, 1, 3],
    classes: 4,
  });
  const { values } = await refused("label-out-of-range", { data });
  assert.deepEqual([values.row, values.value, values.classes], [2, 3, 3]);
  const validation = { train: clouds(), validation: data };
  await refused("label-out-of-range", { data: validation });
});

test("labels of each step: which step is wrong, and how integers are read as labels", async () => {
  const layers = [{ type: "linear", units: 3 }] as const;
  const model = createModel({ inputShape: [2, 1], layers });
  const steps = {
    inputs: new Float32Array(6),
    inputShape: [2, 1],
    targets: Int32Array.of(0, 1, 2, 1, 0, 3),
    targetShape: [2],
  };
  const labelled = fromArrays({ ...steps, targetKind: "labels" });
  const { values } = await refused("label-out-of-range", { data: labelled }, model);
  assert.deepEqual([values.row, values.position, values.value, values.classes], [2, 1, 3, 3]);
  const loss = { type: "softmaxCrossEntropy", ignoreIndex: 3 } as const;
  const { history } = await fit(model, { ...tiny, data: labelled, loss });
  assert.ok(Number.isFinite(history[0]?.train.loss), "a label that the loss ignores need not be a class");
  const { message } = await refused("shape-mismatch", { data: fromArrays(steps) }, model);
  assert.match(message, /targetKind: "labels"/);
});

test("binary losses take only the labels 0 and 1", async () => {
  const model = createModel({ inputShape: [2], layers: [{ type: "linear", units: 1 }] });
  await refused("label-out-of-range", { loss: "binaryCrossEntropyWithLogits" }, model);
});

test("an empty data set", async () => {
  const empty = datasetFromParts({
    name: "nothing",
    inputShape: [2],
    targetShape: [],
    storage: { inputs: new Float32Array(0), targets: new Int32Array(0) },
    classes: 3,
  });
  const { values } = await refused("empty-dataset", { data: empty });
  assert.equal(values.name, "nothing");
});

test("inputs and targets that do not fit the model", async () => {
  const wide = fromArrays({ inputs: [[1, 2, 3]], targets: [0], classes: 3 });
  const inputs = await refused("shape-mismatch", { data: wide });
  assert.deepEqual([inputs.values.model, inputs.values.data], [[2], [3]]);
  const targets = await refused("shape-mismatch", { data: line(), loss: "mse" });
  assert.deepEqual([targets.values.output, targets.values.target], [[3], [1]]);
});

test("options that contradict each other", async () => {
  await refused("bad-argument", { data: { train: clouds(), validation: clouds() }, validationSplit: 0.2 });
  const byHand = { init: () => ({}), update: (updates: never) => ({ updates, state: {} }) };
  await refused("bad-argument", { optimizer: byHand, schedule: "cosine" });
});
