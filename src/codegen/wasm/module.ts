import { requireArgument } from "../../core/errors.ts";
import type { KernelCall, VectorProgram } from "../program.ts";
import { BARRIER_BYTES, emitBarrier } from "./barrier.ts";
import { emitFunctionBody } from "./emit.ts";
import { ByteWriter, EMPTY_BLOCK, FUNCTION_TYPE, opcode, section, valueType } from "./encoder.ts";
import { PAGE_BYTES } from "./webassembly.ts";

export interface WasmModuleOptions {
  /** threads that walk through the program together, from 1 */
  readonly threads: number;
  /** where the barrier's BARRIER_BYTES bytes lie, zeroed and 64-byte aligned; unused with one thread */
  readonly barrierAddress: number;
  /** limits of the imported memory, in pages of 64 KiB */
  readonly memoryPages: { readonly initial: number; readonly maximum: number };
  /** fused multiply-add: the engine must have relaxed SIMD */
  readonly relaxed: boolean;
  /** four lanes; else one lane and no SIMD instruction */
  readonly simd: boolean;
  /** the imported memory is shared; must be so with several threads */
  readonly shared: boolean;
}

const FUNCTION_KIND = 0;
const MEMORY_KIND = 2;
const HAS_MAXIMUM = 1;
const SHARED_WITH_MAXIMUM = 3;

/** Work items of one thread: equal shares, rounded up to whole grains. */
export function chunkOf(call: Pick<KernelCall, "items" | "grain">, threads: number): number {
  return Math.ceil(call.items / threads / call.grain) * call.grain;
}

/** Writes the call of one kernel for the thread in local 0; locals 1 and 2 hold its range. */
function emitCall(call: KernelCall, threads: number, body: ByteWriter): void {
  const [thread, begin, end] = [0, 1, 2];
  const { items } = call;
  const chunk = chunkOf(call, threads);
  const i32 = (value: number): ByteWriter => body.append(opcode.i32Const).signed(value);
  const get = (local: number): ByteWriter => body.append(opcode.localGet).unsigned(local);
  const invoke = (pushRange: () => void): void => {
    for (const address of call.addresses) i32(address);
    pushRange();
    get(thread);
    body.append(opcode.call).unsigned(call.function);
  };
  const whole = (): void => {
    i32(0);
    i32(items);
  };

  if (threads === 1) {
    invoke(whole);
    return;
  }
  if (chunk >= items) {
    get(thread).append(opcode.i32Eqz).append(opcode.if).byte(EMPTY_BLOCK);
    invoke(whole);
    body.append(opcode.end);
    return;
  }
  // begin = thread * chunk; if (begin < items) kernel(…, begin, min(begin + chunk, items), thread)
  get(thread);
  i32(chunk).append(opcode.i32Mul).append(opcode.localTee).unsigned(begin);
  i32(items).append(opcode.i32LtU).append(opcode.if).byte(EMPTY_BLOCK);
  invoke(() => {
    get(begin);
    get(begin);
    i32(chunk).append(opcode.i32Add);
    if (items % chunk === 0) return;
    body.append(opcode.localTee).unsigned(end);
    i32(items);
    get(end);
    i32(items).append(opcode.i32LtU).append(opcode.select);
  });
  body.append(opcode.end);
}

/** run(thread): every call in order. All threads must enter it, each with its own number. */
function emitRun(program: VectorProgram, threads: number, barrier: number, target: ByteWriter): void {
  target.sized((body) => {
    body.vector([2], (count) => body.unsigned(count).byte(valueType.i32));
    for (const call of program.calls) {
      if (call.barrierBefore && threads > 1) body.append(opcode.call).unsigned(barrier);
      if (call.items > 0) emitCall(call, threads, body);
    }
    body.append(opcode.end);
  });
}

function requireOptions(program: VectorProgram, options: WasmModuleOptions): void {
  const lanes = options.simd ? 4 : 1;
  requireArgument(
    program.lanes === lanes,
    `wasm module: a program of ${program.lanes} lanes cannot be emitted with ${lanes}; build it for ${options.simd ? "wasm128" : "wasmScalar"}.`,
    { lanes: program.lanes, expected: lanes },
  );
  requireArgument(
    Number.isInteger(options.threads) && options.threads >= 1,
    `wasm module: threads must be a whole number from 1, got ${options.threads}.`,
    { threads: options.threads },
  );
  if (options.threads === 1) return;
  const { barrierAddress, memoryPages } = options;
  requireArgument(options.shared, "wasm module: several threads need a shared memory; set shared.", { options });
  requireArgument(
    barrierAddress % 64 === 0 &&
      barrierAddress >= 0 &&
      barrierAddress + BARRIER_BYTES <= memoryPages.initial * PAGE_BYTES,
    `wasm module: the barrier needs ${BARRIER_BYTES} bytes at a multiple of 64 inside the memory, got address ${barrierAddress}.`,
    { barrierAddress, memoryPages },
  );
}

/** Emits a program as one module. It imports `env.memory` and exports `run(thread)`, every function as `kernel0`, `kernel1`, … (parameters as
 *  in the program), and with several threads `barrier()`. Functions keep their names for stack traces and profiles.
 *  @throws GradusError `bad-argument` if lanes, threads, sharing and barrier do not fit together. */
export function emitWasmModule(program: VectorProgram, options: WasmModuleOptions): Uint8Array<ArrayBuffer> {
  requireOptions(program, options);
  const { functions } = program;
  const several = options.threads > 1;
  const barrier = functions.length;
  const run = several ? barrier + 1 : barrier;

  // One type for each number of parameters.
  const arities = [...new Set([...functions.map((code) => code.parameters.length), 0, 1])];
  const typeOfArity = new Map(arities.map((arity, type) => [arity, type]));
  const signatures = [...functions.map((code) => code.parameters.length), ...(several ? [0] : []), 1];
  const names = [...functions.map((code) => code.name), ...(several ? ["barrier"] : []), "run"];
  const exported = [
    ...functions.map((_, index) => ({ name: `kernel${index}`, index })),
    ...(several ? [{ name: "barrier", index: barrier }] : []),
    { name: "run", index: run },
  ];

  const module = new ByteWriter().append([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  const inSection = (id: number, write: (inner: ByteWriter) => void): void => {
    module.byte(id).sized(write);
  };
  inSection(section.type, (inner) =>
    inner.vector(arities, (arity) =>
      inner
        .byte(FUNCTION_TYPE)
        .vector(Array<number>(arity).fill(valueType.i32), (type) => inner.byte(type))
        .unsigned(0),
    ),
  );
  inSection(section.import, (inner) =>
    inner
      .unsigned(1)
      .string("env")
      .string("memory")
      .byte(MEMORY_KIND)
      .byte(options.shared ? SHARED_WITH_MAXIMUM : HAS_MAXIMUM)
      .unsigned(options.memoryPages.initial)
      .unsigned(options.memoryPages.maximum),
  );
  inSection(section.function, (inner) =>
    inner.vector(signatures, (arity) => inner.unsigned(typeOfArity.get(arity) as number)),
  );
  inSection(section.export, (inner) =>
    inner.vector(exported, ({ name, index }) => inner.string(name).byte(FUNCTION_KIND).unsigned(index)),
  );
  inSection(section.code, (inner) => {
    inner.unsigned(signatures.length);
    for (const code of functions) emitFunctionBody(code, options, inner);
    if (several) emitBarrier(options.barrierAddress, options.threads, inner);
    emitRun(program, options.threads, barrier, inner);
  });
  inSection(section.custom, (inner) => {
    const functionNames = 1;
    inner
      .string("name")
      .byte(functionNames)
      .sized((map) => map.vector([...names.entries()], ([index, name]) => map.unsigned(index).string(name)));
  });
  return module.bytes().slice();
}
