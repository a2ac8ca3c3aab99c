import type { Target, VectorFunction } from "../program.ts";
import { Assembler } from "./assembler.ts";
import { emitFunction } from "./emit.ts";

/** Position-independent machine code of several functions with their constants. */
export interface X64Module {
  readonly bytes: Uint8Array;
  /** offset of each function, in the given order */
  readonly entries: readonly number[];
  /** every instruction with its offset and bytes, as in a disassembler */
  readonly listing: () => string;
}

/** Emits functions as one piece of code.
 *  @param target AVX2 or AVX-512; the functions must be built for its lane count. */
export function emitX64Module(functions: readonly VectorFunction[], target: Target): X64Module {
  const write = (assembler: Assembler): number[] =>
    functions.map((code) => {
      assembler.code.align(64);
      const entry = assembler.code.length;
      emitFunction(code, target, assembler);
      return entry;
    });
  const assembler = new Assembler();
  const entries = write(assembler);
  const bytes = assembler.code.finish();
  return {
    bytes,
    entries,
    // emits the code again with its text, only when a listing is requested
    listing: () => {
      const listed = new Assembler({ listing: true });
      write(listed);
      return list(functions, entries, bytes, listed.code.lines);
    },
  };
}

function list(
  functions: readonly VectorFunction[],
  entries: readonly number[],
  bytes: Uint8Array,
  lines: readonly { readonly offset: number; readonly text: string }[],
): string {
  const names = new Map(entries.map((entry, index) => [entry, functions[index]?.name ?? String(index)]));
  return lines
    .map(({ offset, text }, number) => {
      const end = lines[number + 1]?.offset ?? offset;
      const hex = [...bytes.subarray(offset, end)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
      const name = names.get(offset);
      return `${name === undefined ? "" : `\n${name}:\n`}${offset.toString(16).padStart(6)}  ${hex.padEnd(34)} ${text}`;
    })
    .join("\n");
}
