import assert from "node:assert/strict";
import { test } from "node:test";
import { biasCorrection } from "../../src/optim/bias-correction.ts";
import { type ClipConfig, clipByGlobalNorm, createClip } from "../../src/optim/clip.ts";
import { maxNorm, projectMaxNorm } from "../../src/optim/max-norm.ts";
import { globalNorm, norm } from "../../src/optim/norms.ts";
import { createOptimizer } from "../../src/optim/optimizers.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compile } from "../../src/tensor/compile.ts";
import { tensor } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { compiledBackends } from "../engine/backends.ts";
import { array, assertClose, Run } from "./helpers.ts";

/** One function of one array, on a backend. */
async function evaluate(
  backend: Backend,
  fn: (x: Tensor) => Tensor,
  values: readonly number[],
  shape?: readonly number[],
) {
  const step = await compile<Record<string, Tensor>, { x: Tensor }, { y: Tensor }>(
    (_, { x }) => ({ outputs: { y: fn(x) } }),
    {
      state: {},
      backend,
    },
  );
  return [...step.runSync({ x: array(values, shape) }).y.data];
}

const reference = createReferenceBackend();
const backends = compiledBackends({ threads: 1 });

/** |(3, 4)| in this norm. */
const NORMS = { 2: 5, 1: 7, inf: 4, 3: 91 ** (1 / 3), 1.5: (3 ** 1.5 + 4 ** 1.5) ** (2 / 3) } as const;
const close = (got: number | undefined, expected: number, what: string) =>
  assert.ok(Math.abs((got as number) / expected - 1) < 2e-6, `${what}: ${got}, expected ${expected}`);

for (const backend of [reference, ...backends])
  test(`norms of numbers that float32 cannot square: ${backend.description}`, async () => {
    for (const size of [1e-36, 1e-30, 1e-22, 1e-12, 1e-10, 1e-6, 1, 1e6, 1e10, 1e12, 1e20, 2e24, 1e30, 4e37]) {
      for (const [kind, expected] of Object.entries(NORMS)) {
        const normType = kind === "inf" ? kind : Number(kind);
        const values = [3 * size, -4 * size, 0];
        const [length] = await evaluate(backend, (x) => globalNorm({ x }, normType), values);
        close(length, expected * size, `|3, 4| of ${size}, p = ${kind}`);
        const clip = clipByGlobalNorm({ maxNorm: size / 2, normType });
        const [first, second] = await evaluate(backend, (x) => clip.update(x, {}, x).updates as Tensor, values);
        close(first, 1.5 * (size / expected), `clipped, ${size}, p = ${kind}`);
        close(second, -2 * (size / expected), `clipped, ${size}, p = ${kind}`);
      }
    }
    const bad = await evaluate(backend, (x) => norm(x, { axes: [1] }), [0, 0, 3, Infinity, NaN, 1e30], [3, 2]);
    assert.deepEqual(bad, [0, Infinity, NaN]);
  });

for (const backend of [reference, ...backends])
  test(`a gradient of any size is clipped to the bound, and unchanged below it: ${backend.description}`, async () => {
    const clips: readonly ClipConfig[] = [
      { type: "globalNorm", maxNorm: 1 },
      { type: "globalNorm", maxNorm: 1, epsilon: 1e-6 },
      { type: "globalNorm", maxNorm: 1, normType: 1 },
      { type: "globalNorm", maxNorm: 1, normType: 3 },
      { type: "norm", maxNorm: 1 },
      { type: "adaptive", factor: 1 },
    ];
    for (const config of clips) {
      const clip = createClip(config);
      const norms = config.type === "globalNorm" ? NORMS[(config.normType ?? 2) as keyof typeof NORMS] : 5;
      // for the adaptive clip, the weights' norm is the bound: (0.6, 0.8) has norm 1
      const clipped = async (values: readonly number[]) =>
        evaluate(backend, (x) => clip.update(x, {}, tensor([0.6, 0.8])).updates as Tensor, values);
      // the norm of the last exceeds float32, though no element does
      for (const size of [1e3, 1e12, 5e20, 2e24, 1e30, 8e37]) {
        const [first, second] = await clipped([3 * size, 4 * size]);
        close(first, 3 / norms, `${JSON.stringify(config)} of ${size}`);
        close(second, 4 / norms, `${JSON.stringify(config)} of ${size}`);
      }
      for (const size of [0, 2 ** -100, 2 ** -73, 2 ** -20]) {
        assert.deepEqual(
          await clipped([3 * size, 4 * size]),
          [3 * size, 4 * size],
          `${JSON.stringify(config)} of ${size}`,
        );
      }
    }
    const project = (x: Tensor): Tensor => projectMaxNorm({ x }, { maxNorm: 5 }).x;
    assertClose((await evaluate(backend, project, [6e24, 8e24, 3e-22, 4e-22], [2, 2])).slice(0, 2), [3, 4], 1e-6);
  });

for (const backend of [reference, ...backends])
  test(`LAMB's relative step does not depend on the size of weights and steps: ${backend.description}`, async () => {
    for (const size of [2 ** -80, 1, 2 ** 80]) {
      const run = await Run.start(
        createOptimizer({ type: "lamb", learningRate: 0.5 }),
        { w: array([3 * size, 4 * size]) },
        backend,
      );
      run.update({ w: array([1, 1]) });
      const step = (0.5 * 5) / Math.SQRT2;
      close(((await run.weight("w"))[0] as number) / size, 3 - step, `${size}`);
      close(((await run.weight("w"))[1] as number) / size, 4 - step, `${size}`);
    }
  });

test("the bias correction is 1 - beta^t, even to the last digits of float32", async () => {
  for (const beta of [0, 0.5, 0.9, 0.999, 0.9999]) {
    for (const t of [1, 2, 7, 100, 10_000]) {
      const expected = -Math.expm1(t * Math.log(beta));
      const relative = (value: number | undefined): number => Math.abs((value as number) / expected - 1);
      const [exact] = await evaluate(reference, (x) => biasCorrection(beta, x.reshape([])), [t]);
      assert.ok(relative(exact) < 1e-13, `${beta}^${t}: ${exact}, expected ${expected}`);
      for (const backend of backends) {
        const [rounded] = await evaluate(backend, (x) => biasCorrection(beta, x.reshape([])), [t]);
        assert.ok(relative(rounded) < 1e-6, `${beta}^${t}, ${backend.description}: ${rounded}, expected ${expected}`);
      }
    }
  }
  // a fed beta takes the same way
  const [fed] = await evaluate(reference, (x) => biasCorrection(tensor(0.9), x.reshape([])), [3]);
  assertClose([fed as number], [1 - 0.9 ** 3]);
});

test("max-norm shortens only the rows that are too long", async () => {
  const project = (x: Tensor): Tensor => projectMaxNorm({ x }, { maxNorm: 5 }).x;
  assertClose(await evaluate(reference, project, [6, 8, 3, 4, 0, 0], [3, 2]), [3, 4, 3, 4, 0, 0]);
  assert.deepEqual(await evaluate(reference, project, [60, 80], [2]), [60, 80]);
});

test("max-norm holds after every update, as a transform and as an option", async () => {
  const options = { type: "sgd", learningRate: 1, maxNorm: 1 } as const;
  const run = await Run.start(createOptimizer(options), { w: array([0.6, 0, 0, 0.1], [2, 2]), b: array([0]) });
  for (let step = 0; step < 5; step++) {
    run.update({ w: array([-1, -0.5, 0, -0.01], [2, 2]), b: array([-10]) });
    const w = await run.weight("w");
    assert.ok(Math.hypot(w[0] as number, w[1] as number) <= 1 + 1e-12);
  }
  assertClose((await run.weight("w")).slice(2), [0, 0.15]);
  assertClose(await run.weight("b"), [50]);
  assert.throws(() => maxNorm({ maxNorm: -1 }));
});
