import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { NativeIsa } from "../../src/codegen/x64/target.ts";
import { createNativeBackend } from "../../src/engine/native/backend.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { skipUnless } from "../engine/backends.ts";
import { inputNode } from "../engine/cases.ts";
import { skipNative } from "./native-machine.ts";

/** x <- x + 1, then its column sums: two kernels with a barrier between them. */
function counter(threads: number, isa?: NativeIsa) {
  const backend = createNativeBackend({ threads, isa });
  const input = inputNode("x", [64, 300]);
  const next = new Tensor(input).add(1);
  const state = backend.allocate([64, 300], "float32");
  const sums = next.transpose().matmul(next).sum(1);
  const graph = { inputs: [], states: [{ input, next: next.node }], outputs: [sums.node] };
  return { backend, executable: backend.compileNow(graph, [state]), state };
}

for (const isa of ["avx2", "avx512"] as const) {
  for (const threads of [1, 2, 3]) {
    test(`a thousand runs on ${threads} threads with ${isa} lose no update`, { skip: skipUnless(isa) }, () => {
      const { backend, executable, state } = counter(threads, isa);
      for (let turn = 1; turn <= 1000; turn++) {
        const [sums] = executable.run([]);
        // every element is `turn`, so a sum is 64 rows times 300 columns times turn^2, to float32 rounding
        const expected = 64 * 300 * turn * turn;
        assert.ok(Math.abs((sums?.data[299] as number) - expected) <= expected * 1e-5, `turn ${turn}`);
      }
      assert.ok(state.readNow().data.every((value) => value === 1000));
      executable.dispose();
      backend.dispose();
    });
  }
}

test("hundreds of programs, loaded, run in turns and unloaded, also after a sleep", { skip: skipNative }, async () => {
  const backend = createNativeBackend({ threads: 3 });
  const input = inputNode("x", [40, 500]);
  const x = { shape: [40, 500], dtype: "float32", data: new Float32Array(20_000).fill(2) } as const;
  const make = (addend: number) => {
    const scaled = new Tensor(input).mul(addend).tanh().add(addend);
    return backend.compileNow({ inputs: [input], states: [], outputs: [scaled.sum(0).node] }, []);
  };
  const loaded: { readonly addend: number; readonly executable: ReturnType<typeof make> }[] = [];
  for (let count = 0; count < 120; count++) {
    loaded.push({ addend: count % 17, executable: make(count % 17) });
    const { addend, executable } = loaded[(count * 7) % loaded.length] as (typeof loaded)[number];
    const [sums] = executable.run([x]);
    const expected = 40 * (Math.tanh(2 * addend) + addend);
    assert.ok(
      sums?.data.every((sum) => Math.abs(sum - expected) <= 1e-4 * Math.max(1, expected)),
      `program ${count}`,
    );
    if (loaded.length > 12) loaded.shift()?.executable.dispose();
    if (count % 40 === 39) await sleep(10);
  }
  backend.dispose();
});

test("compiling and disposing leaves no memory behind", { skip: skipNative }, () => {
  const backend = createNativeBackend({ threads: 2 });
  const input = inputNode("x", [50, 50]);
  const output = new Tensor(input).matmul(new Tensor(input)).tanh().node;
  const places = Array.from({ length: 30 }, () => {
    const executable = backend.compileNow({ inputs: [input], states: [], outputs: [output] }, []);
    const probe = backend.allocate([1], "float32") as ReturnType<typeof backend.allocate> & {
      readonly address: number;
    };
    const { address } = probe;
    probe.dispose();
    executable.dispose();
    return address;
  });
  assert.equal(new Set(places).size, 1, "the same place is free every time");
  backend.dispose();
});

test("outputs are the caller's own, of the type that the graph says", { skip: skipNative }, () => {
  const backend = createNativeBackend({ threads: 2 });
  const input = inputNode("x", [3]);
  const graph = { inputs: [input], states: [], outputs: [new Tensor(input).mul(2).node] };
  const executable = backend.compileNow(graph, []);
  const run = (...data: readonly number[]) =>
    executable.run([{ shape: [3], dtype: "float32", data: Float32Array.from(data) }])[0]?.data;
  const first = run(1, 2, 3);
  const second = run(4, 5, 6);
  assert.deepEqual(first, Float32Array.of(2, 4, 6));
  assert.deepEqual(second, Float32Array.of(8, 10, 12));
  assert.throws(() => executable.run([{ shape: [2], dtype: "float32", data: new Float32Array(2) }]), {
    code: "shape-mismatch",
  });
  backend.dispose();
});

test("the profile has a line and a time for every call", { skip: skipNative }, () => {
  const { backend, executable } = counter(2);
  executable.run([]);
  const times = executable.profile?.() ?? [];
  assert.ok(times.length >= 2);
  assert.ok(times.every(({ label, milliseconds }) => label.length > 0 && milliseconds >= 0));
  backend.dispose();
});

test("what was disposed says so, and touches no memory", { skip: skipNative }, () => {
  const { backend, executable, state } = counter(2);
  const array = backend.allocate([4], "int32");
  array.write({ shape: [4], dtype: "int32", data: Int32Array.of(1, 2, 3, 4) });
  state.dispose();
  assert.throws(() => executable.run([]), { code: "disposed" });
  assert.throws(() => state.readNow(), { code: "disposed" });
  executable.dispose();
  executable.dispose();
  assert.throws(() => executable.run([]), { code: "disposed" });
  const other = counter(1);
  backend.dispose();
  backend.dispose();
  other.backend.dispose();
  assert.throws(() => other.executable.run([]), { code: "disposed" });
  assert.deepEqual([...array.readNow().data], [1, 2, 3, 4], "arrays outlive the threads");
  array.dispose();
});

/** Runs a program of the house's modules in a process of its own. */
function runProcess(code: string, flags: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const args = [...flags, "--import", "tsx", "--input-type=module", "--eval", code];
  const env = { ...process.env, ...environment };
  return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", timeout: 300_000, env });
}

const IMPORTS = `
  import { openBackend } from "./src/engine/select-backend.ts";
  import { compile } from "./src/tensor/compile.ts";
  import { tensor, zeros } from "./src/tensor/create.ts";
  const backend = await openBackend({ backend: "native", threads: 3 });
  const step = await compile(({ w }) => ({ outputs: { w }, state: { w: w.add(1) } }), { state: { w: zeros([2]) }, backend });`;

test("a process with an open backend ends by itself", { skip: skipNative }, () => {
  const { stdout, status, stderr } = runProcess(`${IMPORTS}
    for (let turn = 0; turn < 100; turn++) step.runSync({});
    console.log((await step.state.read()).w.data[0]);`);
  assert.equal(status, 0, stderr);
  assert.equal(stdout.trim(), "100");
});

test("a process ends with its own error, though threads wait for work", { skip: skipNative }, () => {
  const { status, stderr } = runProcess(`${IMPORTS}
    step.runSync({});
    throw new Error("this one");`);
  assert.equal(status, 1);
  assert.match(stderr, /this one/);
});

test("programs and arrays that nobody holds give their memory back", { skip: skipNative }, () => {
  const { stdout, status, stderr } = runProcess(
    `${IMPORTS}
    const held = () => process.memoryUsage().arrayBuffers;
    const make = () => {
      for (let turn = 0; turn < 20; turn++) backend.allocate([1000, 1000], "float32");
    };
    const sleep = () => new Promise((resolve) => setTimeout(resolve, 5));
    let most = 0;
    for (let turn = 0; turn < 30; turn++) {
      make();
      gc();
      await sleep();
      most = Math.max(most, process.memoryUsage.rss());
    }
    step.runSync({});
    console.log((await step.state.read()).w.data[0], most < 1.5 * 2 ** 30);`,
    ["--expose-gc"],
  );
  assert.equal(status, 0, stderr);
  assert.equal(stdout.trim(), "1 true");
});

test("DEBUG=gradus shows every kernel as a vector program and as instructions", { skip: skipNative }, () => {
  const { stderr } = runProcess(`${IMPORTS} step.runSync({});`, [], { DEBUG: "gradus" });
  assert.match(stderr, /loadStrided|load/);
  assert.match(stderr, /vaddps/);
  const quiet = runProcess(`${IMPORTS} step.runSync({});`, [], { DEBUG: "other" });
  assert.equal(quiet.stderr, "");
});
