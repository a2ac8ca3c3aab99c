import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkGradients,
  compile,
  DeviceState,
  evaluate,
  fromArrays,
  full,
  GradusError,
  type HostArray,
  linear,
  ones,
  predict,
  randomBits,
  randomKey,
  range,
  sequential,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compiledBackends } from "../engine/backends.ts";

const BACKENDS: readonly Backend[] = [createReferenceBackend(), ...compiledBackends({ threads: 1 })];

/** What users who do not write types give: anything. */
const untyped = (value: unknown) => value as never;

const tooLong = { shape: [256], dtype: "float32", data: new Float32Array(3000).fill(7) } as const;
const tooShort = { shape: [256], dtype: "float32", data: new Float32Array(3) } as const;
const listed = { shape: [2], dtype: "float32", data: [1, 2] };

test("tensors are refused where shape, type and data do not fit", () => {
  assert.throws(() => tensor(tooLong), {
    code: "shape-mismatch",
    values: { where: "tensor", shape: [256], size: 256, length: 3000 },
  });
  assert.throws(() => tensor(tooShort), { code: "shape-mismatch" });
  assert.throws(() => tensor(untyped(listed)), { code: "dtype-mismatch" });
  assert.throws(() => tensor([1, 2], untyped("float64")), { code: "bad-argument" });
  assert.throws(() => tensor([2], "bool"), { code: "bad-argument" });
  assert.throws(() => tensor(2, "bool"), { code: "bad-argument" });
  assert.throws(() => tensor([2 ** 31], "int32"), { code: "bad-argument" });
  assert.throws(() => tensor([-1], "uint32"), { code: "bad-argument" });
});

test("nested lists are refused where they are no array of numbers", () => {
  const itself: unknown[] = [];
  itself.push(itself);
  for (const value of [
    [[1, 2], [3]],
    ["1", "2"],
    "12",
    [1n],
    [[1], 2],
    [1, new Array(1), 2],
    [null],
    null,
    undefined,
    {},
    itself,
  ])
    assert.throws(() => tensor(untyped(value)), GradusError);
  assert.throws(() => tensor(untyped(new Float32Array(2))), /\{ shape, dtype, data \}/);
});

test("empty lists are empty tensors", async () => {
  assert.deepEqual(tensor([]).shape, [0]);
  assert.deepEqual(await tensor([[], []]).toArray(), [[], []]);
});

test("shapes of made tensors are whole numbers, 0 or more", () => {
  for (const shape of [[-1], [1.5], [Number.NaN], 5, ["2"], undefined, [2 ** 40, 2 ** 40]]) {
    assert.throws(() => zeros(untyped(shape)), { code: "bad-argument" });
    assert.throws(() => ones([1]).broadcastTo(untyped(shape)), GradusError);
    assert.throws(() => randomBits(randomKey(1), untyped(shape)), { code: "bad-argument" });
  }
  assert.throws(() => ones([4]).reshape(untyped(4)), { code: "bad-argument" });
  assert.throws(() => range(-1), { code: "bad-argument" });
  assert.throws(() => range(2.5), { code: "bad-argument" });
  assert.throws(() => full([2], untyped("1")), { code: "bad-argument" });
  assert.throws(() => zeros([2], untyped("int8")), { code: "bad-argument" });
  assert.throws(() => zeros([2]).cast(untyped("int8")), { code: "bad-argument" });
});

test("keys are two words, seeds whole numbers", () => {
  assert.throws(() => randomBits(tensor([1], "uint32"), [3]), { code: "bad-argument" });
  assert.throws(() => randomKey(untyped("seed")), { code: "bad-argument" });
  assert.throws(() => randomKey(0.5), { code: "bad-argument" });
});

test("checkGradients refuses arrays that contradict themselves", () => {
  assert.throws(() => checkGradients((x) => x.square(), [tooShort]), { code: "shape-mismatch" });
});

for (const backend of BACKENDS) {
  test(`${backend.description}: an array that is written has the length of its shape`, async () => {
    const [array, neighbour] = [backend.allocate([256], "float32"), backend.allocate([4096], "float32")];
    assert.throws(() => array.write(tooLong), { code: "shape-mismatch" });
    assert.throws(() => array.write(tooShort), { code: "shape-mismatch" });
    assert.throws(() => array.write(untyped(listed)), { code: "dtype-mismatch" });
    assert.throws(() => array.write(untyped([1, 2])), { code: "bad-argument" });
    assert.throws(() => array.write({ ...tooLong, shape: [3000] }), { code: "shape-mismatch" });
    assert.ok(
      (await neighbour.read()).data.every((value) => value === 0),
      "the neighbour is untouched",
    );
    assert.throws(() => backend.allocate(untyped([-1]), "float32"), { code: "bad-argument" });
    assert.throws(() => backend.allocate([1], untyped("int8")), { code: "bad-argument" });
  });

  test(`${backend.description}: a step is fed arrays that fit`, async () => {
    const step = await compile(({ w }: { w: Tensor }, { x }: { x: Tensor }) => ({ outputs: { y: x.mul(w) } }), {
      state: { w: tensor(2) },
      backend,
    });
    for (const x of [tooLong, tooShort, listed, [1, 2], [[1, 2]], "x", undefined, null, tensor([1]), { shape: [2] }])
      await assert.rejects(step.run({ x: untyped(x) }), GradusError);
    assert.equal(step.compilations, 0, "nothing is compiled for what is refused");
    const { y } = await step.run({ x: { shape: [2], dtype: "float32", data: Float32Array.of(1, 2) } });
    assert.deepEqual([...y.data], [2, 4]);
    // and again, when the program is there already
    const long = { shape: [2], dtype: "float32", data: new Float32Array(3000) } as const;
    await assert.rejects(step.run({ x: long }), { code: "shape-mismatch" });
    step.dispose();
  });

  test(`${backend.description}: programs take as many arrays as they have inputs, and states of their own`, async () => {
    const { node } = tensor([1, 2]);
    const program = await backend.compile({ inputs: [], states: [], outputs: [node] }, []);
    await assert.rejects(async () => await program.run([{ shape: [], dtype: "float32", data: Float32Array.of(1) }]), {
      code: "bad-argument",
    });
    program.dispose();
    program.dispose();
    await assert.rejects(async () => await program.run([]), { code: "disposed" });
    const foreign = createReferenceBackend().allocate([2], "float32");
    const input = await DeviceState.create({ w: zeros([2]) }, backend);
    await assert.rejects(() => backend.compile({ inputs: [], states: [], outputs: [node] }, [foreign]), {
      code: "bad-argument",
    });
    assert.throws(() => input.write({ w: tooLong }), { code: "shape-mismatch" });
    assert.throws(() => input.write(untyped({ w: 3 })), { code: "bad-argument" });
    input.dispose();
  });

  test(`${backend.description}: a state begins with tensors or host arrays`, async () => {
    const ones: HostArray = { shape: [2], dtype: "float32", data: Float32Array.of(1, 1) };
    const { w } = await (await DeviceState.create<{ w: Tensor }>({ w: ones }, backend)).read();
    assert.deepEqual([...w.data], [1, 1]);
    for (const wrong of [[1, 2], 3, "w", undefined, tooLong])
      await assert.rejects(() => DeviceState.create(untyped({ w: wrong }), backend), GradusError);
  });
}

const model = sequential([linear(1)], { inputShape: [2] });
const state = model.initialize(0);

test("predict takes nested lists, tensors and host arrays, and refuses what is none", async () => {
  const data = Float32Array.of(0, 1, 1, 0);
  const { mean } = await predict(model, state, { shape: [2, 2], dtype: "float32", data });
  const rows = [
    [0, 1],
    [1, 0],
  ];
  assert.deepEqual((await predict(model, state, rows)).mean, mean);
  assert.deepEqual((await predict(model, state, tensor(rows))).mean, mean);
  const wrong = [[0, 1], [[0, 1], [1]], [["a", "b"]], undefined, null, 5, "x", {}, listed, tooLong, tooShort];
  for (const inputs of wrong) await assert.rejects(predict(model, state, untyped(inputs)), GradusError);
});

test("a model takes its own state alone", async () => {
  const other = sequential([linear(3)], { inputShape: [2] }).initialize(0);
  const data = fromArrays({ inputs: [[0, 1]], targets: [[1]] });
  for (const wrong of [other, {}, undefined, { parameters: { "0": { weight: [[1, 2]] } } }]) {
    await assert.rejects(predict(model, untyped(wrong), [[0, 1]]), GradusError);
    await assert.rejects(evaluate(model, untyped(wrong), data, { loss: "mse" }), GradusError);
  }
  for (const wrong of [undefined, [[0, 1]], { inputs: [[0, 1]], targets: [[1]] }])
    await assert.rejects(evaluate(model, state, untyped(wrong), { loss: "mse" }), {
      code: "bad-argument",
    });
});

test("datasets are refused where shape and data do not fit", () => {
  const targets = [0, 1];
  const stored = (shape: unknown, data: unknown) => ({ inputs: untyped({ shape, data }), targets });
  assert.throws(() => fromArrays(stored([2, 3], new Float32Array(8))), { code: "shape-mismatch" });
  assert.throws(() => fromArrays(stored([-2, -4], new Float32Array(8))), { code: "bad-argument" });
  assert.throws(() => fromArrays(stored([2, 4], [1, 2, 3, 4, 5, 6, 7, 8])), { code: "dtype-mismatch" });
  assert.throws(() => fromArrays({ inputs: untyped(new BigInt64Array(4)), targets }), { code: "dtype-mismatch" });
  assert.throws(() => fromArrays({ inputs: untyped(undefined), targets }), { code: "bad-argument" });
  assert.throws(() => fromArrays({ inputs: [1, 2], targets, inputShape: [0.5] }), { code: "bad-argument" });
});
