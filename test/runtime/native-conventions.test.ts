// The calling conventions and waiting calls of Windows and macOS, executed on Linux: small bridges translate between the conventions, and
// machine code that keeps to the other system's rules, and spoils all that these allow, stands for its waiting functions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Assembler } from "../../src/codegen/x64/assembler.ts";
import { CONVENTIONS, enterFromSystem } from "../../src/codegen/x64/calling-convention.ts";
import {
  type General,
  memory,
  r8,
  r9,
  r10,
  r11,
  rax,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
  xmm,
} from "../../src/codegen/x64/registers.ts";
import type { Waiting } from "../../src/codegen/x64/waiting.ts";
import { detectProcessor } from "../../src/runtime/native/detect.ts";
import { NativeHeap } from "../../src/runtime/native/heap.ts";
import { MachineCode } from "../../src/runtime/native/machine-code.ts";
import { NativeThreadPool } from "../../src/runtime/native/thread-pool.ts";
import { type NativeMachine, nativeMachine, skipNative, TurnAround } from "./native-machine.ts";

const skip = process.platform === "linux" ? skipNative : "the bridges are written for Linux";

const FUTEX = 202;
const FUTEX_WAIT_PRIVATE = 128;
const FUTEX_WAKE_PRIVATE = 129;
/** What registers hold that must be kept: any value that is unlikely by chance. */
const SENTINEL = 0x5ca1ab1e;

/** Stops the process where the condition does not hold. */
function require(a: Assembler, condition: "e" | "ne"): void {
  const holds = a.label();
  a.jcc(condition, holds);
  a.code.append([0x0f, 0x0b]);
  a.bind(holds);
}

function requireAlignedStack(a: Assembler): void {
  a.mov(rax, rsp);
  a.and(rax, 15);
  // the return address lies below a multiple of 16
  a.cmp(rax, 8);
  require(a, "e");
}

function spoil(a: Assembler, registers: readonly General[], vectors: number): void {
  for (const register of registers) a.mov(register, -1);
  for (const vector of xmm.slice(0, vectors)) a.vector("vpxor", [vector, vector, vector]);
}

/** WaitOnAddress(word, address of the value, 4, forever) and WakeByAddressAll(word), by the rules of Windows. */
function emitWindowsWaiting() {
  const a = new Assembler();
  const begin = (): void => {
    requireAlignedStack(a);
    // the caller left 32 bytes for us above the return address
    for (const offset of [8, 16, 24, 32]) a.mov(memory(rsp, offset), -1);
    a.push(rdi);
    a.push(rsi);
    a.mov(rdi, rcx);
  };
  const end = (): void => {
    a.mov32(r10, 0);
    a.mov32(rax, FUTEX);
    a.syscall();
    a.pop(rsi);
    a.pop(rdi);
    spoil(a, [rax, rcx, rdx, r8, r9, r10, r11], 6);
    a.ret();
  };
  const wait = a.code.length;
  begin();
  a.cmp(r8, 4);
  require(a, "e");
  a.cmp32(r9, -1);
  require(a, "e");
  a.mov32(rdx, memory(rdx));
  a.mov32(rsi, FUTEX_WAIT_PRIVATE);
  end();
  a.code.align(16);
  const wake = a.code.length;
  begin();
  a.mov32(rdx, 0x7fffffff);
  a.mov32(rsi, FUTEX_WAKE_PRIVATE);
  end();
  return { bytes: a.code.finish(), wait, wake };
}

/** __ulock_wait(1, word, value, 0) and __ulock_wake(0x101, word, 0), by the rules of macOS. */
function emitMacosWaiting() {
  const a = new Assembler();
  const end = (): void => {
    a.mov(rdi, rsi);
    a.mov32(r10, 0);
    a.mov32(rax, FUTEX);
  };
  const leave = (): void => {
    a.syscall();
    spoil(a, [rax, rcx, rdx, rdi, rsi, r8, r9, r10, r11], 16);
    a.ret();
  };
  const wait = a.code.length;
  requireAlignedStack(a);
  a.cmp32(rdi, 1);
  require(a, "e");
  a.cmp32(rcx, 0);
  require(a, "e");
  end();
  a.mov32(rsi, FUTEX_WAIT_PRIVATE);
  leave();
  a.code.align(16);
  const wake = a.code.length;
  requireAlignedStack(a);
  a.cmp32(rdi, 0x101);
  require(a, "e");
  end();
  a.mov32(rsi, FUTEX_WAKE_PRIVATE);
  a.mov32(rdx, 0x7fffffff);
  leave();
  return { bytes: a.code.finish(), wait, wake };
}

/** A function of Linux with up to three arguments that calls one of Windows, and sees that it keeps what it must. */
function emitBridge(target: number): Uint8Array {
  const { kept, keptVectors, shadowBytes } = CONVENTIONS.windows;
  const a = new Assembler();
  const frame = enterFromSystem(a, "systemV", 3, 0);
  a.mov(rcx, rdi);
  a.mov(r8, rdx);
  a.mov(rdx, rsi);
  for (const register of kept) a.mov(register, SENTINEL);
  for (const vector of keptVectors) a.vmovd(vector, kept[0]);
  a.sub(rsp, shadowBytes);
  a.mov(rax, BigInt(target));
  a.call(rax);
  a.add(rsp, shadowBytes);
  for (const register of kept) {
    a.cmp(register, SENTINEL);
    require(a, "e");
  }
  for (const vector of keptVectors) {
    a.vmovdToGeneral(rax, vector);
    a.cmp32(rax, SENTINEL);
    require(a, "e");
  }
  frame.leave();
  return a.code.finish();
}

/** Linux under the rules of Windows: what is called, and what threads start with, goes through a bridge. */
function asWindows({ ffi, platform }: NativeMachine): NativeMachine {
  const { bytes, wait, wake } = emitWindowsWaiting();
  const { address } = new MachineCode(ffi, platform, bytes);
  const bridgeTo = (target: number): number => new MachineCode(ffi, platform, emitBridge(target)).address;
  return {
    ffi: { ...ffi, view: ffi.view, proto: ffi.proto, decode: (target, type) => ffi.decode(bridgeTo(target), type) },
    platform: {
      ...platform,
      convention: "windows",
      waiting: { kind: "waitOnAddress", wait: address + wait, wake: address + wake },
      startThread: (entry, argument) => platform.startThread(bridgeTo(entry), argument),
    },
  };
}

function asMacos({ ffi, platform }: NativeMachine): NativeMachine {
  const { bytes, wait, wake } = emitMacosWaiting();
  const { address } = new MachineCode(ffi, platform, bytes);
  const waiting: Waiting = { kind: "ulock", wait: address + wait, wake: address + wake };
  return { ffi, platform: { ...platform, waiting } };
}

for (const [name, make] of [
  ["Windows", asWindows],
  ["macOS", asMacos],
] as const) {
  test(`programs by the rules of ${name}, on threads that sleep and wake`, { skip }, () => {
    const machine = make(nativeMachine());
    const heap = new NativeHeap(machine.ffi, machine.platform);
    for (const [threads, cores] of [
      [2, 8],
      [3, 1],
    ] as const) {
      const pool = new NativeThreadPool(machine.ffi, machine.platform, heap, threads, cores);
      const program = new TurnAround(machine, heap, pool, 41, 6);
      for (let run = 0; run < 400; run++) program.run();
      assert.equal(program.firstWrong(), undefined);
      assert.equal(program.runSingle().length, 41);
      program.free();
      pool.dispose();
    }
    heap.dispose();
  });

  test(`the processor answers by the rules of ${name}`, { skip }, () => {
    const { ffi, platform } = nativeMachine();
    const other = make(nativeMachine());
    assert.deepEqual(detectProcessor(other.ffi, other.platform), detectProcessor(ffi, platform));
  });
}
