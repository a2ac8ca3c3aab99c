import assert from "node:assert/strict";
import { test } from "node:test";
import { biasCorrection } from "../../src/optim/bias-correction.ts";
import { clipByGlobalNorm } from "../../src/optim/clip.ts";
import { maxNorm, projectMaxNorm } from "../../src/optim/max-norm.ts";
import { globalNorm } from "../../src/optim/norms.ts";
import { createOptimizer } from "../../src/optim/optimizers.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compile } from "../../src/tensor/compile.ts";
import { tensor } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { compiledBackends } from "../engine/backends.ts";
import { array, assertClose, Run } from "./helpers.ts";

/** One function of one array, on a backend. */
function evaluate(backend: Backend, fn: (x: Tensor) => Tensor, values: readonly number[], shape?: readonly number[]) {
  const step = compile<Record<string, Tensor>, { x: Tensor }, { y: Tensor }>(
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

for (const backend of backends)
  test(`norms of numbers that float32 cannot square: ${backend.description}`, () => {
    for (const size of [1e-12, 1e-6, 1, 1e6, 1e12, 1e20]) {
      const [length] = evaluate(backend, (x) => globalNorm({ x }), [3 * size, 4 * size]);
      assert.ok(Math.abs((length as number) / (5 * size) - 1) < 1e-6, `${size}: ${length}`);
    }
    const clip = clipByGlobalNorm({ maxNorm: 1 });
    const clipped = evaluate(backend, (x) => clip.update(x, {}, x).updates as Tensor, [3e20, 4e20]);
    assertClose(clipped, [0.6, 0.8], 1e-6);
  });

test("the bias correction is 1 - beta^t, to the last digits of float32 too", () => {
  for (const beta of [0, 0.5, 0.9, 0.999, 0.9999]) {
    for (const t of [1, 2, 7, 100, 10_000]) {
      const expected = -Math.expm1(t * Math.log(beta));
      const relative = (value: number | undefined): number => Math.abs((value as number) / expected - 1);
      const [exact] = evaluate(reference, (x) => biasCorrection(beta, x.reshape([])), [t]);
      assert.ok(relative(exact) < 1e-13, `${beta}^${t}: ${exact}, expected ${expected}`);
      for (const backend of backends) {
        const [rounded] = evaluate(backend, (x) => biasCorrection(beta, x.reshape([])), [t]);
        assert.ok(relative(rounded) < 1e-6, `${beta}^${t}, ${backend.description}: ${rounded}, expected ${expected}`);
      }
    }
  }
  // a fed beta takes the same way
  const [fed] = evaluate(reference, (x) => biasCorrection(tensor(0.9), x.reshape([])), [3]);
  assertClose([fed as number], [1 - 0.9 ** 3]);
});

test("max-norm shortens the rows that are too long, and no other", () => {
  const project = (x: Tensor): Tensor => projectMaxNorm({ x }, { maxNorm: 5 }).x;
  assertClose(evaluate(reference, project, [6, 8, 3, 4, 0, 0], [3, 2]), [3, 4, 3, 4, 0, 0]);
  assert.deepEqual(evaluate(reference, project, [60, 80], [2]), [60, 80]);
});

test("max-norm holds after every update, as a transform and as an option", () => {
  const options = { type: "sgd", learningRate: 1, maxNorm: 1 } as const;
  const run = new Run(createOptimizer(options), { w: array([0.6, 0, 0, 0.1], [2, 2]), b: array([0]) });
  for (let step = 0; step < 5; step++) {
    run.update({ w: array([-1, -0.5, 0, -0.01], [2, 2]), b: array([-10]) });
    const w = run.weight("w");
    assert.ok(Math.hypot(w[0] as number, w[1] as number) <= 1 + 1e-12);
  }
  assertClose(run.weight("w").slice(2), [0, 0.15]);
  assertClose(run.weight("b"), [50]);
  assert.throws(() => maxNorm({ maxNorm: -1 }));
});
