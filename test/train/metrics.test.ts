import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import type { LossInput } from "../../src/nn/losses/losses.ts";
import { createModel } from "../../src/nn/model.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compile } from "../../src/tensor/compile.ts";
import { tensor } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import type { MetricName } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import { checkMetrics, type MetricContext, metricRule } from "../../src/train/metrics.ts";
import { listed } from "../autodiff/arrays.ts";
import { compiledBackends } from "../engine/backends.ts";
import { failsWith } from "./tiny.ts";

type FromArrays = Parameters<typeof fromArrays>[0];

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

test("accuracy counts largest scores at the label, or at the 1 of a one-hot row", async () => {
  assert.equal(await sum("accuracy", scores, labels), 2);
  assert.equal(await sum("accuracy", scores, labels.oneHot(3)), 2);
});

test("steps of a sequence have equal weights, with the classes last or on another axis", async () => {
  const steps = scores.reshape([2, 2, 3]);
  const stepLabels = labels.reshape([2, 2]);
  const over = async (name: string, classAxis: number, output: Tensor, target: Tensor) =>
    metricRule(name).sum(output, target, { threshold: 0, classAxis }).item();
  // each of the two samples is right in one of two steps
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
    // 2 of 4 labels; each of the other two shares the second place with one more class
    assert.ok(Math.abs((metrics.accuracy as number) - 2 / 4) < 1e-6, `${metrics.accuracy}`);
    assert.ok(Math.abs((metrics.top2 as number) - 3 / 4) < 1e-6, `${metrics.top2}`);
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

test("accuracy of one output per sample depends on its side of the threshold", async () => {
  const logits = tensor([[-2], [0.3], [1.2], [-0.1]]);
  assert.equal(await sum("accuracy", logits, tensor([0, 1, 0, 1], "int32")), 2);
  assert.equal(await sum("accuracy", logits.sigmoid(), tensor([[0], [1], [0], [1]]), 0.5), 2);
});

test("top k counts labels among the k largest scores", async () => {
  assert.equal(await sum("top1", scores, labels), 2);
  assert.equal(await sum("top2", scores, labels), 3);
  assert.equal(await sum("top2", scores, labels.oneHot(3)), 3);
});

const backends = [createReferenceBackend(), ...compiledBackends({ threads: 1 })];

/** Metrics of an identity model, over samples with given outputs and targets. */
async function measured(
  backend: Backend,
  loss: LossInput,
  names: readonly MetricName[],
  outputs: readonly (readonly number[])[],
  targets: FromArrays["targets"],
  classes?: number,
) {
  const width = outputs[0]?.length as number;
  const model = createModel({ inputShape: [width], layers: [{ type: "identity" }] });
  const data = fromArrays({ inputs: outputs, targets, ...(classes === undefined ? {} : { classes }) } as FromArrays);
  const state = { parameters: {}, buffers: {} };
  return evaluate(model, state, data, { loss, metrics: names, backend });
}

const near = (found: number | undefined, expected: number) =>
  assert.ok(Math.abs((found as number) - expected) < 1e-6, `${found}, expected ${expected}`);

for (const backend of backends) {
  test(`equal outputs are right by chance, NaN is wrong: ${backend.description}`, async () => {
    const all = ["accuracy", "top1", "top2", "top3"] as const;
    const equal = await measured(backend, "softmaxCrossEntropy", all, new Array(4).fill([7, 7, 7, 7]), [0, 1, 2, 3], 4);
    near(equal.accuracy, 1 / 4);
    near(equal.top1, 1 / 4);
    near(equal.top2, 2 / 4);
    near(equal.top3, 3 / 4);
    // larger, equal of the label's: 0, 2 | 0, 2 | 1, 1 | 2, 2
    const some = await measured(backend, "softmaxCrossEntropy", all,
      [[5, 5, 1, 0], [5, 5, 1, 0], [9, 5, 4, 0], [9, 5, 4, 4]], [0, 1, 1, 3], 4); // biome-ignore format: a matrix
    near(some.accuracy, (1 / 2 + 1 / 2) / 4);
    near(some.top2, (1 + 1 + 1 + 0) / 4);
    near(some.top3, (1 + 1 + 1 + 1 / 2) / 4);
    const over = async (
      name: MetricName,
      output: HostArray,
      target: HostArray,
      targets: MetricContext["targets"] = "classes",
    ) => {
      const step = await compile<Record<string, Tensor>, { x: Tensor; y: Tensor }, { sum: Tensor }>(
        (_, { x, y }) => ({ outputs: { sum: metricRule(name).sum(x, y, { threshold: 0, targets }) } }),
        { state: {}, backend },
      );
      return step.runSync({ x: output, y: target }).sum.data[0] as number;
    };
    const rows = async (name: MetricName, values: readonly number[]) =>
      over(name, listed([2, 3], [...values, ...values]), listed([2], [0, 2], "int32"));
    for (const values of [[NaN, NaN, NaN], [1, NaN, 0], [NaN, 1, 2]]) // biome-ignore format: a matrix
      for (const name of all.slice(0, 3)) assert.equal(await rows(name, values), 0, `${name} ${values}`);
    near(await rows("accuracy", [Infinity, -Infinity, 0]), 1);
    near(await rows("top2", [Infinity, -Infinity, 0]), 2);
    near(await over("accuracy", listed([3, 1], [NaN, -1, 1]), listed([3, 1], [0, 0, 1]), "binary"), 2);
  });

  test(`accuracy depends on the form of the targets: ${backend.description}`, async () => {
    const both = [[2, 3, -1], [-2, 1, 1], [-1, -1, -1]]; // biome-ignore format: a matrix
    const tags = [[1, 1, 0], [0, 1, 1], [0, 0, 0]]; // biome-ignore format: a matrix
    const accuracyOf = async (
      loss: LossInput,
      outputs: readonly (readonly number[])[],
      targets: FromArrays["targets"],
      classes?: number,
    ) => (await measured(backend, loss, ["accuracy"], outputs, targets, classes)).accuracy;
    const shares = both.map((row) => row.map((x) => 1 / (1 + Math.exp(-x))));
    // several yes or no: each output separately, for any loss
    near(await accuracyOf("binaryCrossEntropyWithLogits", both, tags), 1);
    near(await accuracyOf("binaryCrossEntropy", shares, tags), 1);
    near(await accuracyOf("mse", shares, tags), 1);
    near(
      await accuracyOf(
        "mse",
        both,
        tags.map((row) => row.map((x) => 2 * x - 1)),
      ),
      1,
    );
    near(await accuracyOf("binaryCrossEntropyWithLogits", both, [[1, 0, 0], [1, 1, 1], [0, 0, 0]]), 7 / 9); // biome-ignore format: a matrix
    // one of several, as rows: the largest wins, for any loss
    const rows = [[0, 1, 0], [0, 0, 1], [0, 1, 0]]; // biome-ignore format: a matrix
    for (const loss of ["binaryCrossEntropyWithLogits", "mse", "softmaxCrossEntropy"] as const)
      near(await accuracyOf(loss, [[1, 3, 2], [5, 4, 6], [0, -1, -2]], rows), 2 / 3); // biome-ignore format: a matrix
    // shares of classes
    near(await accuracyOf("softmaxCrossEntropy", [[1, 3], [5, 4]], [[0.4, 0.6], [0.3, 0.7]]), 1 / 2); // biome-ignore format: a matrix
    // labels for one number: the nearest
    near(await accuracyOf("mse", [[0.4], [2.2], [7], [1.4]], [0, 2, 3, 2], 4), 2 / 4);
    near(await accuracyOf("mse", [[0.4], [0.6]], [0, 1], 2), 1);
    near(await accuracyOf("binaryCrossEntropyWithLogits", [[-3], [0.1]], [0, 1], 2), 1);
  });
}

test("metrics that do not fit the targets are refused", async () => {
  const refused = async (
    loss: LossInput,
    name: MetricName,
    outputs: readonly (readonly number[])[],
    targets: FromArrays["targets"],
  ) => failsWith("bad-argument", () => measured(createReferenceBackend(), loss, [name], outputs, targets));
  await refused("mse", "accuracy", [[0.3, 2, 1]], [[0.5, 1.5, 3]]);
  await refused("mse", "top2", [[0.3, 2, 1]], [[0.5, 1.5, 3]]);
  await refused("binaryCrossEntropyWithLogits", "top2", [[0.3, 2, 1]], [[1, 1, 0]]);
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

test("top k is checked against the number of classes, on any axis", () => {
  // 5 classes at 2 positions
  assert.deepEqual(checkMetrics(["top3", "loss", "top3"], [5, 2], { classAxis: 0 }), ["top3"]);
  assert.throws(() => checkMetrics(["top3"], [2, 3], { classAxis: 0 }), /top3 is always 1 with 2 classes/);
  assert.throws(() => checkMetrics(["top3"], [5, 3]), /top3 is always 1 with 3 classes/);
});
