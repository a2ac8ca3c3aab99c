import assert from "node:assert/strict";
import { test } from "node:test";
import { lamb } from "../../src/optim/lamb.ts";
import { array, assertClose, assertThrows, Run } from "./helpers.ts";

/** The weights after one step with gradient (1, -2), whose direction in Adam is (1, -1). */
async function moved(
  options: Parameters<typeof lamb>[0],
  start: readonly number[] = [3, 4],
): Promise<readonly number[]> {
  const run = await Run.start(lamb({ learningRate: 0.1, epsilon: 0, ...options }), { w: array(start) });
  run.update({ w: array([1, -2]) });
  return run.weight("w");
}

test("LAMB's first step by hand: as long as the rate times the weights", async () => {
  // |w| = 5, |u| = sqrt(2)
  const step = (0.1 * 5) / Math.SQRT2;
  assertClose(await moved({}), [3 - step, 4 + step]);
  const [a, b] = (await moved({})) as [number, number];
  assertClose([Math.hypot(a - 3, b - 4)], [0.5]);
});

test("LAMB's second step by hand", async () => {
  const run = await Run.start(lamb({ learningRate: 0.1, beta1: 0.5, beta2: 0.5, epsilon: 0.25 }), { w: array([2]) });
  run.update({ w: array([4]) });
  // one weight: |w| / |u| u = |w| sign(u)
  assertClose(await run.weight("w"), [2 - 0.2]);
  run.update({ w: array([-12]) });
  // m = 0.5 * 2 - 0.5 * 12 = -5
  assertClose(await run.weight("w"), [1.8 + 0.18]);
});

test("LAMB's decay is part of the direction, or precedes it", async () => {
  const decay = { decoupledWeightDecay: 0.1 };
  // u = (1, -1) + 0.1 (3, 4)
  const ratio = 5 / Math.hypot(1.3, -0.6);
  assertClose(await moved(decay), [3 - 0.1 * ratio * 1.3, 4 + 0.1 * ratio * 0.6]);
  // w (1 - 0.1 * 0.1), of length 4.95, then the step
  const step = (0.1 * 4.95) / Math.SQRT2;
  assertClose(await moved({ ...decay, decayOutsideRatio: true }), [2.97 - step, 3.96 + step]);
  for (const decayOutsideRatio of [false, true]) {
    assert.deepEqual(await moved({ ...decay, decayOutsideRatio, excludeFromDecay: "vectors" }), await moved({}));
  }
});

test("zero weights move by the rate, and the context may provide a momentum", async () => {
  assertClose(await moved({}, [0, 0]), [-0.1, 0.1]);
  assert.equal(lamb().usesMomentum, true);
  assertThrows(() => lamb({ beta2: 1 }), "bad-argument", { name: "beta2" });
});
