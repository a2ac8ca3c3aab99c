import assert from "node:assert/strict";
import { test } from "node:test";
import { CURES } from "../../../src/cli/demo/patients/patient.ts";
import { PATIENTS, QUICK_SAMPLES, quick, TOGETHER } from "../../../src/cli/demo/patients/patients.ts";
import { trainingOf } from "../../../src/cli/doctor/training-of.ts";
import { checkExperiment, readExperiment } from "../../../src/cli/experiment.ts";
import { changesBetween } from "../../../src/doctor/diff.ts";
import { createModel } from "../../../src/nn/model.ts";
import { groupChanges } from "../../../src/telling/format-changes.ts";

test("six patients, each with one change", () => {
  assert.deepEqual(Object.keys(PATIENTS), [...CURES]);
  const changed = Object.fromEntries(
    CURES.map((cure) => [
      cure,
      [...new Set(groupChanges(changesBetween(PATIENTS[cure].sick, PATIENTS[cure].cured)).map(({ path }) => path))],
    ]),
  );
  assert.deepEqual(changed, {
    initialisation: ["model.layers.*.init"],
    activation: ["model.layers.*.type", "model.layers.*.slope"],
    "batch-normalisation": ["model.layers.*"],
    clipping: ["clip"],
    adam: ["optimizer.type", "optimizer.learningRate"],
    dropout: ["model.layers.*"],
  });
});

test("every network can be built, sick and cured; the final one has all six remedies", () => {
  for (const cure of CURES) {
    for (const settings of [PATIENTS[cure].sick, PATIENTS[cure].cured])
      assert.deepEqual(createModel(settings.model).outputShape, [10]);
  }
  const { layers } = createModel(TOGETHER.model);
  const types = new Set(layers.map(({ type }) => type));
  for (const type of ["batchNorm", "leakyRelu", "dropout"] as const) assert.ok(types.has(type));
  assert.equal(layers.filter(({ type }) => type === "linear").length, 21);
  assert.equal(TOGETHER.optimizer.type, "adam");
  assert.equal(TOGETHER.clip?.type, "globalNorm");
});

test("each patient is also an experiment for the doctor: the same network, trained in the same way", async () => {
  for (const cure of CURES) {
    const file = `examples/sick/${cure}.json`;
    const { training } = await trainingOf(file, checkExperiment(file, await readExperiment(file)), () => {});
    const { sick, samples } = PATIENTS[cure];
    assert.deepEqual(training.settings, { ...training.settings, ...sick, model: training.settings.model }, cure);
    assert.deepEqual(createModel(training.settings.model).config, createModel(sick.model).config, cure);
    assert.equal(training.data.train.length, samples, cure);
  }
});

test("the quick plan takes one epoch over a few hundred images", () => {
  for (const cure of CURES) assert.equal(quick(PATIENTS[cure].sick).epochs, 1);
  assert.ok(QUICK_SAMPLES <= 512);
});
