import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { FunctionBuilder } from "../../src/codegen/builder.ts";
import { chunkOf } from "../../src/codegen/chunk.ts";
import type { KernelCall, Target, VectorFunction } from "../../src/codegen/program.ts";
import { compileWasmModule } from "../../src/codegen/wasm/compile.ts";
import { ByteWriter } from "../../src/codegen/wasm/encoder.ts";
import { detectWasmFeatures, wasmTarget } from "../../src/codegen/wasm/features.ts";
import { emitWasmModule, type WasmModuleOptions } from "../../src/codegen/wasm/module.ts";
import { GradusError } from "../../src/core/errors.ts";
import { features, wasm } from "./harness.ts";

const scalar: Target = wasmTarget({ simd: false, relaxed: false });
const PAGES = { initial: 4, maximum: 4 };
const alone: WasmModuleOptions = {
  threads: 1,
  barrierAddress: 0,
  memoryPages: PAGES,
  relaxed: false,
  simd: false,
  shared: false,
};

/** Adds 1 to each of its items, and keeps begin, end and thread at [log + 12 * thread]. */
function countingKernel(): VectorFunction {
  const b = new FunctionBuilder("count", scalar);
  const [items, log] = [b.parameter(), b.parameter()];
  const [begin, end, thread] = b.range();
  const at = b.indexAdd(log, b.indexMul(thread, 12));
  [begin, end, thread].forEach((value, position) => {
    b.store(b.splatIndex(value), at, position * 4);
  });
  b.loop(begin, end, 1, (item) => {
    const address = b.indexAdd(items, b.indexMul(item, 4));
    b.store(b.intAdd(b.load(address, 0, "int"), 1), address);
  });
  return b.finish();
}

const call: KernelCall = {
  function: 0,
  addresses: [4096, 1024],
  items: 10,
  grain: 1,
  barrierBefore: false,
  label: "count",
};

test("LEB128: every 32-bit number round-trips", () => {
  const decode = (bytes: Uint8Array, signed: boolean): number => {
    let value = 0n;
    bytes.forEach((byte, position) => {
      value |= BigInt(byte & 0x7f) << BigInt(7 * position);
    });
    const bits = 7 * bytes.length;
    return Number(signed ? BigInt.asIntN(Math.min(bits, 64), value) : value);
  };
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (value) => {
      assert.equal(decode(new ByteWriter().signed(value).bytes(), true), value);
      assert.equal(decode(new ByteWriter().unsigned(value).bytes(), false), value >>> 0);
    }),
  );
  assert.deepEqual([...new ByteWriter().unsigned(624485).bytes()], [0xe5, 0x8e, 0x26]);
  assert.deepEqual([...new ByteWriter().signed(-123456).bytes()], [0xc0, 0xbb, 0x78]);
});

test("detection finds the features of this Node, and its result does not change", () => {
  const found = detectWasmFeatures();
  assert.deepEqual(found, features);
  assert.equal(found.simd, true);
  assert.equal(found.threads, true);
  assert.deepEqual(wasmTarget({ simd: false, relaxed: false }).lanes, 1);
  assert.deepEqual(wasmTarget({ simd: true, relaxed: true }).fusedMultiplyAdd, true);
});

test("every item belongs to exactly one thread, and chunks are whole grains", () => {
  const kernel = countingKernel();
  const shape = fc.record({
    items: fc.nat(200),
    grain: fc.integer({ min: 1, max: 40 }),
    threads: fc.integer({ min: 2, max: 9 }),
  });
  fc.assert(
    fc.property(shape, ({ items, grain, threads }) => {
      const program = { lanes: 1, functions: [kernel], calls: [{ ...call, items, grain }] };
      const bytes = emitWasmModule(program, { ...alone, threads, shared: true });
      const memory = new wasm.Memory({ ...PAGES, shared: true });
      const { exports } = new wasm.Instance(new wasm.Module(bytes), { env: { memory } });
      const words = new Int32Array(memory.buffer);
      words.fill(-1, 256, 256 + threads * 3);
      for (let thread = 0; thread < threads; thread++) exports.run?.(thread);
      assert.deepEqual(
        [...words.subarray(1024, 1024 + 201)],
        Array.from({ length: 201 }, (_, item) => Number(item < items)),
      );
      const chunk = chunkOf({ items, grain }, threads);
      for (let thread = 0; thread < threads; thread++) {
        const begin = thread * chunk;
        const expected = begin < items ? [begin, Math.min(begin + chunk, items), thread] : [-1, -1, -1];
        assert.deepEqual([...words.subarray(256 + thread * 3, 259 + thread * 3)], expected);
        assert.equal(chunk % grain, 0);
      }
    }),
    { numRuns: 60 },
  );
});

test("one thread runs all items without shared memory, in the order of the calls", () => {
  const b = new FunctionBuilder("double", scalar);
  const address = b.parameter();
  b.range();
  const value = b.load(address, 0, "int");
  b.store(b.intAdd(value, value), address);
  const functions = [countingKernel(), b.finish()];
  const double: KernelCall = { ...call, function: 1, addresses: [4096], items: 1, barrierBefore: true };
  const calls = [call, double, call, double, { ...call, items: 0 }];
  const memory = new wasm.Memory(PAGES);
  const module = compileWasmModule(emitWasmModule({ lanes: 1, functions, calls }, alone));
  const { exports } = new wasm.Instance(module, { env: { memory } });
  assert.deepEqual(Object.keys(exports), ["kernel0", "kernel1", "run"]);
  exports.run?.(0);
  assert.deepEqual([...new Int32Array(memory.buffer).subarray(1024, 1035)], [6, ...Array(9).fill(2), 0]);
});

test("an unsuitable program or barrier is rejected", () => {
  const program = { lanes: 1, functions: [countingKernel()], calls: [call] };
  const refused: Partial<WasmModuleOptions>[] = [
    { simd: true },
    { threads: 0 },
    { threads: 2, shared: false },
    { threads: 2, shared: true, barrierAddress: 4 },
    { threads: 2, shared: true, barrierAddress: PAGES.initial * 65536 - 64 },
  ];
  for (const change of refused) assert.throws(() => emitWasmModule(program, { ...alone, ...change }), GradusError);
});

/** Runs a module's `run` on `threads` worker threads at once, `rounds` times each. */
async function runOnWorkers(module: unknown, memory: unknown, threads: number, rounds: number): Promise<void> {
  const source = `
    const { workerData: { module, memory, thread, rounds } } = require("node:worker_threads");
    const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports;
    for (let round = 0; round < rounds; round++) run(thread);`;
  await Promise.all(
    Array.from({ length: threads }, async (_, thread) => {
      const worker = new Worker(source, { eval: true, execArgv: [], workerData: { module, memory, thread, rounds } });
      await new Promise<void>((resolve, reject) => {
        worker.once("error", reject);
        worker.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`worker ended with ${code}`))));
      });
    }),
  );
}

for (const threads of [2, 3]) {
  test(`${threads} threads meet at every barrier: no update is lost in thousands of dependent steps`, async () => {
    // each step adds what all threads wrote in the previous step: own <- own + sum of all, between two buffers
    const b = new FunctionBuilder("step", scalar);
    const [from, to] = [b.parameter(), b.parameter()];
    const [, , thread] = b.range();
    const sum = b.intVariable(b.splatIndex(thread));
    b.loop(0, threads, 1, (other) =>
      b.assign(sum, b.intAdd(sum, b.load(b.indexAdd(from, b.indexMul(other, 64)), 0, "int"))),
    );
    b.store(sum, b.indexAdd(to, b.indexMul(thread, 64)));
    const steps = 40;
    const rounds = 100;
    const calls = Array.from({ length: steps }, (_, step): KernelCall => {
      const addresses = step % 2 === 0 ? [4096, 8192] : [8192, 4096];
      return { function: 0, addresses, items: threads, grain: 1, barrierBefore: true, label: `step ${step}` };
    });
    const bytes = emitWasmModule(
      { lanes: 1, functions: [b.finish()], calls },
      { ...alone, threads, shared: true, barrierAddress: 128 },
    );
    const memory = new wasm.Memory({ ...PAGES, shared: true });
    await runOnWorkers(compileWasmModule(bytes), memory, threads, rounds);

    const words = new Int32Array(memory.buffer);
    let expected = new Int32Array(threads);
    for (let step = 0; step < steps * rounds; step++) {
      const total = expected.reduce((sum, value) => (sum + value) | 0, 0);
      expected = Int32Array.from({ length: threads }, (_, thread) => total + thread);
    }
    assert.deepEqual(
      Array.from({ length: threads }, (_, thread) => words[1024 + thread * 16]),
      [...expected],
    );
    assert.deepEqual([words[32], words[48], words[49]], [0, steps * rounds, 0], "count, generation, sleepers");
  });
}
