import assert from "node:assert/strict";
import { test } from "node:test";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compile } from "../../src/tensor/compile.ts";
import { tensor } from "../../src/tensor/create.ts";
import { valueAndGrad } from "../../src/tensor/grad.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

test("a compiled step updates its state in place and compiles once a batch shape", async () => {
  // least squares on y = 2 x, from w = 0, by gradient descent: w <- w - 0.1 * mean(2 (w x - y) x)
  const step = await compile(
    (state: { w: Tensor }, { x, y }: { x: Tensor; y: Tensor }) => {
      const { value, gradient } = valueAndGrad((w: Tensor) => w.mul(x).sub(y).square().mean())(state.w);
      return { outputs: { loss: value }, state: { w: state.w.sub(gradient.mul(0.1)) } };
    },
    { state: { w: tensor(0) }, backend: createReferenceBackend() },
  );
  const batch = (values: number[]) => ({
    x: { shape: [values.length], dtype: "float32" as const, data: Float64Array.from(values) },
    y: { shape: [values.length], dtype: "float32" as const, data: Float64Array.from(values, (x) => 2 * x) },
  });
  let w = 0;
  for (const values of [[1, 2], [3, 1], [2, 2], [1]]) {
    const gradient = values.reduce((sum, x) => sum + (2 * (w * x - 2 * x) * x) / values.length, 0);
    const loss = values.reduce((sum, x) => sum + (w * x - 2 * x) ** 2 / values.length, 0);
    const outputs = await step.run(batch(values));
    assert.ok(Math.abs((outputs.loss.data[0] as number) - loss) < 1e-12);
    w -= 0.1 * gradient;
  }
  const state = await step.state.read();
  assert.ok(Math.abs((state.w.data[0] as number) - w) < 1e-12);
  assert.equal(step.compilations, 2);
});

test("tensors work one by one, as at a prompt", async () => {
  const w = tensor([
    [1, -1],
    [2, 0.5],
  ]);
  const y = tensor([[1, 2]])
    .matmul(w)
    .relu();
  assert.deepEqual(await y.toArray(), [[5, 0]]);
  assert.equal(await tensor([3, 1, 2]).argMax().item(), 0);
});
