import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { adam } from "../../src/optim/adam.ts";
import { clipByGlobalNorm } from "../../src/optim/clip.ts";
import { createOptimizer, OPTIMIZERS, type OptimizerConfig, type OptimizerType } from "../../src/optim/optimizers.ts";
import { sgd } from "../../src/optim/sgd.ts";
import { chain } from "../../src/optim/transform.ts";
import { array, assertClose, assertThrows, Run } from "./helpers.ts";

/** Step sizes with which each optimiser must settle in a quadratic bowl within 400 steps. */
const DESCENDS = {
  sgd: { type: "sgd", learningRate: 0.2, momentum: 0.5 },
  adagrad: { type: "adagrad", learningRate: 0.9 },
  adadelta: { type: "adadelta", learningRate: 1, epsilon: 1e-3 },
  rmsprop: { type: "rmsprop", learningRate: 0.02 },
  adam: { type: "adam", learningRate: 0.1 },
  adamw: { type: "adamw", learningRate: 0.1, decoupledWeightDecay: 0 },
  nadam: { type: "nadam", learningRate: 0.03 },
  adamax: { type: "adamax", learningRate: 0.1 },
  radam: { type: "radam", learningRate: 0.1 },
  lion: { type: "lion", learningRate: 0.02 },
  lamb: { type: "lamb", learningRate: 0.02 },
  adafactor: { type: "adafactor", learningRate: 0.1 },
  ftrl: { type: "ftrl", learningRate: 1 },
} satisfies { readonly [Type in OptimizerType]: OptimizerConfig & { readonly type: Type } };

/** Tolerance of "settled". The steps of Lion and LAMB do not shrink with the gradient: Lion's have a constant size and continue for a while
 *  in the old direction, LAMB's have the size of the weights times the rate; both keep circling. Measured at the limits of the draws. */
const REST: Partial<Record<OptimizerType, number>> = { lion: 0.6, lamb: 0.15, adafactor: 0.1 };

for (const [name, config] of Object.entries(DESCENDS)) {
  test(`${name} settles at the bottom of any bowl`, async () => {
    // f(w) = sum c_i (w_i - a_i)^2 / 2, gradient c_i (w_i - a_i)
    // at 0 LAMB's steps have no size: its path must not lead through 0
    const coordinate = fc.double({ min: name === "lamb" ? 0.5 : -2, max: 2, noNaN: true });
    const curvature = fc.double({ min: 0.5, max: 2, noNaN: true });
    const bowl = fc.record({
      start: fc.tuple(coordinate, coordinate),
      bottom: fc.tuple(coordinate, coordinate),
      curvatures: fc.tuple(curvature, curvature),
    });
    await fc.assert(
      fc.asyncProperty(bowl, async ({ start, bottom, curvatures }) => {
        const run = await Run.start(createOptimizer(config), { w: array(start) });
        for (let step = 0; step < 400; step++) {
          const w = await run.weight("w");
          run.update({ w: array(w.map((value, i) => (curvatures[i] as number) * (value - (bottom[i] as number)))) });
        }
        const distances = (await run.weight("w")).map((value, i) => Math.abs(value - (bottom[i] as number)));
        const rest = REST[name as OptimizerType] ?? 0.05;
        assert.ok(Math.max(...distances) < rest, `still ${Math.max(...distances)} from the bottom`);
      }),
      { numRuns: 4 },
    );
  });
}

test("first steps of SGD by hand: plain, momentum, dampening, Nesterov", async () => {
  const after = async (options: object, gradients: readonly number[]): Promise<number> => {
    const run = await Run.start(sgd({ learningRate: 0.1, ...options }), { w: array([1]) });
    for (const g of gradients) run.update({ w: array([g]) });
    return (await run.weight("w"))[0] as number;
  };
  assertClose([await after({}, [2, -1])], [1 - 0.1 * 2 + 0.1]);
  // v: 2, then 0.9 * 2 - 1 = 0.8
  assertClose([await after({ momentum: 0.9 }, [2, -1])], [1 - 0.1 * (2 + 0.8)]);
  // v: 2 undamped, then 0.9 * 2 - 0.5 = 1.3
  assertClose([await after({ momentum: 0.9, dampening: 0.5 }, [2, -1])], [1 - 0.1 * (2 + 1.3)]);
  // steps: 2 + 0.9 * 2 = 3.8, then -1 + 0.9 * 0.8 = -0.28
  assertClose([await after({ momentum: 0.9, nesterov: true }, [2, -1])], [1 - 0.1 * (3.8 - 0.28)]);
});

test("Adam's first step has the size of the learning rate for any gradient", async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), fc.boolean(), async (size, negative) => {
      const run = await Run.start(adam({ learningRate: 0.01 }), { w: array([0]) });
      run.update({ w: array([negative ? -size : size]) });
      assertClose(await run.weight("w"), [negative ? 0.01 : -0.01], 1e-6);
    }),
    { numRuns: 20 },
  );
});

test("l2 passes through the gradient, decoupled decay bypasses it", async () => {
  const [w, g] = [2, 0.5];
  const moved = async (config: OptimizerConfig): Promise<number> => {
    const run = await Run.start(createOptimizer(config), { w: array([w]) });
    run.update({ w: array([g]) });
    return (await run.weight("w"))[0] as number;
  };
  // for plain descent the two are one
  assertClose([await moved({ type: "sgd", learningRate: 0.1, l2: 0.3 })], [w - 0.1 * (g + 0.3 * w)]);
  assertClose([await moved({ type: "sgd", learningRate: 0.1, decoupledWeightDecay: 0.3 })], [w - 0.1 * (g + 0.3 * w)]);
  assertClose([await moved({ type: "sgd", learningRate: 0.1, l1: 0.3 })], [w - 0.1 * (g + 0.3)]);
  // Adam swallows the size of what goes through it
  assertClose([await moved({ type: "adam", learningRate: 0.1, l2: 0.3, epsilon: 0 })], [w - 0.1]);
  assertClose(
    [await moved({ type: "adamw", learningRate: 0.1, decoupledWeightDecay: 0.3, epsilon: 0 })],
    [w - 0.1 - 0.06],
  );
  assertClose([await moved({ type: "adamw", learningRate: 0.1, epsilon: 0 })], [w - 0.1 - 0.1 * 0.01 * w]);
});

test("decay skips the excluded parameters", async () => {
  const moved = async (config: OptimizerConfig): Promise<readonly (readonly number[])[]> => {
    const run = await Run.start(createOptimizer(config), { bias: array([1]), weight: array([1, 1], [1, 2]) });
    run.update({ bias: array([0]), weight: array([0, 0], [1, 2]) });
    return [await run.weight("bias"), await run.weight("weight")];
  };
  const decay = { type: "sgd", learningRate: 1, decoupledWeightDecay: 0.5 } as const;
  assert.deepEqual(await moved(decay), [[0.5], [0.5, 0.5]]);
  assert.deepEqual(await moved({ ...decay, excludeFromDecay: "vectors" }), [[1], [0.5, 0.5]]);
  assert.deepEqual(await moved({ ...decay, excludeFromDecay: (path) => path === "weight" }), [[0.5], [1, 1]]);
});

test("AMSGrad divides by the largest second moment so far", async () => {
  const options = { learningRate: 0.1, beta1: 0, beta2: 0.5, epsilon: 0, amsgrad: true };
  const run = await Run.start(adam(options), { w: array([0]) });
  run.update({ w: array([4]) });
  const first = (await run.weight("w"))[0] as number;
  run.update({ w: array([0.1]) });
  // largest s stays 0.5 * 16 = 8; the correction is 1 - 0.5^2
  assertClose([((await run.weight("w"))[0] as number) - first], [(-0.1 * 0.1) / Math.sqrt(8 / 0.75)]);
});

test("centred RMSProp survives a gradient that never changes", async () => {
  const run = await Run.start(createOptimizer({ type: "rmsprop", centered: true, rho: 0.5 }), { w: array([1]) });
  for (let step = 0; step < 200; step++) run.update({ w: array([0.1]) });
  assert.ok(Number.isFinite((await run.weight("w"))[0]));
});

test("weights whose gradient is always 0 stay unchanged", async () => {
  for (const [name, config] of Object.entries(DESCENDS)) {
    const run = await Run.start(createOptimizer(config), { w: array([3]) });
    for (let step = 0; step < 3; step++) run.update({ w: array([0]) });
    // FTRL sets the weights from the gradients alone, and without any to 0
    assert.deepEqual(await run.weight("w"), [name === "ftrl" ? 0 : 3], name);
  }
});

test("each optimiser keeps the state of its paper, and no more", async () => {
  const kept = async (config: OptimizerConfig): Promise<readonly string[]> =>
    (await Run.start(createOptimizer(config), { w: array([1]) })).statePaths
      .filter((path) => path.startsWith("optimizer."))
      .map((path) => path.replace("optimizer.", ""));
  assert.deepEqual(await kept({ type: "sgd" }), []);
  assert.deepEqual(await kept({ type: "sgd", momentum: 0.9 }), ["velocity.w"]);
  assert.deepEqual(await kept({ type: "adam" }), ["step", "first.w", "second.w"]);
  assert.deepEqual(await kept({ type: "adam", amsgrad: true }), ["step", "first.w", "second.w", "largest.w"]);
  assert.deepEqual(await kept({ type: "nadam" }), ["step", "product", "first.w", "second.w"]);
  assert.deepEqual(await kept({ type: "rmsprop" }), ["squares.w"]);
  assert.deepEqual(await kept({ type: "lion" }), ["first.w"]);
  assert.deepEqual(await kept({ type: "lamb" }), ["step", "first.w", "second.w"]);
  assert.deepEqual(await kept({ type: "ftrl" }), ["squares.w", "linear.w"]);
});

test("a chain clips first, then steps, and reports the norm before clipping", async () => {
  const run = await Run.start(chain(clipByGlobalNorm({ maxNorm: 1 }), sgd({ learningRate: 1, momentum: 0.5 })), {
    a: array([0]),
    b: array([0]),
  });
  const measures = run.update({ a: array([3]), b: array([4]) });
  assertClose([measures.gradientNorm as number], [5]);
  assertClose([...(await run.weight("a")), ...(await run.weight("b"))], [-0.6, -0.8]);
  run.update({ a: array([0]), b: array([0]) });
  assertClose([...(await run.weight("a")), ...(await run.weight("b"))], [-0.9, -1.2]);
});

test("configurations: defaults by name, errors that say what to do", () => {
  for (const type of Object.keys(OPTIMIZERS) as OptimizerType[]) assert.equal(createOptimizer(type).name, type);
  assert.equal(createOptimizer("adam").defaultLearningRate, 1e-3);
  assert.equal(createOptimizer({ type: "sgd", momentum: 0.9 }).usesMomentum, true);
  assert.equal(createOptimizer({ type: "sgd" }).usesMomentum, false);
  const misspelt = { type: "adam", learningrate: 0.1 } as unknown as OptimizerConfig;
  assertThrows(() => createOptimizer(misspelt), "unknown-field", {
    field: "learningrate",
    suggestion: "learningRate",
  });
  assertThrows(() => createOptimizer("adma" as OptimizerType), "unknown-field", { type: "adma" });
  assertThrows(() => createOptimizer({} as OptimizerConfig), "bad-argument");
  for (const learningRate of [-1, 0, Number.NaN, Number.POSITIVE_INFINITY]) {
    assertThrows(() => createOptimizer({ type: "adam", learningRate }), "bad-argument", { name: "learningRate" });
  }
  assertThrows(() => createOptimizer({ type: "adam", beta1: 1 }), "bad-argument", { name: "beta1", value: 1 });
  assertThrows(() => createOptimizer({ type: "sgd", nesterov: true }), "bad-argument");
});
