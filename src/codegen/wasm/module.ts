import { requireArgument } from "../../core/errors.ts";
import type { VectorProgram } from "../program.ts";
import { BARRIER_BYTES, emitBarrier } from "./barrier.ts";
import { emitFunctionBody } from "./emit.ts";
import { ByteWriter, FUNCTION_TYPE, section, valueType } from "./encoder.ts";
import { dispatchOf, emitDispatch, emitRun } from "./run.ts";
import { PAGE_BYTES } from "./webassembly.ts";

export interface WasmModuleOptions {
  /** threads that run the program together, 1 or more */
  readonly threads: number;
  /** address of the barrier's BARRIER_BYTES bytes, zeroed and 64-byte aligned; unused with one thread */
  readonly barrierAddress: number;
  /** limits of the imported memory, in pages of 64 KiB */
  readonly memoryPages: { readonly initial: number; readonly maximum: number };
  /** fused multiply-add: the engine must have relaxed SIMD */
  readonly relaxed: boolean;
  /** four lanes; otherwise one lane and no SIMD instructions */
  readonly simd: boolean;
  /** whether the imported memory is shared; required for several threads */
  readonly shared: boolean;
}

const FUNCTION_KIND = 0;
const MEMORY_KIND = 2;
const HAS_MAXIMUM = 1;
const SHARED_WITH_MAXIMUM = 3;

function requireOptions(program: VectorProgram, options: WasmModuleOptions): void {
  const lanes = options.simd ? 4 : 1;
  requireArgument(
    program.lanes === lanes,
    `wasm module: a program of ${program.lanes} lanes cannot be emitted with ${lanes}. Build it for ${options.simd ? "wasm128" : "wasmScalar"}.`,
    { lanes: program.lanes, expected: lanes },
  );
  requireArgument(
    Number.isInteger(options.threads) && options.threads >= 1,
    `wasm module: threads must be a whole number of at least 1, got ${options.threads}.`,
    { threads: options.threads },
  );
  if (options.threads === 1) return;
  const { barrierAddress, memoryPages } = options;
  requireArgument(options.shared, "wasm module: several threads need a shared memory. Set shared.", { options });
  requireArgument(
    barrierAddress % 64 === 0 &&
      barrierAddress >= 0 &&
      barrierAddress + BARRIER_BYTES <= memoryPages.initial * PAGE_BYTES,
    `wasm module: the barrier needs ${BARRIER_BYTES} bytes at a multiple of 64 inside the memory, got address ${barrierAddress}.`,
    { barrierAddress, memoryPages },
  );
}

interface FunctionEntry {
  /** for stack traces and profiles */
  readonly name: string;
  readonly arity: number;
  readonly exportName?: string;
  readonly emit: (target: ByteWriter) => void;
}

/** All functions of a module in the order of their numbers: kernels; barrier and dispatchers if there are several threads; run. */
function listFunctions(program: VectorProgram, options: WasmModuleOptions): readonly FunctionEntry[] {
  const { calls } = program;
  const { threads } = options;
  const entries: FunctionEntry[] = program.functions.map((code, kernel) => ({
    name: code.name,
    arity: code.parameters.length,
    exportName: `kernel${kernel}`,
    emit: (target) => emitFunctionBody(code, options, target),
  }));
  let dispatchers: number[] | undefined;
  if (threads > 1) {
    const barrier = entries.length;
    const emit = (target: ByteWriter): void => emitBarrier(options.barrierAddress, threads, target);
    entries.push({ name: "barrier", arity: 0, exportName: "barrier", emit });
    const known = new Map<string, number>();
    dispatchers = calls.map((call) => {
      const dispatch = dispatchOf(call, threads);
      const key = Object.values(dispatch).join(" ");
      const number = known.get(key) ?? entries.length;
      if (known.has(key)) return number;
      known.set(key, number);
      const name = `dispatch ${program.functions[call.function]?.name ?? call.function}`;
      entries.push({ name, arity: dispatch.addresses + 1, emit: (target) => emitDispatch(dispatch, barrier, target) });
      return number;
    });
  }
  entries.push({ name: "run", arity: 1, exportName: "run", emit: (target) => emitRun(calls, dispatchers, target) });
  return entries;
}

/** Emits a program as one module. It imports `env.memory` and exports `run(thread)`, every function as `kernel0`, `kernel1`, … (parameters as
 *  in the program), and for several threads `barrier()`. Functions keep their names for stack traces and profiles.
 *  @throws GradusError `bad-argument` if lanes, threads, sharing and barrier do not fit together. */
export function emitWasmModule(program: VectorProgram, options: WasmModuleOptions): Uint8Array<ArrayBuffer> {
  requireOptions(program, options);
  const functions = listFunctions(program, options);
  // one type per number of parameters
  const arities = [...new Set(functions.map(({ arity }) => arity))];
  const exported = [...functions.entries()].filter(([, code]) => code.exportName !== undefined);

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
    inner.vector(functions, ({ arity }) => inner.unsigned(arities.indexOf(arity))),
  );
  inSection(section.export, (inner) =>
    inner.vector(exported, ([index, code]) =>
      inner
        .string(code.exportName ?? "")
        .byte(FUNCTION_KIND)
        .unsigned(index),
    ),
  );
  inSection(section.code, (inner) => inner.vector(functions, ({ emit }) => emit(inner)));
  inSection(section.custom, (inner) => {
    const functionNames = 1;
    inner
      .string("name")
      .byte(functionNames)
      .sized((map) => map.vector([...functions.entries()], ([index, { name }]) => map.unsigned(index).string(name)));
  });
  return module.bytes().slice();
}
