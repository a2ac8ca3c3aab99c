import assert from "node:assert/strict";
import { FunctionBuilder } from "../../src/codegen/builder.ts";
import type { Register, Target, VectorFunction } from "../../src/codegen/program.ts";
import { verifyProgram } from "../../src/codegen/verify.ts";
import { detectWasmFeatures, wasmTarget } from "../../src/codegen/wasm/features.ts";
import { emitWasmModule } from "../../src/codegen/wasm/module.ts";
import { type WasmInstance, type WasmMemory, webAssembly } from "../../src/codegen/wasm/webassembly.ts";
import { interpret } from "./interpreter.ts";

assert.ok(webAssembly, "Node has WebAssembly");
export const wasm = webAssembly;
export const features = detectWasmFeatures();

export interface Variant {
  readonly name: string;
  readonly target: Target;
  readonly simd: boolean;
  readonly relaxed: boolean;
}

function variant(name: string, simd: boolean, relaxed: boolean): Variant {
  return { name, target: wasmTarget({ simd, relaxed }), simd, relaxed };
}

/** The forms of wasm code that this engine runs. */
export const variants: readonly Variant[] = [
  variant("wasmScalar", false, false),
  ...(features.simd ? [variant("wasm128", true, false)] : []),
  ...(features.relaxed ? [variant("wasm128 relaxed", true, true)] : []),
];

export interface Loaded {
  readonly memory: WasmMemory;
  readonly instance: WasmInstance;
}

/** Emits, compiles and instantiates functions in a single-threaded module with its own memory. */
export function load(functions: readonly VectorFunction[], { target, simd, relaxed }: Variant, pages = 2): Loaded {
  const program = { lanes: target.lanes, functions, calls: [] };
  verifyProgram(program);
  const memoryPages = { initial: pages, maximum: pages };
  const bytes = emitWasmModule(program, { threads: 1, barrierAddress: 0, memoryPages, relaxed, simd, shared: false });
  const memory = new wasm.Memory({ initial: pages, maximum: pages });
  return { memory, instance: new wasm.Instance(new wasm.Module(bytes), { env: { memory } }) };
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

/** Maps whole arrays through a function of floats, by wasm. The result's bits can be read through its buffer. */
export function evaluate(
  { target, simd, relaxed }: Variant,
  inputs: readonly Float32Array[],
  body: (b: FunctionBuilder, ...values: Register[]) => Register,
): Float32Array {
  const length = inputs[0]?.length ?? 0;
  const padded = Math.ceil(length / 16) * 16;
  const pages = Math.ceil((padded * 4 * (inputs.length + 1)) / 65536);
  const kernel = mapKernel(target, inputs.length, body);
  const { memory, instance } = load([kernel], { name: "", target, simd, relaxed }, pages);
  const at = (position: number): Float32Array => new Float32Array(memory.buffer, position * padded * 4, padded);
  inputs.forEach((input, position) => {
    at(position).set(input);
  });
  const addresses = Array.from({ length: inputs.length + 1 }, (_, position) => position * padded * 4);
  instance.exports.kernel0?.(...addresses, 0, padded, 0);
  return at(inputs.length).slice(0, length);
}

/** Runs a function by wasm and by the interpreter on the same memory, and requires the same words afterwards (any NaN for a NaN). */
export function requireSame(
  code: VectorFunction,
  parameters: readonly number[],
  input: Uint32Array,
  form: Variant,
): void {
  const { memory, instance } = load([code], form);
  const words = new Uint32Array(memory.buffer);
  words.set(input);
  const expected = new Uint32Array(words.length);
  expected.set(input);
  interpret(code, parameters, { memory: expected.buffer, lanes: form.target.lanes, fused: form.relaxed });
  instance.exports.kernel0?.(...parameters);
  const isNaNWord = (word: number): boolean => (word & 0x7fffffff) > 0x7f800000;
  words.forEach((word, position) => {
    const wanted = expected[position] as number;
    if (word === wanted || (isNaNWord(word) && isNaNWord(wanted))) return;
    const hex = (value: number): string => `0x${value.toString(16).padStart(8, "0")}`;
    assert.fail(`${form.name}, ${code.name}: word ${position} is ${hex(word)}, expected ${hex(wanted)}`);
  });
}
