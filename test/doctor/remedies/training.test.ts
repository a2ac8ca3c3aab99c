import assert from "node:assert/strict";
import { test } from "node:test";
import { fromArrays } from "../../../src/data/from-arrays.ts";
import type { RangeTest } from "../../../src/doctor/range-test.ts";
import { batchSize } from "../../../src/doctor/remedies/batch-size.ts";
import { clip } from "../../../src/doctor/remedies/clip.ts";
import { earlyStopping } from "../../../src/doctor/remedies/early-stopping.ts";
import { isPenaltyTooStrong, l2 } from "../../../src/doctor/remedies/l2.ts";
import { learningRate } from "../../../src/doctor/remedies/learning-rate.ts";
import { loss } from "../../../src/doctor/remedies/loss.ts";
import { moreEpochs } from "../../../src/doctor/remedies/more-epochs.ts";
import { optimizer } from "../../../src/doctor/remedies/optimizer.ts";
import { outputActivation } from "../../../src/doctor/remedies/output-activation.ts";
import { REMEDIES_TABLE } from "../../../src/doctor/remedies/remedies.ts";
import type { RemedyRule } from "../../../src/doctor/remedies/remedy.ts";
import { scaleInputs } from "../../../src/doctor/remedies/scale-inputs.ts";
import { scaleTargets } from "../../../src/doctor/remedies/scale-targets.ts";
import { fitOptionsOf } from "../../../src/doctor/run.ts";
import type { LayerInput } from "../../../src/nn/layers.ts";
import { createModel } from "../../../src/nn/model.ts";
import { preparePlan } from "../../../src/train/prepare.ts";
import type { Settings } from "../../../src/train/training.ts";
import { contextOf, runOf, settingsOf, typesOf, waves } from "./patients.ts";

const plain = settingsOf([{ type: "linear", units: 8 }, "relu", { type: "linear", units: 3 }]);

/** Rows of yes and no, for two outputs that may both be yes. */
const marks = fromArrays({
  name: "marks",
  inputs: [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
  ],
  targets: [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
  ],
});
const oneHot = fromArrays({
  name: "one-hot",
  inputs: [
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  targets: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
});
const yesOrNo = fromArrays({
  name: "yes-or-no",
  inputs: [
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  targets: [[0], [1], [1]],
});

test("clip: at the lower quartile of the measured norms, bounded by the norm of the weights", () => {
  const adam: Settings = { ...plain, optimizer: { type: "adam", learningRate: 1e-3 } };
  const norms = [2, 3, 4, 5, 6, 1e4, 1e8, Number.POSITIVE_INFINITY];
  const clipped = clip.rewrite(adam, contextOf(adam, ["exploding-gradient"], { runs: [runOf(norms)] }));
  assert.deepEqual(clipped?.settings.clip, { type: "globalNorm", maxNorm: 3 });
  assert.deepEqual(clipped?.values, { maxNorm: 3, usualNorm: 3, largestNorm: 1e8 });
  // descent at rate 0.1: weights of norm 10 move by a hundredth at most, 0.01 * 10 / 0.1 = 1; with momentum 0.9 a tenth of it
  assert.equal(clip.rewrite(plain, contextOf(plain, [], { runs: [runOf(norms)] }))?.values?.maxNorm, 1);
  const heavy: Settings = { ...plain, optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9 } };
  assert.equal(clip.rewrite(heavy, contextOf(heavy, [], { runs: [runOf(norms)] }))?.values?.maxNorm, 0.1);
  assert.equal(clip.rewrite(plain, contextOf(plain))?.values?.maxNorm, 1, "without measurements");
  const tight: Settings = { ...plain, clip: { type: "globalNorm", maxNorm: 0.5 } };
  assert.equal(clip.rewrite(tight, contextOf(tight, [], { runs: [runOf(norms)] })), undefined);
});

test("optimizer: Adam at its usual rate; options on weights are kept, options on steps are not", () => {
  const given: Settings = {
    ...plain,
    optimizer: { type: "sgd", learningRate: 5, momentum: 0.99, nesterov: true, l2: 1e-4 },
  };
  assert.deepEqual(optimizer.rewrite(given, contextOf(given))?.settings.optimizer, {
    type: "adam",
    learningRate: 1e-3,
    l2: 1e-4,
  });
  for (const type of ["adagrad", "adadelta", "rmsprop"] as const) {
    const other: Settings = { ...plain, optimizer: { type, learningRate: 10 } };
    assert.equal(optimizer.rewrite(other, contextOf(other))?.settings.optimizer.type, "adam");
  }
  const adam: Settings = { ...plain, optimizer: { type: "adamw" } };
  assert.equal(optimizer.rewrite(adam, contextOf(adam)), undefined);
});

test("learning rate: from a range test, in the direction of the findings; else the usual one, else an order of magnitude", () => {
  const tested = (rate: number | undefined): RangeTest => ({ rate, low: 1e-5, high: 10, steps: 100, curve: [] });
  const rateAfter = (
    current: number,
    problem: "learning-rate-too-high" | "learning-rate-too-low" | "slow-convergence",
    rate?: number,
  ) => {
    const settings: Settings = { ...plain, optimizer: { type: "sgd", learningRate: current } };
    const context = { ...contextOf(settings, [problem]), ...(rate === undefined ? {} : { rangeTest: tested(rate) }) };
    return (learningRate.rewrite(settings, context)?.settings.optimizer as { learningRate?: number } | undefined)
      ?.learningRate;
  };
  assert.equal(rateAfter(2, "learning-rate-too-high", 0.0512), 0.051);
  assert.equal(rateAfter(2, "learning-rate-too-high", 5), 0.01, "a test result in the wrong direction is ignored");
  assert.equal(rateAfter(0.001, "learning-rate-too-high"), 0.0001);
  assert.equal(rateAfter(1e-5, "learning-rate-too-low", 0.03), 0.03);
  assert.equal(rateAfter(0.05, "learning-rate-too-low", 0.001), 0.5);
  assert.equal(rateAfter(0.01, "slow-convergence", 0.012), undefined, "the two rates count as equal");
  const adam: Settings = { ...plain, optimizer: { type: "adam", learningRate: 1e-6 } };
  const bold = learningRate.rewrite(adam, { ...contextOf(adam, ["learning-rate-too-low"]), rangeTest: tested(0.4) });
  assert.deepEqual(bold?.settings.optimizer, { type: "adam", learningRate: 0.01 });
});

test("L2: a fifth of the first loss on the present weights; removed if it outweighs the loss", () => {
  // 0.2 * 2 / 100^2 = 4e-5
  const treated = l2.rewrite(plain, contextOf(plain, ["overfitting"], { runs: [runOf([1], 100)] }));
  assert.deepEqual(treated?.settings.regularizer, { l2: 4e-5 });
  const strong: Settings = { ...plain, regularizer: { l2: 1 }, optimizer: { type: "sgd", learningRate: 0.1, l2: 0.5 } };
  assert.ok(isPenaltyTooStrong(strong) && !isPenaltyTooStrong({ ...plain, regularizer: { l2: 1e-3 } }));
  const freed = l2.rewrite(strong, contextOf(strong, ["underfitting"]));
  assert.equal(freed?.settings.regularizer, undefined);
  assert.deepEqual(freed?.settings.optimizer, { type: "sgd", learningRate: 0.1 });
  const mild: Settings = { ...plain, regularizer: { l2: 1e-4 } };
  assert.equal(l2.rewrite(mild, contextOf(mild, ["underfitting"])), undefined);
});

test("early stopping: a tenth of the run, restores the best weights; the user's choice stays", () => {
  const long: Settings = { ...plain, epochs: 200 };
  assert.deepEqual(earlyStopping.rewrite(long, contextOf(long))?.settings.earlyStopping, {
    patience: 20,
    restoreBest: true,
  });
  const own: Settings = { ...plain, earlyStopping: { patience: 2, restoreBest: false } };
  assert.deepEqual(earlyStopping.rewrite(own, contextOf(own))?.settings.earlyStopping, {
    patience: 2,
    restoreBest: true,
  });
});

test("batch size: larger if steps contradict each other, smaller if there are too few", () => {
  const after = (size: number, problem: "oscillating-loss" | "slow-convergence") => {
    const settings: Settings = { ...plain, batchSize: size };
    return batchSize.rewrite(settings, contextOf(settings, [problem], { data: waves(1000) }))?.settings.batchSize;
  };
  assert.equal(after(1, "oscillating-loss"), 32);
  assert.equal(after(64, "oscillating-loss"), 250, "four steps per epoch remain");
  assert.equal(after(500, "slow-convergence"), 32);
  assert.equal(after(32, "slow-convergence"), undefined);
});

test("more epochs: three times as many, with three times the patience", () => {
  const settings: Settings = { ...plain, earlyStopping: { patience: 2 } };
  const treated = moreEpochs.rewrite(settings, contextOf(settings));
  assert.equal(treated?.settings.epochs, 30);
  assert.deepEqual(treated?.settings.earlyStopping, { patience: 6 });
});

test("scaling: inputs unless they are indices, targets unless they are labels", () => {
  assert.equal(scaleInputs.rewrite(plain, contextOf(plain))?.settings.standardize, true);
  const words = settingsOf([{ type: "embedding", vocabulary: 9, units: 2 }, "flatten", { type: "linear", units: 3 }]);
  assert.equal(scaleInputs.rewrite(words, contextOf(words)), undefined);
  const prices = settingsOf([{ type: "linear", units: 1 }, "relu"], { inputShape: [5], loss: { type: "mse" } });
  const scaled = scaleTargets.rewrite(prices, contextOf(prices, [], { data: waves(20, 1000) }));
  assert.equal(scaled?.settings.standardizeTargets, true);
  assert.deepEqual(
    typesOf(scaled?.settings.model.layers ?? []),
    ["linear"],
    "a rectifier cannot give values below the mean",
  );
  assert.equal(scaleTargets.rewrite(plain, contextOf(plain)), undefined);
});

/** The new output activation and loss; a run with them must be possible. */
function outputAfter(
  rule: RemedyRule,
  layers: readonly LayerInput[],
  type: Settings["loss"]["type"],
  data: typeof marks,
) {
  const settings = settingsOf(layers, { loss: { type } as Settings["loss"], inputShape: data.inputShape });
  const treated = rule.rewrite(settings, contextOf(settings, [], { data }));
  if (treated === undefined) return undefined;
  preparePlan(createModel(treated.settings.model), { ...fitOptionsOf(treated.settings), data });
  const last = typesOf(treated.settings.model.layers).at(-1);
  return [last, treated.settings.loss.type];
}

test("output activation: by loss and task, and the loss stays if possible", () => {
  const three = { type: "linear", units: 3 } as const;
  assert.deepEqual(outputAfter(outputActivation, [three, "relu"], "categoricalCrossEntropy", oneHot), [
    "softmax",
    "categoricalCrossEntropy",
  ]);
  assert.deepEqual(outputAfter(outputActivation, [three, "softmax"], "softmaxCrossEntropy", oneHot), [
    "linear",
    "softmaxCrossEntropy",
  ]);
  assert.deepEqual(outputAfter(outputActivation, [three, "relu"], "mse", oneHot), ["softmax", "mse"]);
  assert.deepEqual(
    outputAfter(outputActivation, [{ type: "linear", units: 1 }, "softmax"], "binaryCrossEntropy", yesOrNo),
    ["sigmoid", "binaryCrossEntropy"],
  );
  assert.deepEqual(outputAfter(outputActivation, [{ type: "linear", units: 1 }, "tanh"], "mse", waves()), [
    "linear",
    "mse",
  ]);
  // several yes and no: the loss over classes belongs to another task
  assert.deepEqual(
    outputAfter(outputActivation, [{ type: "linear", units: 2 }, "softmax"], "categoricalCrossEntropy", marks),
    ["sigmoid", "binaryCrossEntropy"],
  );
  assert.equal(outputAfter(outputActivation, [three, "softmax"], "categoricalCrossEntropy", oneHot), undefined);
});

test("loss: by task and output", () => {
  const three = { type: "linear", units: 3 } as const;
  assert.deepEqual(outputAfter(loss, [three, "softmax"], "mse", oneHot), ["softmax", "categoricalCrossEntropy"]);
  assert.deepEqual(outputAfter(loss, [three], "mse", oneHot), ["linear", "softmaxCrossEntropy"]);
  assert.deepEqual(outputAfter(loss, [three, "sigmoid"], "binaryCrossEntropy", oneHot), [
    "softmax",
    "categoricalCrossEntropy",
  ]);
  assert.deepEqual(outputAfter(loss, [{ type: "linear", units: 1 }, "sigmoid"], "mse", yesOrNo), [
    "sigmoid",
    "binaryCrossEntropy",
  ]);
  assert.deepEqual(outputAfter(loss, [{ type: "linear", units: 2 }, "softmax"], "categoricalCrossEntropy", marks), [
    "sigmoid",
    "binaryCrossEntropy",
  ]);
  assert.deepEqual(outputAfter(loss, [{ type: "linear", units: 1 }, "sigmoid"], "binaryCrossEntropy", waves()), [
    "linear",
    "mse",
  ]);
  assert.equal(outputAfter(loss, [{ type: "linear", units: 1 }], "mae", waves()), undefined);
  // only the output is wrong: it is corrected, and the loss stays
  assert.equal(outputAfter(loss, [three, "relu"], "softmaxCrossEntropy", oneHot), undefined);
  assert.deepEqual(outputAfter(outputActivation, [three, "relu"], "softmaxCrossEntropy", oneHot), [
    "linear",
    "softmaxCrossEntropy",
  ]);
});

test("no remedy changes the patient's settings, and one treatment is enough", () => {
  const settings: Settings = { ...plain, metrics: ["accuracy"], optimizer: { type: "sgd", learningRate: 3 } };
  const before = JSON.stringify(settings);
  for (const [name, rule] of Object.entries<RemedyRule>(REMEDIES_TABLE)) {
    const context = contextOf(settings, ["overfitting", "oscillating-loss", "vanishing-gradient"]);
    const treated = rule.rewrite(settings, context);
    assert.equal(JSON.stringify(settings), before, name);
    assert.ok(rule.source.match(/\b(19|20)\d\d\b/), `${name} names its source`);
    if (rule.isAdvice) assert.equal(treated, undefined, name);
    if (treated === undefined) continue;
    assert.notEqual(JSON.stringify(treated.settings), before, name);
    assert.equal(rule.rewrite(treated.settings, context), undefined, `${name}, a second time`);
  }
});
