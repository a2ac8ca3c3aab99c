import assert from "node:assert/strict";
import { test } from "node:test";
import { bestShare, run } from "../../../examples/papers/pascanu-2013.ts";
import { temporalOrder } from "../../../examples/papers/temporal-order.ts";

test("two symbols of a sequence matter; the label says which ones and in which order", () => {
  const [samples, steps] = [400, 20];
  const { inputs, targets } = temporalOrder(samples, steps, 3).toArrays();
  const labels = new Set<number>();
  for (let sample = 0; sample < samples; sample++) {
    const counted: { readonly t: number; readonly symbol: number }[] = [];
    for (let t = 0; t < steps; t++) {
      const row = [...inputs.data.subarray((sample * steps + t) * 6, (sample * steps + t + 1) * 6)];
      assert.equal(row.filter((value) => value === 1).length, 1);
      const symbol = row.indexOf(1);
      if (symbol < 2) counted.push({ t, symbol });
    }
    const [first, second, ...others] = counted;
    assert.ok(first !== undefined && second !== undefined && others.length === 0);
    assert.ok(first.t >= 2 && first.t < 4 && second.t >= 10 && second.t < 12, `at ${first.t} and ${second.t}`);
    assert.equal(targets.data[sample], 2 * first.symbol + second.symbol);
    labels.add(targets.data[sample] as number);
  }
  assert.equal(labels.size, 4);
});

test("a recurrent network needs clipping to learn over thirty steps, but not over ten", async () => {
  const { isReproduced, measured } = await run({ full: false, seed: 1, threads: 1 });
  assert.ok(isReproduced);
  assert.equal(bestShare(measured, 10, false), 1);
  assert.equal(bestShare(measured, 30, true), 1);
  assert.equal(bestShare(measured, 30, false), 0);
  // without clipping it is no better than chance, a quarter
  for (const { length, isClipped, accuracies } of measured) {
    if (length === 30 && !isClipped) assert.ok(Math.max(...accuracies) < 0.6, `accuracies ${accuracies}`);
  }
});
