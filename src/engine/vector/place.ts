import type { Region } from "../../codegen/bounds.ts";
import type { KernelCall, VectorProgram } from "../../codegen/program.ts";
import type { Location } from "../../compiler/location.ts";
import type { CompiledProgram } from "../../lowering/vector/pipeline.ts";

/** Addresses of the memory that a program works on. */
export interface Workplace {
  readonly arena: number;
  /** working memory of all threads, one part per thread */
  readonly scratch: number;
  readonly states: readonly { readonly address: number; readonly bytes: number }[];
}

export function addressOf(location: Location, { arena, states }: Workplace): number {
  const start = location.space === "arena" ? arena : (states[location.index] as { readonly address: number }).address;
  return start + location.offset;
}

/** A compiled program with addresses for its locations.
 *  @param lanes of the target that it was compiled for. */
export function placeProgram(program: CompiledProgram, lanes: number, place: Workplace): VectorProgram {
  const calls = program.calls.map(
    ({ locations, needsScratch, ...call }): KernelCall => ({
      ...call,
      addresses: [
        ...locations.map((location) => addressOf(location, place)),
        ...(needsScratch ? [place.scratch, program.scratchBytes] : []),
      ],
    }),
  );
  return { lanes, functions: program.functions, calls };
}

/** Everything that a program may touch, by address. */
export function regionsOf(
  { arenaBytes, scratchBytes }: Pick<CompiledProgram, "arenaBytes" | "scratchBytes">,
  threads: number,
  { arena, scratch, states }: Workplace,
): readonly Region[] {
  const regions = [
    { start: arena, bytes: arenaBytes, name: "the arena" },
    { start: scratch, bytes: scratchBytes * threads, name: "the threads' working memory" },
    ...[...new Set(states)].map(({ address, bytes }, index) => ({ start: address, bytes, name: `state ${index}` })),
  ];
  return regions.filter((region) => region.bytes > 0).sort((a, b) => a.start - b.start);
}
