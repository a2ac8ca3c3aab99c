import type { Region } from "../../src/codegen/bounds.ts";
import type { Target, VectorProgram } from "../../src/codegen/program.ts";
import { paddedBytes } from "../../src/compiler/memory.ts";
import { placeProgram as placeCalls, regionsOf } from "../../src/engine/vector/place.ts";
import type { Graph } from "../../src/graph/node.ts";
import { compileGraph } from "../../src/lowering/vector/pipeline.ts";

/** The targets of programs. */
export const TARGETS: readonly Target[] = [
  { name: "wasmScalar", lanes: 1, registers: 15, fusedMultiplyAdd: false, flushesSubnormals: false },
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
  let next = FIRST_ADDRESS;
  const place = (bytes: number): number => {
    const start = next;
    next += Math.ceil(bytes / 64) * 64 + GAP;
    return start;
  };
  const states = graph.states.map(({ input }) => {
    const bytes = paddedBytes(input);
    return { address: place(bytes), bytes };
  });
  const where = { states, arena: place(compiled.arenaBytes), scratch: place(compiled.scratchBytes * threads) };
  return {
    program: placeCalls(compiled, target.lanes, where),
    regions: regionsOf(compiled, threads, where),
  };
}
