import assert from "node:assert/strict";
import { test } from "node:test";
import { float32Below, within } from "../../src/core/below.ts";
import { randomStream } from "../../src/data/random-stream.ts";
import { createModel } from "../../src/nn/model.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compile } from "../../src/tensor/compile.ts";
import { randomBernoulli, randomKey, randomUniform } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { compiledBackends } from "../engine/backends.ts";
import { failsWith } from "../train/tiny.ts";

test("the float32 below a number is below it, with no number in between", () => {
  for (const x of [1, 101, 0.1, 3.4e38, 1e-30, -1, -0.1, -3e38, 1 + 2 ** -23, 16777216]) {
    const below = float32Below(x);
    assert.ok(below < x && below === Math.fround(below), `${x}: ${below}`);
    assert.ok(Math.fround((below + x) / 2) === below || Math.fround((below + x) / 2) >= x, `${x}: ${below}`);
  }
  assert.equal(float32Below(0), -(2 ** -126));
});

test("a draw stays below the end of its range, however the sum rounds", () => {
  const last = 1 - 2 ** -53;
  for (const [low, high] of [[100, 101], [0, 1], [-1, 1], [-101, -100], [1e15, 1e15 + 1], [-1, 0]] as const) // biome-ignore format: pairs
    assert.ok(within(low, high, last) < high && within(low, high, last) >= low, `${low} ${high}`);
  assert.equal(within(5, 5, 0.5), 5);
  const stream = randomStream(0, "synthetic");
  for (let draw = 0; draw < 1000; draw++) {
    const value = stream.uniform(1e15, 1e15 + 0.25);
    assert.ok(value >= 1e15 && value < 1e15 + 0.25);
  }
});

for (const backend of [createReferenceBackend(), ...compiledBackends({ threads: 1 })])
  test(`random numbers are in their range: ${backend.description}`, async () => {
    const draw = async (fn: (key: Tensor) => Tensor) => {
      const step = await compile<{ key: Tensor }, Record<string, Tensor>, { y: Tensor }>(
        ({ key }) => ({ outputs: { y: fn(key) } }),
        { state: { key: randomKey(3) }, backend },
      );
      return Float64Array.from(step.runSync({}).y.data);
    };
    // of 100,000 draws, each 2^-24 wide, several round up to the end here: half a unit of 1000 is 2^-15
    for (const [low, high] of [
      [100, 101],
      [1000, 1001],
      [-1, 1],
      [0, 0.1],
      [-101, -100],
      [2 ** 23, 2 ** 23 + 1],
      [-3, 0],
    ] as const) {
      // biome-ignore format: pairs
      const values = await draw((key) => randomUniform(key, [100_000], low, high));
      assert.ok(
        values.every((value) => value >= low && value < high),
        `${low} ${high}`,
      );
      const mean = values.reduce((sum, value) => sum + value / values.length, 0);
      if (high - low <= 2 && high < 2000) assert.ok(Math.abs(mean - (low + high) / 2) < 0.01 * (high - low));
    }
    assert.ok((await draw((key) => randomUniform(key, [10], 5, 5))).every((value) => value === 5));
    assert.ok((await draw((key) => randomBernoulli(key, [10_000], 0))).every((value) => value === 0));
    assert.ok((await draw((key) => randomBernoulli(key, [10_000], 1))).every((value) => value === 1));
  });

test("invalid ranges are rejected", async () => {
  const key = randomKey(0);
  for (const [low, high] of [[1, 0], [0, Number.NaN], [0, Number.POSITIVE_INFINITY]] as const) // biome-ignore format: pairs
    await failsWith("bad-argument", () => randomUniform(key, [2], low, high));
  for (const probability of [-0.1, 1.5, Number.NaN])
    await failsWith("bad-argument", () => randomBernoulli(key, [2], probability));
});

test("uniform weights stay below their limit as float32", async () => {
  const limit = 0.1;
  const model = createModel({
    inputShape: [500],
    layers: [{ type: "linear", units: 500, init: { type: "uniform", limit } }],
  });
  const { weight } = model.initialize(1).parameters["0"] as { weight: Tensor };
  const values = await weight.data();
  assert.ok(values.every((value) => Math.fround(value) >= -Math.fround(limit) && Math.fround(value) < limit));
});
