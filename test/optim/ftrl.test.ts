import assert from "node:assert/strict";
import { test } from "node:test";
import { ftrl } from "../../src/optim/ftrl.ts";
import { array, assertClose, assertThrows, Run } from "./helpers.ts";

/** One weight after these gradients. */
async function after(options: Parameters<typeof ftrl>[0], gradients: readonly number[], start = 0): Promise<number> {
  const run = await Run.start(ftrl({ learningRate: 0.5, ...options }), { w: array([start]) });
  for (const g of gradients) run.update({ w: array([g]) });
  return (await run.weight("w"))[0] as number;
}

test("FTRL's first two steps by hand", async () => {
  // n = 4, sigma = 2 / 0.5 = 4, z = 2 - 4 w
  assertClose([await after({}, [2])], [-2 / ((1 + 2) / 0.5)]);
  assertClose([await after({}, [2], 1)], [2 / 6]);
  const sigma = (Math.sqrt(5) - 2) / 0.5;
  assertClose([await after({}, [2, -1])], [-(2 - 1 + sigma / 3) / ((1 + Math.sqrt(5)) / 0.5)]);
  // n = 1 + 4, started at 1; sigma = (5^0.25 - 1) / 0.5
  const options = { beta: 0, initialAccumulator: 1, accumulatorPower: 0.25 };
  assertClose([await after(options, [2], 1)], [-(2 - (5 ** 0.25 - 1) / 0.5) / (5 ** 0.25 / 0.5)]);
});

test("l1 makes weights exactly 0, l2 pulls them towards 0", async () => {
  assertClose([await after({ l1: 0.5 }, [2])], [-(2 - 0.5) / 6]);
  assertClose([await after({ l1: 0.5 }, [-2])], [(2 - 0.5) / 6]);
  assert.equal((await after({ l1: 2.5 }, [2], 0.7)) === 0, true);
  assertClose([await after({ l2: 3 }, [2])], [-2 / (6 + 3)]);
  // z = 2 + 0.5 w - 4 w, and n still 4
  assertClose([await after({ l2Shrinkage: 0.5 }, [2], 1)], [1.5 / 6]);
  const all = { l1: 1, l2: 1, l2Shrinkage: 1 };
  assert.equal(await after({ ...all, excludeFromDecay: "vectors" }, [2, 1], 1), await after({}, [2, 1], 1));
});

test("decoupled decay shrinks the weight before FTRL reads it", async () => {
  // w = 1 - 0.5 * 0.2 = 0.9, z = 2 - 4 * 0.9
  assertClose([await after({ decoupledWeightDecay: 0.2 }, [2], 1)], [1.6 / 6]);
});

test("a weight without gradients goes to 0 at once, or stays where nothing holds it", async () => {
  assert.equal(await after({}, [0], 3), 0);
  assert.equal(await after({ beta: 0 }, [0, 0], 3), 3);
});

test("uninformative features end with weight 0 under l1", async () => {
  // y = x0 - 2 x1, of four features; squared error, one sample a step
  const run = await Run.start(ftrl({ learningRate: 0.5, l1: 3 }), { w: array([0, 0, 0, 0]) });
  for (let step = 0; step < 400; step++) {
    const x = [0, 1, 2, 3].map((i) => Math.sin(1 + step * (i + 1) * 1.7));
    const w = await run.weight("w");
    const error =
      x.reduce((sum, value, i) => sum + value * (w[i] as number), 0) - (x[0] as number) + 2 * (x[1] as number);
    run.update({ w: array(x.map((value) => error * value)) });
  }
  const [a, b, c, d] = (await run.weight("w")) as [number, number, number, number];
  assert.ok(Math.abs(a - 1) < 0.1 && Math.abs(b + 2) < 0.1, `${a}, ${b}`);
  assert.deepEqual([Math.abs(c), Math.abs(d)], [0, 0]);
});

test("FTRL rejects values out of range", () => {
  assertThrows(() => ftrl({ accumulatorPower: -0.5 }), "bad-argument", { name: "accumulatorPower" });
  assertThrows(() => ftrl({ l1: -1 }), "bad-argument", { name: "l1" });
});
