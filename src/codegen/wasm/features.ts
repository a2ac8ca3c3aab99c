import { nodeModule, nodeProcess } from "../../core/host.ts";
import { FunctionBuilder } from "../builder.ts";
import type { Target } from "../program.ts";
import { emitWasmModule } from "./module.ts";
import { createMemory, webAssembly } from "./webassembly.ts";

export interface WasmFeatures {
  /** 128-bit vectors */
  readonly simd: boolean;
  /** relaxed vectors with a multiply-add that is rounded once; if the machine lacks the instruction, they bring nothing and count as absent */
  readonly relaxed: boolean;
  /** shared memory, atomic instructions, wait and notify */
  readonly threads: boolean;
}

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** (func (drop (i32x4.splat (i32.const 0)))) */
const SIMD_MODULE = [...HEADER, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 0x41, 0, 0xfd, 17, 0x1a, 0x0b];

/** (memory 1 1 shared) (func (drop (i32.atomic.load (i32.const 0)))) */
const THREADS_MODULE = [
  ...[...HEADER, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1],
  ...[10, 11, 1, 9, 0, 0x41, 0, 0xfe, 0x10, 2, 0, 0x1a, 0x0b],
];

interface V8 {
  setFlagsFromString(flags: string): void;
}

/** Sets flags of V8 for later compilations. Has no effect outside Node, or if they cannot be set. */
export function setV8Flags(flags: readonly string[]): void {
  try {
    for (const flag of flags) nodeModule<V8>("node:v8")?.setFlagsFromString(flag);
  } catch {
    // other engines with Node's modules have no such flags
  }
}

/** Node 20 has relaxed SIMD behind a flag. Later versions enable it by default and report the unknown flag on standard error. */
export function requestRelaxedSimd(): void {
  if (Number.parseInt(nodeProcess?.versions?.v8 ?? "", 10) === 11 && webAssembly?.validate(relaxedModule()) === false)
    setV8Flags(["--experimental-wasm-relaxed-simd"]);
}

const ONE_PAGE = { initial: 1, maximum: 1 };

/** kernel0(address): replaces the number a at the address by a * a plus the next number, with f32x4.relaxed_madd. */
function relaxedModule(): Uint8Array {
  const b = new FunctionBuilder("fuses", wasmTarget({ simd: true, relaxed: true }));
  const address = b.parameter();
  const a = b.loadSplat(address);
  b.store(b.multiplyAdd(a, a, b.loadSplat(address, 4)), address);
  return emitWasmModule(
    { lanes: 4, functions: [b.finish()], calls: [] },
    { threads: 1, barrierAddress: 0, memoryPages: ONE_PAGE, relaxed: true, simd: true, shared: false },
  );
}

/** Does the engine have f32x4.relaxed_madd, rounded once? With a = 1 + 2^-12, a * a - (1 + 2^-11) is 2^-24 if so, and 0 if the product
 *  is rounded first. */
function fusesMultiplyAdd(): boolean {
  const bytes = relaxedModule();
  if (webAssembly?.validate(bytes) !== true) return false;
  const memory = createMemory(ONE_PAGE);
  const words = new Float32Array(memory.buffer);
  words.set([1 + 2 ** -12, -(1 + 2 ** -11)]);
  new webAssembly.Instance(new webAssembly.Module(bytes), { env: { memory } }).exports.kernel0?.(0);
  return words[0] === 2 ** -24;
}

/** Detects what this engine can run, by validating modules of one instruction each, and for multiply-add by running one. In Node, enables
 *  relaxed SIMD first. */
export function detectWasmFeatures(): WasmFeatures {
  if (webAssembly === undefined) return { simd: false, relaxed: false, threads: false };
  requestRelaxedSimd();
  const accepts = (bytes: readonly number[]): boolean => webAssembly?.validate(Uint8Array.from(bytes)) === true;
  return {
    simd: accepts(SIMD_MODULE),
    relaxed: fusesMultiplyAdd(),
    threads: typeof SharedArrayBuffer !== "undefined" && accepts(THREADS_MODULE),
  };
}

/** The target to build programs for. The engine keeps one of x64's sixteen vector registers for 128-bit code. */
export function wasmTarget(features: Pick<WasmFeatures, "simd" | "relaxed">): Target {
  return features.simd
    ? { name: "wasm128", lanes: 4, registers: 15, fusedMultiplyAdd: features.relaxed, flushesSubnormals: false }
    : { name: "wasmScalar", lanes: 1, registers: 15, fusedMultiplyAdd: false, flushesSubnormals: false };
}
