import assert from "node:assert/strict";
import { test } from "node:test";
import { Assembler } from "../../src/codegen/x64/assembler.ts";
import { enterFromSystem } from "../../src/codegen/x64/calling-convention.ts";
import { memory, rax, rdi } from "../../src/codegen/x64/registers.ts";
import type { HostArray } from "../../src/core/dtype.ts";
import { NativeHeap } from "../../src/runtime/native/heap.ts";
import { MachineCode } from "../../src/runtime/native/machine-code.ts";
import { NativeThreadPool } from "../../src/runtime/native/thread-pool.ts";
import { compile } from "../../src/tensor/compile.ts";
import { tensor } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { nativeBackends } from "../engine/backends.ts";
import { nativeMachine, skipNative, TurnAround } from "./native-machine.ts";

const skip = skipNative || (process.platform === "win32" ? "the bridge is written for System V" : false);

/** As a process gets it; flags raised; rounding down, up, to 0; flushing already on; all at once. */
const CALLERS = [0x1f80, 0x1fbf, 0x3f81, 0x5f82, 0x7f84, 0x9fc0, 0xff80 | 0x3f];

/** A function of two arguments that calls another one with the register set to a word in memory, and leaves there what it found afterwards. */
function emitWatch(target: number, word: number): Uint8Array {
  const a = new Assembler();
  const frame = enterFromSystem(a, "systemV", 2, 1);
  a.stmxcsr(frame.local(0));
  a.mov(rax, BigInt(word));
  a.ldmxcsr(memory(rax));
  a.mov(rax, BigInt(target));
  a.call(rax);
  a.mov(rax, BigInt(word));
  a.stmxcsr(memory(rax));
  a.ldmxcsr(frame.local(0));
  frame.leave();
  return a.code.finish();
}

for (const threads of [1, 3]) {
  test(`programs on ${threads} threads give back the caller's control register`, { skip }, () => {
    const { ffi, platform } = nativeMachine();
    const heap = new NativeHeap(ffi, platform);
    const word = heap.allocate(64);
    const watched = {
      ...ffi,
      view: ffi.view,
      proto: ffi.proto,
      decode: (target: number, type: object) =>
        ffi.decode(new MachineCode(ffi, platform, emitWatch(target, word)).address, type),
    };
    const seen = heap.ints(word, 1);
    // what the pool itself calls when it is made
    seen[0] = 0x1f80;
    const pool = new NativeThreadPool(watched, platform, heap, threads, 8);
    const program = new TurnAround({ ffi, platform }, heap, pool, 41, 6);
    for (const callers of CALLERS) {
      for (const run of [() => program.run(), () => program.runSingle()]) {
        seen[0] = callers;
        run();
        assert.equal(seen[0], callers);
      }
    }
    assert.equal(program.firstWrong(), undefined);
    program.free();
    pool.dispose();
    heap.dispose();
  });
}

/** The control register of the thread that runs JavaScript. */
function readControl(): number {
  const { ffi, platform } = nativeMachine();
  const a = new Assembler();
  a.stmxcsr(memory(rdi));
  a.ret();
  const code = new MachineCode(ffi, platform, a.code.finish());
  const word = new Uint32Array(1);
  const type = ffi.proto("void", ["uint32_t *"]);
  ffi.decode(code.address, type)(word);
  code.free();
  return word[0] as number;
}

/** What JavaScript must answer as ever: with flushing on each would be 0. */
function requireSubnormals(): void {
  const [tiny, half, float] = [Number("1e-310"), Number("2"), new Float32Array(1)];
  assert.equal(tiny / half, 5e-311);
  assert.equal(Math.fround(Number("1e-40")), 9.99994610111476e-41);
  float[0] = Number("3e-45");
  assert.equal(float[0], 2 ** -148);
  assert.equal(Number.MIN_VALUE * half, 2 * 2 ** -1074);
}

const array = (values: readonly number[], length = values.length): HostArray => ({
  shape: [length],
  dtype: "float32",
  data: Float32Array.from({ length }, (_, at) => values[at % values.length] as number),
});

test("results and operands below 2^-126 are 0 in every thread", { skip: skipNative }, async () => {
  for (const backend of nativeBackends({ threads: 3 })) {
    const step = await compile(
      (_: { none: Tensor }, { x, y }: { x: Tensor; y: Tensor }) => ({
        outputs: { product: x.mul(y), quotient: x.div(y.mul(1e20)), grown: x.mul(y).mul(1e30), root: x.sqrt() },
      }),
      { state: { none: tensor(0) }, backend },
    );
    const length = 100_003;
    for (let run = 0; run < 3; run++) {
      const { product, quotient, grown, root } = step.runSync({ x: array([1e-30], length), y: array([1e-10], length) });
      assert.ok(product.data.every((value) => value === 0));
      assert.ok(quotient.data.every((value) => value === 0));
      assert.ok(grown.data.every((value) => value === 0));
      assert.ok(root.data.every((value) => Math.abs(value - 1e-15) < 1e-21));
      // operands
      const { product: fromSubnormal } = step.runSync({ x: array([1e-40, -1e-44], length), y: array([1e30], length) });
      assert.ok(fromSubnormal.data.every((value) => value === 0));
      // the least normal number is none of them
      const { product: least } = step.runSync({ x: array([2 ** -100], length), y: array([2 ** -26], length) });
      assert.ok(least.data.every((value) => value === 2 ** -126));
    }
    backend.dispose();
  }
});

test("JavaScript's arithmetic is as before, after programs and after those that threw", {
  skip: skipNative,
}, async () => {
  requireSubnormals();
  const before = readControl();
  for (const threads of [1, 2]) {
    for (const backend of nativeBackends({ threads })) {
      const step = await compile(
        ({ w }: { w: Tensor }, { x }: { x: Tensor }) => ({ outputs: { y: w.mul(x) }, state: { w: w.mul(0.5) } }),
        { state: { w: tensor([1e-37, 1, 2]) }, backend },
      );
      for (let run = 0; run < 40; run++) step.runSync({ x: array([1e-10, 1, 2]) });
      requireSubnormals();
      assert.throws(() => step.runSync({ x: array([1, 2, 3, 4]) }));
      requireSubnormals();
      step.profile();
      requireSubnormals();
      backend.dispose();
      assert.throws(() => step.runSync({ x: array([1, 2, 3]) }));
      requireSubnormals();
    }
  }
  // flags are raised by JavaScript itself; control bits are the upper ones
  assert.equal(readControl() & ~0x3f, before & ~0x3f);
  assert.equal(before & 0x8040, 0);
});
