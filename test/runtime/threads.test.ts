import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { nativeBackends } from "../engine/backends.ts";
import { inputNode } from "../engine/cases.ts";

/** x <- x + 1, then its column sums: two kernels with a barrier between them. */
async function counter(threads: number, backend: Backend = createWasmBackend({ threads })) {
  const input = inputNode("x", [64, 300]);
  const next = new Tensor(input).add(1);
  const state = backend.allocate([64, 300], "float32");
  const sums = next.transpose().matmul(next).sum(1);
  const executable = await backend.compile({ inputs: [], states: [{ input, next: next.node }], outputs: [sums.node] }, [
    state,
  ]);
  return { backend, executable, state };
}

test("a thousand runs on three threads lose no update", async () => {
  const { backend, executable, state } = await counter(3);
  for (let turn = 1; turn <= 1000; turn++) {
    const [sums] = await executable.run([]);
    // every element is `turn`, so a sum is 64 rows times 300 columns times turn^2, to float32 rounding (a lost update would be off by 1e-3)
    const expected = 64 * 300 * turn * turn;
    assert.ok(Math.abs((sums?.data[299] as number) - expected) <= expected * 1e-5, `turn ${turn}: ${sums?.data[299]}`);
  }
  assert.ok((await state.read()).data.every((value) => value === 1000));
  executable.dispose();
  backend.dispose();
});

test("hundreds of small programs on three threads, loaded, run in turns and unloaded, also after the workers fell asleep", async () => {
  const backend = createWasmBackend({ threads: 3 });
  const input = inputNode("x", [40, 500]);
  const x = { shape: [40, 500], dtype: "float32", data: new Float32Array(20_000).fill(2) } as const;
  const make = (addend: number) => {
    const scaled = new Tensor(input).mul(addend).tanh().add(addend);
    return backend.compileNow({ inputs: [input], states: [], outputs: [scaled.sum(0).node] }, []);
  };
  const loaded: { readonly addend: number; readonly executable: ReturnType<typeof make> }[] = [];
  for (let count = 0; count < 120; count++) {
    loaded.push({ addend: count % 17, executable: make(count % 17) });
    // an older one runs between two loads; the oldest goes
    const { addend, executable } = loaded[(count * 7) % loaded.length] as (typeof loaded)[number];
    const [sums] = executable.run([x]);
    const expected = 40 * (Math.tanh(2 * addend) + addend);
    assert.ok(
      sums?.data.every((sum) => Math.abs(sum - expected) <= 1e-4 * Math.max(1, expected)),
      `program ${count}`,
    );
    if (loaded.length > 12) loaded.shift()?.executable.dispose();
    // long enough for a worker to stop looking and sleep
    if (count % 40 === 39) await sleep(30);
  }
  backend.dispose();
});

test("backends side by side do not disturb each other", async () => {
  const native = await Promise.all(nativeBackends({ threads: 2 }).map((backend) => counter(2, backend)));
  const all = [await counter(2), await counter(3), ...native, await counter(1)];
  for (let turn = 1; turn <= 100; turn++) {
    for (const { executable } of all) {
      const [sums] = await executable.run([]);
      const expected = 64 * 300 * turn * turn;
      assert.ok(Math.abs((sums?.data[0] as number) - expected) <= expected * 1e-5);
    }
  }
  for (const { executable, backend } of all) {
    executable.dispose();
    backend.dispose();
  }
});

test("compiling and disposing leaves no memory behind", () => {
  const backend = createWasmBackend({ threads: 2 });
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
  assert.deepEqual(new Set(places).size, 1, "the same place is free every time");
  backend.dispose();
});

/** Runs a program of the house's modules in a process of its own. */
function runProcess(code: string) {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const args = ["--import", "tsx", "--input-type=module", "--eval", code];
  return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", timeout: 300_000 });
}

const IMPORTS = `
  import { openBackend } from "./src/engine/select-backend.ts";
  import { compile } from "./src/tensor/compile.ts";
  import { tensor, zeros } from "./src/tensor/create.ts";
  const backend = await openBackend({ backend: "wasm", threads: 3 });`;

test("a process with an open backend ends by itself", () => {
  const { stdout, status, stderr } = runProcess(`${IMPORTS}
    const step = await compile(({ w }) => ({ outputs: { w }, state: { w: w.add(1) } }), { state: { w: zeros([2]) }, backend });
    for (let turn = 0; turn < 100; turn++) step.runSync({});
    const [value] = await tensor([[1, 2]]).matmul([[3], [4]]).data();
    console.log(value, (await step.state.read()).w.data[0]);`);
  assert.equal(status, 0, stderr);
  assert.equal(stdout.trim(), "11 100");
});

test("a process ends with its own error, though threads wait for work", () => {
  const { status, stderr } = runProcess(`${IMPORTS}
    const step = await compile(({ w }) => ({ outputs: { w } }), { state: { w: zeros([2]) }, backend });
    step.runSync({});
    throw new Error("this one");`);
  assert.equal(status, 1);
  assert.match(stderr, /this one/);
});
