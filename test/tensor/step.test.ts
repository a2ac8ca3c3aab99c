import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compile, DeviceState } from "../../src/tensor/compile.ts";
import { full, ones, tensor, zeros } from "../../src/tensor/create.ts";
import { nextKey, randomKey, randomUniform } from "../../src/tensor/random.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { nativeBackends } from "../engine/backends.ts";

const BACKENDS = {
  reference: createReferenceBackend(),
  wasm: createWasmBackend({ threads: 1 }),
  "wasm, two threads": createWasmBackend({ threads: 2 }),
  ...Object.fromEntries(
    [1, 2].flatMap((threads) => nativeBackends({ threads })).map((backend) => [backend.description, backend]),
  ),
};
after(() => {
  for (const backend of Object.values(BACKENDS)) backend.dispose();
});

const array = (shape: readonly number[], value: number): HostArray => ({
  shape,
  dtype: "float32",
  data: new Float32Array(shape.reduce((size, count) => size * count, 1)).fill(value),
});

type Batch = { readonly x: Tensor };
type State = { readonly w: Tensor };

for (const [name, backend] of Object.entries(BACKENDS)) {
  /** w <- w + sum of x over the batch; what w was; x w */
  const counter = async () =>
    compile(
      ({ w }: State, { x }: Batch) => ({ outputs: { old: w, product: x.matmul(w) }, state: { w: w.add(x.sum(0)) } }),
      { state: { w: zeros([3]) }, backend },
    );

  test(`${name}: one program a batch shape; the smaller last batch compiles once`, async () => {
    const step = await counter();
    const traced: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const size of [8, 8, 8, 5]) step.runSync({ x: array([size, 3], 1) });
      traced.push(step.compilations);
    }
    assert.deepEqual(traced, [2, 2, 2]);
    assert.deepEqual([...(await step.state.read()).w.data], [87, 87, 87]);
    step.dispose();
    assert.equal(step.compilations, 0);
    // a disposed step compiles again; its state is as it was
    assert.deepEqual([...step.runSync({ x: array([1, 3], 1) }).old.data], [87, 87, 87]);
    step.dispose();
    step.state.dispose();
  });

  test(`${name}: the type of the batch is part of what is compiled for`, async () => {
    const step = await compile((_: State, { x }: Batch) => ({ outputs: { y: x.cast("float32").mul(2) } }), {
      state: { w: zeros([]) },
      backend,
    });
    assert.deepEqual([...step.runSync({ x: array([2], 1.5) }).y.data], [3, 3]);
    const ints = { shape: [2], dtype: "int32", data: Int32Array.of(4, -5) } as const;
    assert.deepEqual([...step.runSync({ x: ints }).y.data], [8, -10]);
    assert.deepEqual([...step.runSync({ x: 0.25 }).y.data], [0.5]);
    assert.equal(step.compilations, 3);
    step.dispose();
  });

  test(`${name}: several steps share one state, and outputs keep their structure`, async () => {
    const state = await DeviceState.create({ w: ones([2]), key: randomKey(3) }, backend);
    const grow = await compile(
      ({ w, key }: { w: Tensor; key: Tensor }) => ({ outputs: {}, state: { w: w.mul(2), key: nextKey(key) } }),
      { state },
    );
    const look = await compile(
      ({ w, key }: { w: Tensor; key: Tensor }) => ({
        outputs: { nested: [w, { sum: w.sum() }] as const, drawn: randomUniform(key, [4]) },
      }),
      { state },
    );
    const first = look.runSync({});
    grow.runSync({});
    const second = look.runSync({});
    const [w, { sum }] = second.nested as unknown as readonly [HostArray, { readonly sum: HostArray }];
    assert.deepEqual([...w.data], [2, 2]);
    assert.deepEqual([...sum.data], [4]);
    assert.notDeepEqual(first.drawn.data, second.drawn.data);
    grow.dispose();
    look.dispose();
    state.dispose();
  });

  test(`${name}: mistakes are named`, async () => {
    const step = await counter();
    step.runSync({ x: array([2, 3], 1) });
    // inner sizes of the product
    assert.throws(() => step.runSync({ x: array([2, 4], 1) }), { code: "shape-mismatch" });
    // fewer elements than the shape says, in a shape that is compiled already
    const short: HostArray = { shape: [2, 3], dtype: "float32", data: new Float32Array(5) };
    assert.throws(() => step.runSync({ x: short }), { code: "shape-mismatch" });
    assert.throws(() => step.runSync({ x: { ...array([2, 3], 1), dtype: "int32" } }), { code: "dtype-mismatch" });
    assert.throws(() => step.runSync({ x: undefined as unknown as HostArray }), { code: "bad-argument" });
    // nothing of this has changed the state, and the step still works
    assert.deepEqual([...step.runSync({ x: array([2, 3], 1) }).old.data], [2, 2, 2]);

    const backends = { state: { w: zeros([3]) }, backend };
    const grows = await compile(({ w }: State) => ({ outputs: {}, state: { w: w.unsqueeze(0) } }), backends);
    assert.throws(() => grows.runSync({}), { code: "shape-mismatch", values: { path: "w" } });
    const casts = await compile(({ w }: State) => ({ outputs: {}, state: { w: w.cast("int32") } }), backends);
    assert.throws(() => casts.runSync({}), { code: "shape-mismatch", values: { path: "w" } });
    const adds = await compile(({ w }: State) => ({ outputs: {}, state: { w, extra: w } as State }), backends);
    assert.throws(() => adds.runSync({}), { code: "bad-argument", values: { path: "extra" } });
  });

  test(`${name}: states are written and read by name, in their own shape`, async () => {
    const state = await DeviceState.create(
      { a: { b: zeros([2]) }, list: [full([], 1), full([2], 2, "int32")] },
      backend,
    );
    assert.deepEqual(
      state.leaves.map(({ path }) => path),
      ["a.b", "list.0", "list.1"],
    );
    const values = { a: { b: array([2], 7) }, list: [array([], 8), { ...array([2], 9), dtype: "int32" as const }] };
    state.write(values);
    const read = (await state.read()) as unknown as typeof values;
    assert.deepEqual([...read.a.b.data, ...(read.list[0]?.data ?? []), ...(read.list[1]?.data ?? [])], [7, 7, 8, 9, 9]);
    // copies: the state does not follow
    read.a.b.data.fill(0);
    assert.deepEqual([...((await state.read()) as unknown as typeof values).a.b.data], [7, 7]);
    assert.throws(() => state.write({ a: { b: array([2], 7) } }), { code: "bad-argument", values: { path: "list.0" } });
    assert.throws(() => state.write({ ...values, a: { b: array([3], 7) } }), { code: "shape-mismatch" });
    state.dispose();
    await assert.rejects(() => state.read(), { code: "disposed" });
  });

  test(`${name}: a step whose state is gone says so`, async () => {
    const step = await counter();
    step.runSync({ x: array([2, 3], 1) });
    step.state.dispose();
    assert.throws(() => step.runSync({ x: array([2, 3], 1) }), { code: "disposed" });
    step.dispose();
  });

  test(`${name}: tensors of one trace do not live on in another`, async () => {
    let kept: Tensor | undefined;
    const first = await compile(
      ({ w }: State, { x }: Batch) => {
        kept = x.add(w);
        return { outputs: { y: x } };
      },
      { state: { w: zeros([3]) }, backend },
    );
    first.runSync({ x: array([3], 1) });
    const second = await compile(({ w }: State) => ({ outputs: { y: w.add(kept as Tensor) } }), { state: first.state });
    assert.throws(() => second.runSync({}), { code: "bad-argument", values: { input: "x" } });
    first.dispose();
  });
}

test("data() has no value while a step is traced", async () => {
  let asked: Promise<unknown> | undefined;
  const step = await compile(
    ({ w }: State, { x }: Batch) => {
      asked = w.add(x).data();
      asked.catch(() => {});
      return { outputs: { y: x } };
    },
    { state: { w: zeros([2]) }, backend: BACKENDS.reference },
  );
  step.runSync({ x: array([2], 1) });
  await assert.rejects(asked as Promise<unknown>, { code: "bad-argument" });
  // what hangs on nothing has one
  assert.deepEqual([...(await tensor([1, 2]).add(1).data())], [2, 3]);
});

test("a first value that hangs on a traced tensor is refused", async () => {
  let refused: Promise<void> | undefined;
  const step = await compile(
    ({ w }: State) => {
      const creating = DeviceState.create({ copy: w.add(1) }, BACKENDS.reference);
      refused = assert.rejects(creating, { code: "bad-argument" });
      return { outputs: { w } };
    },
    { state: { w: zeros([2]) }, backend: BACKENDS.reference },
  );
  assert.deepEqual([...step.runSync({}).w.data], [0, 0]);
  assert.ok(refused);
  await refused;
});

test("constants and tensors from outside are part of the program", async () => {
  const table = tensor([10, 20, 30]);
  const step = await compile(
    ({ w }: State, { x }: Batch) => ({ outputs: { y: table.gather(x).add(w).add(new Tensor(table.node)) } }),
    {
      state: { w: ones([3]) },
      backend: BACKENDS.wasm,
    },
  );
  const x = { shape: [3], dtype: "int32", data: Int32Array.of(2, 0, 7) } as const;
  assert.deepEqual([...step.runSync({ x }).y.data], [41, 31, 61]);
  step.dispose();
});
