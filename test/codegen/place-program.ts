import type { Region } from "../../src/codegen/bounds.ts";
import type { KernelCall, Target, VectorProgram } from "../../src/codegen/program.ts";
import { paddedBytes } from "../../src/compiler/memory.ts";
import { compileGraph } from "../../src/compiler/pipeline.ts";
import type { Graph } from "../../src/graph/node.ts";

/** The targets of programs. */
export const TARGETS: readonly Target[] = [
  { name: "wasm128", lanes: 4, registers: 15, fusedMultiplyAdd: true, flushesSubnormals: false },
  { name: "avx2", lanes: 8, registers: 16, fusedMultiplyAdd: true, flushesSubnormals: true },
  { name: "avx512", lanes: 16, registers: 31, fusedMultiplyAdd: true, flushesSubnormals: true },
];

/** Addresses as from the system. */
const FIRST_ADDRESS = 0x7f12_3456_7000;
/** An address outside every program. */
const GAP = 4096;

/** A compiled graph with every state, the arena and the working memory at separate addresses, and their regions. */
export function placeProgram(
  graph: Graph,
  target: Target,
  threads: number,
): { readonly program: VectorProgram; readonly regions: readonly Region[] } {
  const compiled = compileGraph(graph, target, threads);
  const regions: Region[] = [];
  let next = FIRST_ADDRESS;
  const place = (name: string, bytes: number): number => {
    const start = next;
    regions.push({ name, start, bytes });
    next += Math.ceil(bytes / 64) * 64 + GAP;
    return start;
  };
  const states = graph.states.map(({ input }, index) => place(`state ${index}`, paddedBytes(input)));
  const arena = place("arena", compiled.arenaBytes);
  const scratch = place("scratch", compiled.scratchBytes * threads);
  const calls = compiled.calls.map(({ locations, needsScratch, ...call }): KernelCall => {
    const addresses = locations.map((location) =>
      location.space === "arena" ? arena + location.offset : (states[location.index] as number),
    );
    return { ...call, addresses: [...addresses, ...(needsScratch ? [scratch, compiled.scratchBytes] : [])] };
  });
  return { program: { lanes: target.lanes, functions: compiled.functions, calls }, regions };
}
