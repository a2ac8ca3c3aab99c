import assert from "node:assert/strict";
import { test } from "node:test";
import { elu, softplus } from "../../src/nn/activations/exponentials.ts";
import { gelu, hardSwish, mish, silu } from "../../src/nn/activations/gated.ts";
import { leakyRelu, relu, relu6 } from "../../src/nn/activations/rectifiers.ts";
import { hardShrink, softShrink, tanhShrink } from "../../src/nn/activations/shrink.ts";
import { hardSigmoid, hardTanh, logSigmoid } from "../../src/nn/activations/sigmoids.ts";
import { computeLoss } from "../../src/nn/losses/losses.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compile } from "../../src/tensor/compile.ts";
import { full } from "../../src/tensor/create.ts";
import { grad } from "../../src/tensor/grad.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { listed } from "../autodiff/arrays.ts";
import { compiledBackends } from "../engine/backends.ts";

/** First and second derivative at each number, on a backend, element by element. */
async function derivatives(backend: Backend, fn: (x: Tensor) => Tensor, values: readonly number[]) {
  const first = grad((x: Tensor) => fn(x).sum());
  const second = grad((x: Tensor) => first(x).sum());
  const step = await compile<Record<string, Tensor>, { x: Tensor }, { first: Tensor; second: Tensor }>(
    (_, { x }) => ({ outputs: { first: first(x), second: second(x) } }),
    { state: {}, backend },
  );
  const outputs = step.runSync({ x: listed([values.length], values) });
  return { first: [...outputs.first.data], second: [...outputs.second.data] };
}

for (const backend of [createReferenceBackend(), ...compiledBackends({ threads: 1 })]) {
  test(`smooth functions are smooth at 0, twice: ${backend.description}`, async () => {
    const near = (found: number | undefined, expected: number, what: string) =>
      assert.ok(Math.abs((found as number) - expected) < 1e-5, `${what}: ${found}, expected ${expected}`);
    const places = [-2, -0.5, 0, 0.5, 2];
    const s = places.map((x) => 1 / (1 + Math.exp(-x)));
    const slopes = s.map((p) => p * (1 - p));
    const bce = (y: number) => (x: Tensor) =>
      computeLoss({ type: "binaryCrossEntropyWithLogits", reduction: "sum" }, x, full(x.shape, y));
    const cases: readonly (readonly [string, (x: Tensor) => Tensor, readonly number[], readonly number[]])[] = [
      ["softplus", (x) => softplus(x), s, slopes],
      ["logSigmoid", (x) => logSigmoid(x), s.map((p) => 1 - p), slopes.map((slope) => -slope)],
      ["bce 0", bce(0), s, slopes],
      ["bce 1", bce(1), s.map((p) => p - 1), slopes],
      ["bce 0.3", bce(0.3), s.map((p) => p - 0.3), slopes],
    ];
    for (const [name, fn, first, second] of cases) {
      const found = await derivatives(backend, fn, places);
      places.forEach((x, at) => {
        near(found.first[at], first[at] as number, `${name}' at ${x}`);
        near(found.second[at], second[at] as number, `${name}'' at ${x}`);
      });
    }
    // at 0: PyTorch's values
    const atZero = async (fn: (x: Tensor) => Tensor) => derivatives(backend, fn, [0]);
    for (const [name, fn, first, second] of [
      ["silu", silu, 0.5, 0.5],
      ["gelu", (x: Tensor) => gelu(x), 0.5, 2 / Math.sqrt(2 * Math.PI)],
      ["gelu, tanh", (x: Tensor) => gelu(x, "tanh"), 0.5, 2 / Math.sqrt(2 * Math.PI)],
      ["mish", mish, 0.6, 0.64],
      ["softplus of 2 x", (x: Tensor) => softplus(x, 2), 0.5, 0.5],
      ["sigmoid", (x: Tensor) => x.sigmoid(), 0.25, 0],
      ["tanh", (x: Tensor) => x.tanh(), 1, 0],
    ] as const) {
      const found = await atZero(fn);
      near(found.first[0], first, `${name}' at 0`);
      near(found.second[0], second, `${name}'' at 0`);
    }
  });

  test(`derivatives at infinity and NaN: ${backend.description}`, async () => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
    const slopesOf = async (fn: (x: Tensor) => Tensor) =>
      (await derivatives(backend, fn, [-inf, inf])).first.map((value) => value + 0);
    for (const [name, fn, low, high] of [
      ["hardSwish", hardSwish, 0, 1],
      ["hardSigmoid", (x: Tensor) => hardSigmoid(x), 0, 0],
      ["hardTanh", (x: Tensor) => hardTanh(x), 0, 0],
      ["relu", relu, 0, 1],
      ["relu6", relu6, 0, 0],
      ["leakyRelu", (x: Tensor) => leakyRelu(x, 0.5), 0.5, 1],
      ["elu", (x: Tensor) => elu(x), 0, 1],
      ["softplus", (x: Tensor) => softplus(x), 0, 1],
      ["logSigmoid", logSigmoid, 1, 0],
      ["sigmoid", (x: Tensor) => x.sigmoid(), 0, 0],
      ["tanh", (x: Tensor) => x.tanh(), 0, 0],
      ["tanhShrink", tanhShrink, 1, 1],
      ["softShrink", (x: Tensor) => softShrink(x), 1, 1],
      ["hardShrink", (x: Tensor) => hardShrink(x), 1, 1],
      ["huber", (x: Tensor) => computeLoss({ type: "huber", reduction: "sum" }, x, full(x.shape, 0)), -1, 1],
      ["smoothL1", (x: Tensor) => computeLoss({ type: "smoothL1", reduction: "sum" }, x, full(x.shape, 0)), -1, 1],
      ["mae", (x: Tensor) => computeLoss({ type: "mae", reduction: "sum" }, x, full(x.shape, 0)), -1, 1],
    ] as const)
      assert.deepEqual(await slopesOf(fn), [low, high], name);
    // a learned slope sees negative numbers only
    const ofSlope = (_: Tensor) => grad((slope: Tensor) => leakyRelu(_, slope).sum())(full([], 0.25)).broadcastTo([1]);
    const step = await compile<Record<string, Tensor>, { x: Tensor }, { y: Tensor }>(
      (_, { x }) => ({ outputs: { y: ofSlope(x) } }),
      { state: {}, backend },
    );
    assert.deepEqual([...step.runSync({ x: listed([3], [inf, -2, 0]) }).y.data], [-2]);
    for (const fn of [hardSwish, relu, (x: Tensor) => softplus(x), (x: Tensor) => hardSigmoid(x)]) {
      const value = await compile<Record<string, Tensor>, { x: Tensor }, { y: Tensor }>(
        (_, { x }) => ({ outputs: { y: fn(x) } }),
        { state: {}, backend },
      );
      assert.deepEqual([...value.runSync({ x: listed([1], [nan]) }).y.data], [nan]);
    }
  });
}
