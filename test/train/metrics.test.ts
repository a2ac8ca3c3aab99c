import assert from "node:assert/strict";
import { test } from "node:test";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { createModel } from "../../src/nn/model.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { tensor } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import { fit } from "../../src/train/fit.ts";
import { checkMetrics, metricRule } from "../../src/train/metrics.ts";

const scores = tensor([
  [0.1, 0.7, 0.2],
  [0.5, 0.2, 0.3],
  [0.2, 0.3, 0.5],
  [0.4, 0.35, 0.25],
]);
const labels = tensor([1, 2, 2, 2], "int32");

async function sum(name: string, output: Tensor, target: Tensor, threshold = 0): Promise<number> {
  const value = await metricRule(name).sum(output, target, { threshold }).item();
  return Math.round(value * 1e6) / 1e6;
}

test("accuracy counts largest scores at the label, or at the one of a one-hot row", async () => {
  assert.equal(await sum("accuracy", scores, labels), 2);
  assert.equal(await sum("accuracy", scores, labels.oneHot(3)), 2);
});

test("steps of a sequence count alike, with the classes last or on another axis", async () => {
  const steps = scores.reshape([2, 2, 3]);
  const stepLabels = labels.reshape([2, 2]);
  const over = async (name: string, classAxis: number, output: Tensor, target: Tensor) =>
    metricRule(name).sum(output, target, { threshold: 0, classAxis }).item();
  // the first sample is right once in two steps, the second too
  assert.equal(await sum("accuracy", steps, stepLabels), 1);
  const oneHot = stepLabels.oneHot(3);
  for (const classAxis of [0, -2]) {
    const turned = steps.transpose([0, 2, 1]);
    assert.equal(await over("accuracy", classAxis, turned, stepLabels), 1);
    assert.equal(await over("accuracy", classAxis, turned, oneHot.transpose([0, 2, 1])), 1);
    assert.equal(await over("top2", classAxis, turned, stepLabels), 1.5);
  }
});

test("labels that the loss ignores count neither as right nor as wrong, in training and evaluation", async () => {
  // the outputs are the inputs, whose largest is at the class: right, right, wrong | ignored | wrong, ignored, ignored
  const classes = [1, 2, 2, 0, 0, 0, 1, 0, 1];
  const targets = Int32Array.of(1, 2, 1, 0, 0, 0, 2, 0, 0);
  const inputs = Float32Array.from({ length: 27 }, (_, at) => (classes[Math.floor(at / 3)] === at % 3 ? 4 : 0));
  const data = fromArrays({ inputs, inputShape: [3, 3], targets, targetShape: [3], targetKind: "labels" });
  const model = createModel({ inputShape: [3, 3], layers: [{ type: "linear", units: 3, bias: false }] });
  const identity = tensor([1, 0, 0, 0, 1, 0, 0, 0, 1]).reshape([3, 3]);
  const state = { parameters: { 0: { weight: identity } }, buffers: {} };
  const loss = { type: "softmaxCrossEntropy", ignoreIndex: 0 } as const;
  const backend = createReferenceBackend();
  for (const batchSize of [1, 2, 3]) {
    const metrics = await evaluate(model, state, data, { loss, metrics: ["accuracy", "top2"], backend, batchSize });
    // 2 of 4 labels; for top 2 the second largest is shared, which is generous: all 4
    assert.ok(Math.abs((metrics.accuracy as number) - 2 / 4) < 1e-6, `${metrics.accuracy}`);
    assert.ok(Math.abs((metrics.top2 as number) - 1) < 1e-6, `${metrics.top2}`);
  }
  const { history } = await fit(model, {
    data,
    loss,
    optimizer: { type: "sgd", learningRate: 1e-6 },
    epochs: 1,
    batchSize: 3,
    initialState: state,
    backend,
  });
  assert.ok(Math.abs((history[0]?.train.accuracy as number) - 2 / 4) < 1e-6);
});

test("accuracy of one output a sample asks on which side of the threshold it lies", async () => {
  const logits = tensor([[-2], [0.3], [1.2], [-0.1]]);
  assert.equal(await sum("accuracy", logits, tensor([0, 1, 0, 1], "int32")), 2);
  assert.equal(await sum("accuracy", logits.sigmoid(), tensor([[0], [1], [0], [1]]), 0.5), 2);
});

test("top k counts labels among the k largest scores", async () => {
  assert.equal(await sum("top1", scores, labels), 2);
  assert.equal(await sum("top2", scores, labels), 3);
  assert.equal(await sum("top2", scores, labels.oneHot(3)), 3);
});

test("errors are means over a sample's outputs, summed over samples", async () => {
  const output = tensor([
    [1, 2],
    [3, 4],
  ]);
  const target = tensor([
    [0, 0],
    [3, 6],
  ]);
  assert.equal(await sum("meanSquaredError", output, target), 2.5 + 2);
  assert.equal(await sum("meanAbsoluteError", output, target), 1.5 + 1);
  assert.equal(await sum("meanSquaredError", tensor([[0, 1]]), tensor([1], "int32")), 0);
});

test("top k is held against the classes, on whichever axis they lie", () => {
  // 5 classes at 2 places
  assert.deepEqual(checkMetrics(["top3", "loss", "top3"], [5, 2], { classAxis: 0 }), ["top3"]);
  assert.throws(() => checkMetrics(["top3"], [2, 3], { classAxis: 0 }), /top3 is always 1 with 2 classes/);
  assert.throws(() => checkMetrics(["top3"], [5, 3]), /top3 is always 1 with 3 classes/);
});
