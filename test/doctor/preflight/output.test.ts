import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dataset } from "../../../src/data/dataset.ts";
import { fromArrays } from "../../../src/data/from-arrays.ts";
import { preflight } from "../../../src/doctor/preflight/preflight.ts";
import type { LayerInput } from "../../../src/nn/layers.ts";
import type { LossConfig } from "../../../src/nn/losses/losses.ts";
import {
  clouds,
  curve,
  dense,
  labelled,
  normals,
  oneHotted,
  problems,
  strongest,
  training,
  yesOrNo,
} from "./support.ts";

const hidden = dense(16, "relu");

function multilabelled(samples = 300): Dataset {
  const { x } = clouds(samples, 3);
  return fromArrays({
    inputs: x,
    targets: x.map(([a = 0, b = 0, c = 0]) => [a, b, c].map((value) => Number(value > -0.3))),
  });
}

const cases: readonly [
  string,
  LossConfig["type"],
  Dataset,
  number,
  LayerInput | undefined,
  readonly [string, number] | undefined,
][] = [
  ["softmax for probabilities of classes", "categoricalCrossEntropy", labelled(), 3, "softmax", undefined],
  [
    "no activation for probabilities of classes",
    "categoricalCrossEntropy",
    labelled(),
    3,
    undefined,
    ["output-activation-mismatch", 0.9],
  ],
  [
    "relu for probabilities of classes",
    "categoricalCrossEntropy",
    oneHotted(),
    3,
    "relu",
    ["output-activation-mismatch", 0.9],
  ],
  [
    "tanh for probabilities of classes",
    "categoricalCrossEntropy",
    labelled(),
    3,
    "tanh",
    ["output-activation-mismatch", 0.9],
  ],
  [
    "sigmoid for exclusive classes",
    "categoricalCrossEntropy",
    labelled(),
    3,
    "sigmoid",
    ["output-activation-mismatch", 0.4],
  ],
  ["no activation for logits", "softmaxCrossEntropy", labelled(), 3, undefined, undefined],
  ["softmax for logits", "softmaxCrossEntropy", labelled(), 3, "softmax", ["output-activation-mismatch", 0.5]],
  ["log softmax for logits changes nothing", "softmaxCrossEntropy", labelled(), 3, "logSoftmax", undefined],
  ["log softmax for log probabilities", "nll", labelled(), 3, "logSoftmax", undefined],
  ["no activation for log probabilities", "nll", labelled(), 3, undefined, ["output-activation-mismatch", 0.9]],
  ["sigmoid for yes or no", "binaryCrossEntropy", yesOrNo(), 1, "sigmoid", undefined],
  ["no activation for yes or no", "binaryCrossEntropy", yesOrNo(), 1, undefined, ["output-activation-mismatch", 0.8]],
  [
    "one unit of softmax for yes or no",
    "binaryCrossEntropy",
    yesOrNo(),
    1,
    "softmax",
    ["output-activation-mismatch", 1],
  ],
  [
    "sigmoid of a sigmoid",
    "binaryCrossEntropyWithLogits",
    yesOrNo(),
    1,
    "sigmoid",
    ["output-activation-mismatch", 0.5],
  ],
  ["sigmoids for several yes or no", "binaryCrossEntropy", multilabelled(), 3, "sigmoid", undefined],
  [
    "softmax for several yes or no",
    "binaryCrossEntropy",
    multilabelled(),
    3,
    "softmax",
    ["output-activation-mismatch", 0.7],
  ],
  ["no activation for numbers", "mse", curve(), 1, undefined, undefined],
  ["one unit of softmax for numbers", "mse", curve(), 1, "softmax", ["output-activation-mismatch", 1]],
  ["sigmoid for numbers beyond 1", "mse", curve(), 1, "sigmoid", ["output-activation-mismatch", 0.9]],
  ["tanh for numbers beyond 1", "mse", curve(), 1, "tanh", ["output-activation-mismatch", 0.9]],
  ["relu for numbers below 0", "mae", curve(), 1, "relu", ["output-activation-mismatch", 0.9]],
  ["relu for numbers above 0", "mse", curve(300, 0.1, 1), 1, "relu", undefined],
  ["sigmoid for numbers within (0, 1)", "mse", curve(300, 0.05, 0.5), 1, "sigmoid", undefined],
  ["squared errors of one-hot classes", "mse", oneHotted(), 3, "softmax", ["loss-mismatch", 0.5]],
  ["absolute errors of several class labels", "mae", labelled(300, 3), 1, undefined, ["loss-mismatch", 0.8]],
  ["classes asked of one output", "categoricalCrossEntropy", yesOrNo(), 1, "sigmoid", ["loss-mismatch", 0.9]],
  ["yes or no asked of numbers", "binaryCrossEntropy", curve(300, 5), 1, "sigmoid", ["loss-mismatch", 0.8]],
  [
    "cross-entropy of several true at once",
    "categoricalCrossEntropy",
    multilabelled(),
    3,
    "softmax",
    ["loss-mismatch", 0.6],
  ],
];

for (const [name, loss, data, units, activation, expected] of cases) {
  test(name, () => {
    const given = training([...hidden, ...dense(units, activation)], { type: loss }, data);
    if (expected === undefined) return assert.deepEqual(problems(given, undefined, 0.3), []);
    const [problem, least] = expected;
    const found = preflight(given, undefined).find((finding) => finding.problem === problem);
    assert.ok(found, `${name}: ${JSON.stringify(preflight(given, undefined))}`);
    assert.ok(found.weight >= least, `weighs ${found.weight}`);
    // no other finding weighs more than the expected one
    assert.ok((strongest(given)?.weight ?? 0) - found.weight <= 0.1, strongest(given)?.problem);
  });
}

test("the output activation is found before dropout, in a chain and before pooling; the layer is named", () => {
  const path = (layers: readonly LayerInput[]) =>
    strongest(training(layers, { type: "categoricalCrossEntropy" }, labelled()))?.layer;
  assert.equal(path([...hidden, ...dense(3, "relu"), { type: "dropout", rate: 0.2 }]), "3");
  assert.equal(path([...hidden, { type: "sequential", layers: [...dense(3, "relu")] }]), "2.1");
  assert.equal(path([...hidden, ...dense(3)]), "2");
});

test("standardised targets are compared in their scaled range", () => {
  const data = curve(300, 0.05, 0.5);
  const layers = [...hidden, ...dense(1, "sigmoid")];
  assert.deepEqual(problems(training(layers, { type: "mse" }, data), undefined, 0.3), []);
  const standardised = training(layers, { type: "mse" }, data, { standardizeTargets: true });
  assert.equal(strongest(standardised)?.problem, "output-activation-mismatch");
});

test("integers without a gap may be classes; counts with gaps are not", () => {
  const x = normals(800, 5);
  const rows = Array.from({ length: 200 }, (_, row) => x.slice(4 * row, 4 * row + 4));
  const data = (value: (row: number) => number) =>
    fromArrays({ inputs: rows, targets: rows.map((_, row) => [value(row)]), targetKind: "values" });
  const given = (value: (row: number) => number) => training([...hidden, ...dense(1)], { type: "mse" }, data(value));
  assert.ok(problems(given((row) => row % 5)).includes("loss-mismatch"));
  assert.ok(!problems(given((row) => (row % 5) ** 2)).includes("loss-mismatch"));
});
