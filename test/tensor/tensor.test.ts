import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, full, ones, range, stack, tensor, zeros } from "../../src/tensor/create.ts";
import { grad, valueAndGrad } from "../../src/tensor/grad.ts";
import { foldKey, nextKey, randomBernoulli, randomKey, randomNormal, randomUniform } from "../../src/tensor/random.ts";
import { type Tensor, where } from "../../src/tensor/tensor.ts";

const matrix = () => tensor([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: a matrix

/** Expressions and what NumPy gives for them. */
const VALUES: Readonly<Record<string, readonly [Tensor, unknown]>> = {
  "rows and columns broadcast": [matrix().add([10, 20, 30]), [[11, 22, 33], [14, 25, 36]]], // biome-ignore format: a matrix
  "a column": [matrix().mul([[1], [-1]]), [[1, 2, 3], [-4, -5, -6]]], // biome-ignore format: a matrix
  "sum over an axis": [matrix().sum(0), [5, 7, 9]],
  "sum over the last axis, kept": [matrix().sum(-1, true), [[6], [15]]],
  "mean of all": [matrix().mean(), 3.5],
  "variance, unbiased": [tensor([1, 3]).variance(0, false, 1), 2],
  "product over both axes": [matrix().prod([0, 1]), 720],
  "largest and smallest": [stack([matrix().max(1), matrix().min(1)]), [[3, 6], [1, 4]]], // biome-ignore format: a matrix
  "position of the first of equal ones": [tensor([[1, 3, 3], [2, 2, 0]]).argMax(), [1, 0]], // biome-ignore format: a matrix
  "position of the smallest": [tensor([3, 1, 2, 1]).argMin(), 1],
  "a slice from the end": [matrix().slice(1, -2), [[2, 3], [5, 6]]], // biome-ignore format: a matrix
  "every second": [range(7).slice(0, 1, undefined, 2), [1, 3, 5]],
  "a slice of nothing": [range(7).slice(0, 5, 2), []],
  "padding with a value": [tensor([1, 2]).pad([[1, 2]], 9), [9, 1, 2, 9, 9]],
  "a size worked out": [range(6).reshape([2, -1]), [[0, 1, 2], [3, 4, 5]]], // biome-ignore format: a matrix
  "axes reversed": [matrix().transpose(), [[1, 4], [2, 5], [3, 6]]], // biome-ignore format: a matrix
  "vector times vector": [tensor([1, 2, 3]).matmul([4, 5, 6]), 32],
  "matrix times vector": [matrix().matmul([1, 0, -1]), [-2, -2]],
  "vector times matrix": [tensor([1, -1]).matmul(matrix()), [-3, -3, -3]],
  "batches of one against many": [ones([2, 1, 1, 2]).matmul(ones([3, 2, 1])).sum([2, 3]), [[2, 2, 2], [2, 2, 2]]], // biome-ignore format: a matrix
  "rows by a computed index, the nearest where there is none": [
    matrix()
      .gather(tensor([1, 5, -2], "int32").mul(1))
      .sum(1),
    [15, 15, 6],
  ],
  "one-hot rows": [tensor([2, 0], "int32").oneHot(3), [[0, 0, 1], [1, 0, 0]]], // biome-ignore format: a matrix
  "joined along the last axis": [concat([matrix(), matrix().slice(1, 0, 1)], -1), [[1, 2, 3, 1], [4, 5, 6, 4]]], // biome-ignore format: a matrix
  "a choice": [where(matrix().greater(3), matrix(), 0), [[0, 0, 0], [4, 5, 6]]], // biome-ignore format: a matrix
  "not equal": [tensor([1, 2]).notEqual([1, 3]), [0, 1]],
  clipped: [tensor([-2, 0.5, 2]).clip(-1, 1), [-1, 0.5, 1]],
  "whole numbers": [tensor([5, -7], "int32").mul(3), [15, -21]],
  "nothing at all": [zeros([0, 3]).sum(0), [0, 0, 0]],
};

for (const [name, [value, expected]] of Object.entries(VALUES)) {
  test(`tensor: ${name}`, async () => {
    assert.deepEqual(await value.toArray(), expected);
  });
}

test("mistakes are named by their code", () => {
  const mistakes: readonly (readonly [string, () => unknown])[] = [
    ["shape-mismatch", () => tensor([[1, 2], [3]])],
    ["shape-mismatch", () => matrix().add([1, 2])],
    ["shape-mismatch", () => matrix().reshape([4])],
    ["shape-mismatch", () => matrix().reshape([4, -1])],
    ["shape-mismatch", () => matrix().matmul(matrix())],
    ["shape-mismatch", () => matrix().broadcastTo([3, 3])],
    ["shape-mismatch", () => matrix().slice(0, 0, 2, 0)],
    ["shape-mismatch", () => matrix().slice(0, 1, 0, -1).add(matrix())],
    ["shape-mismatch", () => concat([matrix(), matrix().transpose()])],
    ["shape-mismatch", () => concat([matrix(), matrix().cast("int32")])],
    ["shape-mismatch", () => full([], 1).gather([0])],
    ["dtype-mismatch", () => matrix().gather(tensor([0.5]))],
    ["dtype-mismatch", () => matrix().and(matrix())],
    ["dtype-mismatch", () => matrix().add(matrix().cast("int32"))],
    ["dtype-mismatch", () => matrix().cast("int32").exp()],
    ["dtype-mismatch", () => matrix().cast("int32").matmul(matrix())],
    ["dtype-mismatch", () => matrix().cast("bool").sum()],
    ["dtype-mismatch", () => where(matrix(), 1, 0)],
    ["bad-argument", () => matrix().sum(2)],
    ["bad-argument", () => matrix().max(-3)],
    ["bad-argument", () => matrix().transpose([0, 0])],
    ["bad-argument", () => matrix().transpose([0])],
    ["bad-argument", () => matrix().pad([[1, 1], [-1, 0]])], // biome-ignore format: pairs read better in a row
    ["not-differentiable", () => grad((x: Tensor) => x.mul(2))(matrix())],
    ["not-differentiable", () => grad((x: Tensor) => x.argMax(0).sum())(matrix())],
  ];
  for (const [code, mistake] of mistakes) assert.throws(mistake, { code }, mistake.toString());
});

test("values are computed once and kept", async () => {
  const value = matrix().mul(2).sum(0);
  assert.equal(value.node.op, "reduce");
  const first = await value.data();
  const { node } = value;
  assert.equal(node.op, "literal");
  assert.deepEqual(await value.data(), first);
  assert.equal(value.node, node, "the graph did not run again");
  assert.deepEqual(await value.add(1).toArray(), [11, 15, 19]);
});

test("a tensor's values are its own: neither what it was made of nor what it gave out changes it", async () => {
  const given = Float32Array.of(1, 2, 3);
  const value = tensor({ shape: [3], dtype: "float32", data: given });
  given.fill(9);
  (await value.data()).fill(8);
  (await value.array()).data.fill(7);
  assert.deepEqual(await value.toArray(), [1, 2, 3]);
  const computed = value.mul(2);
  (await computed.data()).fill(6);
  assert.deepEqual(await computed.add(0).toArray(), [2, 4, 6]);
});

test("item() is for one number", async () => {
  assert.equal(await tensor([[4]]).item(), 4);
  await assert.rejects(matrix().item(), { code: "shape-mismatch" });
});

test("gradients come in the structure of the parameters, with what was computed beside them", async () => {
  const parameters = { w: tensor([1, 2]), list: [tensor(3)] };
  const { value, gradient, auxiliary } = valueAndGrad(({ w, list }: typeof parameters) => ({
    value: w
      .square()
      .sum()
      .mul(list[0] as Tensor),
    auxiliary: { w },
  }))(parameters);
  assert.equal(await value.item(), 15);
  assert.deepEqual(await gradient.w.toArray(), [6, 12]);
  assert.equal(await (gradient.list[0] as Tensor).item(), 5);
  assert.deepEqual(await auxiliary.w.toArray(), [1, 2]);
});

test("random numbers: one key, one answer; other keys, other answers", async () => {
  const key = randomKey(5);
  const draw = async (of: Tensor) => [...(await randomUniform(of, [50]).data())];
  const first = await draw(key);
  assert.deepEqual(await draw(randomKey(5)), first);
  for (const other of [randomKey(6), nextKey(key), foldKey(key, 0), foldKey(foldKey(key, 0), 1)]) {
    assert.notDeepEqual(await draw(other), first);
  }
  assert.ok(first.every((value) => value >= 0 && value < 1));
  // the order in which keys are folded counts
  assert.notDeepEqual(await draw(foldKey(foldKey(key, 1), 2)), await draw(foldKey(foldKey(key, 2), 1)));
});

test("random numbers have the moments of their distributions", async () => {
  const count = 20_000;
  const normal = randomNormal(randomKey(1), [count]);
  const [mean, variance] = [await normal.mean().item(), await normal.variance().item()];
  // five standard errors
  assert.ok(Math.abs(mean) < 5 / Math.sqrt(count), `mean ${mean}`);
  assert.ok(Math.abs(variance - 1) < 5 * Math.sqrt(2 / count), `variance ${variance}`);
  const share = async (probability: number) =>
    await randomBernoulli(randomKey(2), [count], probability).cast("float32").mean().item();
  assert.ok(Math.abs((await share(0.3)) - 0.3) < 5 * Math.sqrt(0.21 / count));
  assert.equal(await share(0), 0);
  assert.equal(await share(1), 1);
  const between = randomUniform(randomKey(3), [count], -2, 6);
  assert.ok(Math.abs((await between.mean().item()) - 2) < (5 * 8) / Math.sqrt(12 * count));
});
