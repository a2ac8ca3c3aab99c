import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "../../../src/cli/doctor/duration.ts";
import { trainingOf, withSettings } from "../../../src/cli/doctor/training-of.ts";
import { checkExperiment, type Experiment } from "../../../src/cli/experiment.ts";
import { GradusError } from "../../../src/core/errors.ts";

const silent = () => {};

/** Contains a layer given by its name alone, as files may. */
const EXPERIMENT = {
  data: { name: "blobs", samples: 60, seed: 1 },
  model: { layers: [{ type: "linear", units: 6 }, "tanh", { type: "linear", units: 3 }] },
  loss: "softmaxCrossEntropy",
  optimizer: "adam",
  clip: { type: "globalNorm", maxNorm: 1 },
  standardize: true,
  backend: "reference",
} as unknown as Experiment;

test("defaults and shorthands are written out; scaling stays a setting", async () => {
  const { training, heldOut } = await trainingOf("e", EXPERIMENT, silent);
  const { model, ...settings } = training.settings;
  assert.deepEqual(settings, {
    loss: { type: "softmaxCrossEntropy" },
    optimizer: { type: "adam" },
    clip: { type: "globalNorm", maxNorm: 1 },
    standardize: true,
    epochs: 10,
    batchSize: 128,
    seed: 0,
  });
  assert.deepEqual(model, {
    inputShape: [2],
    layers: [{ type: "linear", units: 6 }, { type: "tanh" }, { type: "linear", units: 3 }],
  });
  assert.equal(heldOut, true);
  const { train } = await trainingOf("e", { ...EXPERIMENT, standardize: false }, silent).then(
    (each) => each.training.data,
  );
  assert.deepEqual(
    train.toArrays().inputs.data,
    training.data.train.toArrays().inputs.data,
    "scaled before the doctor sees it",
  );
});

test("a fifth of each class is held out if the experiment has no validation part", async () => {
  const { training } = await trainingOf("e", EXPERIMENT, silent);
  const { train, validation } = training.data;
  assert.deepEqual([train.length, validation.length], [48, 12]);
  const count = (of: typeof train, label: number) => [...of.toTargets()].filter((each) => each === label).length;
  for (const label of [0, 1, 2])
    assert.equal(count(validation, label), Math.round(count(train, label) / 4), `class ${label}`);
  const own = await trainingOf("e", { ...EXPERIMENT, validationSplit: 15 }, silent);
  assert.deepEqual([own.heldOut, own.training.data.validation.length], [false, 15]);
});

test("changed settings are written back into the experiment", async () => {
  const { training, heldOut } = await trainingOf("e", EXPERIMENT, silent);
  const { clip: _clip, ...rest } = training.settings;
  const cured = {
    ...rest,
    optimizer: { type: "sgd" as const, learningRate: 0.1 },
    epochs: 3,
    standardizeTargets: false,
  };
  const saved = withSettings(EXPERIMENT, cured, heldOut);
  assert.equal(saved.clip, undefined);
  assert.equal(saved.backend, "reference");
  assert.equal(saved.validationSplit, 0.2);
  assert.equal(saved.model.inputShape, undefined);
  const again = await trainingOf("saved", checkExperiment("saved", saved), silent);
  assert.deepEqual(again.training.settings, cured);
});

test("principal components follow scaling, so both are applied beforehand; scaling the components is whitening", async () => {
  const experiment: Experiment = { ...EXPERIMENT, data: { name: "blobs", samples: 60, features: 4 }, pca: 2 };
  const { training, heldOut } = await trainingOf("e", experiment, silent);
  assert.deepEqual(training.data.validation.inputShape, [2]);
  assert.equal(training.settings.standardize, undefined);
  const saved = withSettings(experiment, { ...training.settings, standardize: true }, heldOut);
  assert.deepEqual([saved.standardize, saved.pca], [true, { components: 2, whiten: true }]);
});

test("an experiment that is not plain data cannot be rewritten", async () => {
  const optimizer = { init: () => ({}), update: () => ({}) } as unknown as NonNullable<Experiment["optimizer"]>;
  await assert.rejects(
    trainingOf("e.ts", { ...EXPERIMENT, optimizer }, silent),
    (error) =>
      error instanceof GradusError &&
      error.code === "bad-experiment" &&
      /optimizer\.init is a function/.test(error.message),
  );
});

test("durations", () => {
  const seconds = ["60s", "2m", "1.5h", "90", ".5"].map((text) => parseDuration("--budget", text));
  assert.deepEqual(seconds, [60, 120, 5400, 90, 0.5]);
  for (const text of ["", "0", "-3", "2 weeks", "s", "1e3"]) {
    assert.throws(() => parseDuration("--budget", text), /expected a time like 60s/, text);
  }
});
