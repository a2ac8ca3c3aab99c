import assert from "node:assert/strict";
import { type Region, verifyBounds } from "../../src/codegen/bounds.ts";
import { FunctionBuilder } from "../../src/codegen/builder.ts";
import type { KernelCall, Register, Target, VectorFunction, VectorProgram } from "../../src/codegen/program.ts";
import { verifyFunction } from "../../src/codegen/verify.ts";
import { GradusError } from "../../src/core/errors.ts";

export const target: Target = {
  name: "avx512",
  lanes: 16,
  registers: 31,
  fusedMultiplyAdd: true,
  flushesSubnormals: true,
};

/** Addresses of 47 bits, as from the system. */
export const X = 0x7f12_3456_7000;
export const Y = X + 0x1_0000;
export const SCRATCH = X + 0x2_0000;
/** Elements of the arrays x and y. */
export const COUNT = 100;
/** An array of 100 elements with its padding: 400 bytes, padded to 448, plus one vector. */
export const BYTES = 512;

export const regions: readonly Region[] = [
  { name: "x", start: X, bytes: BYTES },
  { name: "y", start: Y, bytes: BYTES },
  { name: "scratch", start: SCRATCH, bytes: 3 * 1024 },
];

export interface Kernel {
  readonly b: FunctionBuilder;
  readonly x: Register;
  readonly y: Register;
  readonly scratch: Register;
  readonly stride: Register;
  readonly begin: Register;
  readonly end: Register;
  readonly thread: Register;
}

/** A kernel of four addresses: two arrays, working memory, and the distance between the threads' working memories. */
export function kernel(write: (kernel: Kernel) => void): VectorFunction {
  const b = new FunctionBuilder("kernel", target);
  const [x, y, scratch, stride] = [b.parameter(), b.parameter(), b.parameter(), b.parameter()];
  const [begin, end, thread] = b.range();
  write({ b, x, y, scratch, stride, begin, end, thread });
  const code = b.finish();
  verifyFunction(code, target.lanes);
  return code;
}

/** A program with one call. */
export function programOf(code: VectorFunction, change: Partial<KernelCall> = {}): VectorProgram {
  const call: KernelCall = {
    function: 0,
    addresses: [X, Y, SCRATCH, 1024],
    items: COUNT,
    grain: 1,
    barrierBefore: false,
    label: "a call",
    ...change,
  };
  return { lanes: target.lanes, functions: [code], calls: [call] };
}

/** The error with which a program is rejected; undefined if it is accepted. */
export function refusal(code: VectorFunction, change: Partial<KernelCall> = {}, threads = 3): GradusError | undefined {
  try {
    verifyBounds(programOf(code, change), regions, threads);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof GradusError && error.code === "out-of-plan", String(error));
    return error;
  }
}
