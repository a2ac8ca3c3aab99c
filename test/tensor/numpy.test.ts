import assert from "node:assert/strict";
import { test } from "node:test";
import type { DType, HostArray } from "../../src/core/dtype.ts";
import { type ErrorCode, GradusError } from "../../src/core/errors.ts";
import { logSoftmax, softmax } from "../../src/nn/activations/softmax.ts";
import { logSumExp } from "../../src/nn/numerics.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compile } from "../../src/tensor/compile.ts";
import { full, tensor, zeros } from "../../src/tensor/create.ts";
import { grad } from "../../src/tensor/grad.ts";
import { type Tensor, where } from "../../src/tensor/tensor.ts";
import { listed } from "../autodiff/arrays.ts";
import { compiledBackends } from "../engine/backends.ts";
import { numbersOf } from "../nn/support.ts";

// NumPy's and PyTorch's answers to NaN, infinities, nothing at all, and integers beside fractions.

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const backends = [createReferenceBackend(), ...compiledBackends({ threads: 1 })];

/** A function of one array that is fed to a step. */
async function of(backend: Backend, fn: (x: Tensor) => Tensor, x: HostArray) {
  const step = await compile<Record<string, Tensor>, { x: Tensor }, { y: Tensor }>(
    (_, fed) => ({ outputs: { y: fn(fed.x) } }),
    { state: {}, backend },
  );
  const { y } = step.runSync({ x });
  return [...y.data].map((value) => (Object.is(value, -0) ? 0 : value));
}

function refused(run: () => unknown, code: ErrorCode = "bad-argument"): void {
  assert.throws(run, (error: unknown) => error instanceof GradusError && error.code === code, String(run));
}

for (const backend of backends) {
  const name = backend.description;

  test(`argMax and argMin of NaN give the first NaN: ${name}`, async () => {
    const rows: readonly (readonly [readonly number[], number, number])[] = [
      [[nan, 1, 2], 0, 0],
      [[1, nan, 2], 1, 1],
      [[1, nan, nan], 1, 1],
      [[nan, nan, nan], 0, 0],
      [[inf, nan, -inf], 1, 1],
      [[-inf, -inf, -inf], 0, 0],
      [[inf, inf, 0], 0, 2],
      [[2, 5, 5], 1, 0],
    ];
    for (const [row, largest, smallest] of rows) {
      // long rows too, which go through vectors
      for (const filler of [[], new Array(40).fill(row[0])]) {
        const x = listed([1, row.length + filler.length], [...row, ...filler]);
        assert.deepEqual(await of(backend, (t) => t.argMax(), x), [largest], `argMax ${row}`);
        assert.deepEqual(await of(backend, (t) => t.argMin(), x), [smallest], `argMin ${row}`);
      }
    }
    const columns = listed([2, 3], [1, nan, 3, nan, 2, 4]);
    assert.deepEqual(await of(backend, (t) => t.argMax(0), columns), [1, 0, 1]);
    assert.deepEqual(await of(backend, (t) => t.argMin(0), columns), [1, 0, 0]);
    assert.deepEqual(await of(backend, (t) => t.argMax(-1), listed([3], [7, 9, 9], "int32")), [1]);
  });

  test(`reductions hand NaN on, and are what they are over nothing: ${name}`, async () => {
    for (const at of [0, 1, 37]) {
      const data = Array.from({ length: 38 }, (_, index) => (index === at ? nan : index));
      for (const fn of ["max", "min", "sum", "prod", "mean", "variance"] as const)
        assert.deepEqual(await of(backend, (t) => t[fn](), listed([38], data)), [nan], `${fn}, NaN at ${at}`);
    }
    const nothing = listed([3, 0], []);
    assert.deepEqual(await of(backend, (t) => t.sum(1), nothing), [0, 0, 0]);
    assert.deepEqual(await of(backend, (t) => t.prod(1), nothing), [1, 1, 1]);
    assert.deepEqual(await of(backend, (t) => t.mean(1), nothing), [nan, nan, nan]);
    assert.deepEqual(await of(backend, (t) => t.variance(1), nothing), [nan, nan, nan]);
    // correction >= count
    assert.deepEqual(await of(backend, (t) => t.variance(0, false, 1), listed([1], [3])), [nan]);
    assert.deepEqual(await of(backend, (t) => t.variance(0, false, 2), listed([2], [1, 3])), [inf]);
    assert.deepEqual(await of(backend, (t) => t.variance(0, false, 5), listed([2], [1, 3])), [inf]);
    assert.deepEqual(await of(backend, (t) => t.variance(0, false, 1), listed([2], [1, 3])), [2]);
  });

  test(`logSumExp, softmax and logSoftmax of infinities: ${name}`, async () => {
    const lse = async (...values: readonly number[]) =>
      of(backend, (t) => logSumExp(t, -1), listed([values.length], values));
    assert.deepEqual(await lse(-inf, -inf), [-inf]);
    assert.deepEqual(await lse(-inf), [-inf]);
    assert.deepEqual(await lse(inf, 0), [inf]);
    assert.deepEqual(await lse(inf, inf), [inf]);
    assert.deepEqual(await lse(inf, -inf), [inf]);
    assert.deepEqual(await lse(-inf, 3), [3]);
    assert.deepEqual(await lse(nan, 3), [nan]);
    assert.ok(Math.abs(((await lse(1e4, 1e4))[0] as number) - 1e4 - Math.LN2) < 1e-2);
    const slope = async (fn: (x: Tensor) => Tensor, ...values: readonly number[]) =>
      of(backend, (t) => grad((x: Tensor) => fn(x).sum())(t), listed([values.length], values));
    assert.deepEqual(await slope((x) => logSumExp(x, -1), -inf, -inf), [0, 0]);
    assert.deepEqual(await slope((x) => logSumExp(x, -1), -inf, 3), [0, 1]);
    const hidden = listed([3], [-inf, 0, 0]);
    assert.deepEqual(await of(backend, (t) => softmax(t), hidden), [0, 0.5, 0.5]);
    assert.equal((await of(backend, (t) => logSoftmax(t), hidden))[0], -inf);
    assert.deepEqual(await slope((x) => softmax(x).slice(0, 1), -inf, 0, 0), [0, 0, 0]);
    // what PyTorch has no answer to either
    assert.deepEqual(await of(backend, (t) => softmax(t), listed([2], [-inf, -inf])), [nan, nan]);
  });

  test(`integers beside fractions make floats: ${name}`, async () => {
    const ints = (...values: readonly number[]) => listed([values.length], values, "int32");
    const fed = async (fn: (x: Tensor) => Tensor, x: HostArray) => of(backend, fn, x);
    assert.deepEqual(await fed((t) => t.less(0.5), ints(0, 1)), [1, 0]);
    assert.deepEqual(await fed((t) => t.lessEqual(0.5), ints(0, 1)), [1, 0]);
    assert.deepEqual(await fed((t) => t.greater(0.5), ints(0, 1)), [0, 1]);
    assert.deepEqual(await fed((t) => t.greaterEqual(-0.5), ints(-1, 0)), [0, 1]);
    assert.deepEqual(await fed((t) => t.equal(0.5), ints(0, 1)), [0, 0]);
    assert.deepEqual(await fed((t) => t.notEqual([0.5, 1]), ints(0, 1)), [1, 0]);
    assert.deepEqual(await fed((t) => t.less(3e9), ints(7)), [1]);
    assert.deepEqual(await fed((t) => t.less(nan), ints(7)), [0]);
    assert.deepEqual(await fed((t) => t.add(0.5), ints(1, 2)), [1.5, 2.5]);
    assert.deepEqual(await fed((t) => t.sub([0.5, 1]), ints(1, 2)), [0.5, 1]);
    assert.deepEqual(await fed((t) => t.mul(0.5), ints(3)), [1.5]);
    assert.deepEqual(await fed((t) => t.maximum(0.5), ints(0, 2)), [0.5, 2]);
    assert.deepEqual(await fed((t) => t.clip(-0.5, 0.5), ints(-3, 0, 3)), [-0.5, 0, 0.5]);
    assert.deepEqual(await fed((t) => where(t.less(1), t, 0.5), ints(0, 1)), [0, 0.5]);
    assert.deepEqual(await fed((t) => where(t.less(1), 0.5, t), ints(0, 1)), [0.5, 1]);
    assert.deepEqual(await fed((t) => t.less(-1), listed([2], [0, 5], "uint32")), [0, 0]);
    assert.deepEqual(await fed((t) => t.greater(-1), listed([2], [0, 5], "uint32")), [1, 1]);
    assert.deepEqual(await fed((t) => t.sub(0.5), listed([1], [5], "uint32")), [4.5]);
    assert.deepEqual(await fed((t) => t.equal(2), listed([2], [0, 1], "bool")), [0, 0]);
    // whole numbers stay what they are
    for (const type of ["int32", "uint32"] as const) {
      let dtype: DType | undefined;
      await fed(
        (t) => {
          dtype = t.add(2).mul(3).maximum([1, 2]).dtype;
          return t;
        },
        listed([2], [1, 2], type),
      );
      assert.equal(dtype, type);
    }
    assert.deepEqual(await fed((t) => t.mean(), ints(1, 2)), [1.5]);
    assert.deepEqual(await fed((t) => t.mean(0, true), ints(1, 2)), [1.5]);
    assert.deepEqual(await fed((t) => t.variance(), ints(1, 2)), [0.25]);
    assert.deepEqual(await fed((t) => t.mean(), listed([4], [1, 0, 0, 1], "bool")), [0.5]);
    assert.deepEqual(await fed((t) => t.sum(), ints(1, 2)), [3]);
  });
}

test("nothing has no largest element", () => {
  assert.deepEqual(numbersOf(logSumExp(zeros([2, 0]), 1)), [-inf, -inf]);
  for (const fn of ["max", "min"] as const) {
    refused(() => zeros([0])[fn]());
    refused(() => zeros([3, 0])[fn](1));
    refused(() => zeros([3, 0])[fn]());
    assert.deepEqual(zeros([0, 3])[fn](1).shape, [0]);
  }
  for (const fn of ["argMax", "argMin"] as const) {
    refused(() => zeros([0])[fn]());
    refused(() => zeros([3, 0])[fn]());
    assert.deepEqual(zeros([0, 3])[fn]().shape, [0]);
  }
});

test("numbers that a type does not hold are refused where the type is asked for", () => {
  refused(() => tensor([0.5], "int32"));
  refused(() => tensor([[1, 2.5]], "uint32"));
  refused(() => tensor(0.5, "int32"));
  refused(() => tensor([nan], "int32"));
  refused(() => tensor([inf], "int32"));
  refused(() => tensor([-1], "uint32"));
  refused(() => tensor([2 ** 31], "int32"));
  refused(() => tensor([2 ** 32], "uint32"));
  refused(() => tensor([2], "bool"));
  refused(() => full([2], 0.5, "int32"));
  refused(() => full([2], -1, "uint32"));
  refused(() => full([2], nan, "int32"));
  refused(() => tensor([1], "int32").pad([[1, 0]], 0.5));
  tensor([-(2 ** 31), 2 ** 31 - 1], "int32");
  tensor([0, 2 ** 32 - 1], "uint32");
  for (const fn of ["sqrt", "exp", "log", "sin", "tanh", "sigmoid"] as const)
    refused(() => tensor([4], "int32")[fn](), "dtype-mismatch");
  refused(() => tensor([4], "int32").div(2), "dtype-mismatch");
});

test("given indices and labels outside their table are refused", () => {
  const table = zeros([3, 2]);
  for (const indices of [[3], [-1], [0, 7]]) {
    refused(() => table.gather(indices));
    refused(() => table.gather(tensor(indices, "int32")));
    refused(() => table.gather(tensor(indices).cast("int32").reshape([-1, 1])));
    refused(() => tensor(indices, "int32").oneHot(3), "label-out-of-range");
  }
  refused(() => table.gather([0.5]));
  assert.deepEqual(table.gather([0, 2]).shape, [2, 2]);
});
