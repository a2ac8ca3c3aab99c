import assert from "node:assert/strict";
import { FunctionBuilder } from "../../src/codegen/builder.ts";
import type { Register, Target, VectorFunction } from "../../src/codegen/program.ts";
import { verifyProgram } from "../../src/codegen/verify.ts";
import { detectWasmFeatures, wasmTarget } from "../../src/codegen/wasm/features.ts";
import { emitWasmModule } from "../../src/codegen/wasm/module.ts";
import { webAssembly } from "../../src/codegen/wasm/webassembly.ts";
import { interpret } from "./interpreter.ts";
import { nativeVariants } from "./native-variants.ts";

assert.ok(webAssembly, "Node has WebAssembly");
export const wasm = webAssembly;
export const features = detectWasmFeatures();

/** Memory with functions that work on it. */
export interface Loaded {
  /** `pages` times 64 KiB */
  readonly buffer: ArrayBuffer;
  /** the address of its first byte, as seen by the functions */
  readonly base: number;
  /** Calls the first function. */
  run(...parameters: readonly number[]): void;
}

/** One way to run vector programs. */
export interface Variant {
  readonly name: string;
  readonly target: Target;
  /** whether multiply-adds are rounded once */
  readonly fused: boolean;
  readonly load: (functions: readonly VectorFunction[], pages: number) => Loaded;
}

function wasmVariant(name: string, simd: boolean, relaxed: boolean): Variant {
  const target = wasmTarget({ simd, relaxed });
  return {
    name,
    target,
    fused: relaxed,
    load: (functions, pages) => {
      const program = { lanes: target.lanes, functions, calls: [] };
      const memoryPages = { initial: pages, maximum: pages };
      const options = { threads: 1, barrierAddress: 0, memoryPages, relaxed, simd, shared: false };
      const memory = new wasm.Memory({ initial: pages, maximum: pages });
      const instance = new wasm.Instance(new wasm.Module(emitWasmModule(program, options)), { env: { memory } });
      const run = (...parameters: readonly number[]): void => {
        instance.exports.kernel0?.(...parameters);
      };
      return { buffer: memory.buffer as ArrayBuffer, base: 0, run };
    },
  };
}

/** The forms of wasm code that this engine runs. */
export const wasmVariants: readonly Variant[] = [
  wasmVariant("wasmScalar", false, false),
  ...(features.simd ? [wasmVariant("wasm128", true, false)] : []),
  ...(features.relaxed ? [wasmVariant("wasm128 relaxed", true, true)] : []),
];

/** Every form of code that runs on this machine. */
export const variants: readonly Variant[] = [...wasmVariants, ...nativeVariants("caller")];

/** Emits functions and gives them their own memory. */
export function load(functions: readonly VectorFunction[], { target, load: place }: Variant, pages = 2): Loaded {
  verifyProgram({ lanes: target.lanes, functions, calls: [] });
  return place(functions, pages);
}

/** A kernel (inputs…, output, begin, end, thread) that computes a function of whole registers over arrays. */
export function mapKernel(
  target: Target,
  inputs: number,
  body: (b: FunctionBuilder, ...values: Register[]) => Register,
): VectorFunction {
  const b = new FunctionBuilder("map", target);
  const addresses = Array.from({ length: inputs + 1 }, () => b.parameter());
  const [begin, end] = b.range();
  b.loop(begin, end, target.lanes, (item) => {
    const at = addresses.map((address) => b.indexAdd(address, b.indexMul(item, 4)));
    const result = body(b, ...at.slice(0, inputs).map((address) => b.load(address)));
    b.store(result, at[inputs] as Register);
  });
  return b.finish();
}

/** Maps whole arrays through a function of floats. The result's bits can be read through its buffer. */
export function evaluate(
  form: Variant,
  inputs: readonly Float32Array[],
  body: (b: FunctionBuilder, ...values: Register[]) => Register,
): Float32Array {
  const length = inputs[0]?.length ?? 0;
  const padded = Math.ceil(length / 16) * 16;
  const pages = Math.ceil((padded * 4 * (inputs.length + 1)) / 65536);
  const { buffer, base, run } = load([mapKernel(form.target, inputs.length, body)], form, pages);
  const at = (position: number): Float32Array => new Float32Array(buffer, position * padded * 4, padded);
  inputs.forEach((input, position) => {
    at(position).set(input);
  });
  const addresses = Array.from({ length: inputs.length + 1 }, (_, position) => base + position * padded * 4);
  run(...addresses, 0, padded, 0);
  return at(inputs.length).slice(0, length);
}

/** Runs a kernel of one address and the work items [0, items) on the machine and in the interpreter, with equal memory, and requires the same
 *  words afterwards (any NaN matches a NaN). */
export function requireSame(code: VectorFunction, items: number, input: Uint32Array, form: Variant): void {
  const { buffer, base, run } = load([code], form);
  const words = new Uint32Array(buffer);
  words.set(input);
  const expected = new Uint32Array(words.length);
  expected.set(input);
  interpret(code, [0, 0, items, 0], { memory: expected.buffer, lanes: form.target.lanes, fused: form.fused });
  run(base, 0, items, 0);
  const isNaNWord = (word: number): boolean => (word & 0x7fffffff) > 0x7f800000;
  words.forEach((word, position) => {
    const wanted = expected[position] as number;
    if (word === wanted || (isNaNWord(word) && isNaNWord(wanted))) return;
    const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;
    assert.fail(`${form.name}, ${code.name}: word ${position} is ${hex(word)}, expected ${hex(wanted)}`);
  });
}
