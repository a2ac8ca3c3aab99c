import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { openBackend, resolveThreads } from "../../src/engine/select-backend.ts";
import { GradusError, ones, zeros } from "../../src/index.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { DeviceState } from "../../src/tensor/compile.ts";
import { compiledBackends } from "./backends.ts";

const untyped = (value: unknown) => value as never;

const { GRADUS_THREADS, GRADUS_BACKEND } = process.env;
afterEach(() => {
  for (const [name, value] of Object.entries({ GRADUS_THREADS, GRADUS_BACKEND })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

test("thread counts are whole numbers from 1 to 256, wherever they come from", async () => {
  for (const threads of [0, -1, 1.5, 257, Number.NaN, Number.POSITIVE_INFINITY, "two", "2", true, [2]]) {
    assert.throws(() => resolveThreads(untyped(threads)), { code: "bad-argument", message: /^threads must be/ });
    for (const backend of ["reference", "wasm", "auto"] as const)
      await assert.rejects(() => openBackend({ backend, threads: untyped(threads) }), {
        code: "bad-argument",
      });
  }
  for (const text of ["0", "two", "1.5", "-1", "1,5"]) {
    process.env.GRADUS_THREADS = text;
    assert.throws(() => resolveThreads(undefined), {
      code: "bad-argument",
      message: new RegExp(`GRADUS_THREADS .*"${text}"`),
    });
  }
  process.env.GRADUS_THREADS = "3";
  assert.equal(resolveThreads(undefined), 3);
  assert.equal(resolveThreads(2), 2);
});

test("variables of the environment that are empty are not set", async () => {
  process.env.GRADUS_THREADS = "";
  assert.ok(resolveThreads(undefined) >= 1);
  process.env.GRADUS_BACKEND = "";
  assert.equal((await openBackend()).name, (await openBackend({ backend: "auto" })).name);
});

test("options that are none are refused", async () => {
  for (const options of ["wasm", 2, null])
    await assert.rejects(() => openBackend(untyped(options)), { code: "bad-argument" });
  for (const backend of ["gpu", "constructor", "", 3])
    await assert.rejects(() => openBackend({ backend: untyped(backend) }), GradusError);
});

test("calls that come while a backend is being opened get the same one", async () => {
  const [first, second, other] = await Promise.all([
    openBackend({ backend: "wasm", threads: 1 }),
    openBackend({ backend: "wasm", threads: 1 }),
    openBackend({ backend: "wasm", threads: 2 }),
  ]);
  assert.equal(first, second);
  assert.notEqual(first, other);
  first.dispose();
  const again = await openBackend({ backend: "wasm", threads: 1 });
  assert.notEqual(again, first, "one that was disposed is opened anew");
  first.dispose();
  assert.equal(await openBackend({ backend: "wasm", threads: 1 }), again, "disposing twice ends no other");
  const automatic = await Promise.all([openBackend(), openBackend({ backend: "auto" }), openBackend()]);
  assert.equal(new Set(automatic).size, 1);
});

const OPEN: Readonly<Record<string, () => Backend>> = {
  reference: createReferenceBackend,
  ...Object.fromEntries(
    [1, 2].flatMap((threads) =>
      compiledBackends({ threads }).map((backend) => [backend.description, () => backend] as const),
    ),
  ),
};

for (const [name, open] of Object.entries(OPEN)) {
  test(`${name}: nothing is done with what was disposed`, async () => {
    const backend = open();
    const state = await DeviceState.create({ w: zeros([3]) }, backend);
    const array = state.leaves[0]?.leaf;
    const graph = { inputs: [], states: [], outputs: [ones([2]).add(1).node] };
    const program = await backend.compile(graph, []);
    const other = await backend.compile(graph, []);
    program.dispose();
    await assert.rejects(async () => await program.run([]), { code: "disposed" });
    if (program.profile) assert.throws(() => program.profile?.(), { code: "disposed" });
    backend.dispose();
    backend.dispose();
    assert.throws(() => backend.allocate([2], "float32"), { code: "disposed" });
    await assert.rejects(() => backend.compile(graph, []), { code: "disposed" });
    await assert.rejects(async () => await other.run([]), { code: "disposed" });
    await assert.rejects(() => DeviceState.create({ w: zeros([3]) }, backend), { code: "disposed" });
    other.dispose();
    state.dispose();
    state.dispose();
    await assert.rejects(async () => await array?.read(), { code: "disposed" });
    assert.throws(() => array?.write({ shape: [3], dtype: "float32", data: new Float32Array(3) }), {
      code: "disposed",
    });
  });
}
