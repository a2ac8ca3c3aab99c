import { GradusError } from "../core/errors.ts";
import type { Span } from "./bounds/outline.ts";
import { type FunctionReach, type Reach, reachOf } from "./bounds/walk.ts";
import { printInstruction } from "./print.ts";
import type { Instruction, KernelCall, VectorFunction, VectorProgram } from "./program.ts";

/** Memory that a program may touch: an array of a state, the arena, the threads' working memory. With its padding, which loads of whole
 *  vectors may reach into. */
export interface Region {
  /** address of the first byte */
  readonly start: number;
  readonly bytes: number;
  /** what a person calls it */
  readonly name: string;
}

/** Proves that no call of a program can touch memory outside of the plan: whatever the data, every byte that is read or written through an
 *  address lies in the region that the address lies in.
 *  Where a kernel adds its thread's number times a distance to an address, it may touch `distance` bytes from there, and each thread's part
 *  must lie in the region.
 *
 *  Addresses and counts are computed by whole numbers alone, and those are known but for the share of the work that a thread gets; so a
 *  function is walked once, with symbols for what its loops count (`bounds/`), and a call only adds its addresses. What comes from data
 *  (`firstLane`, `loadIndexed`) can be any number until the code itself limits it, by index `min` and `max` or int `imin` and `imax`.
 *  An access that cannot be proven is refused. `verifyProgram` must have passed the program.
 *  @param regions in the order of their addresses, none overlapping another.
 *  @param threads that share the work; numbers from 0.
 *  @throws GradusError `out-of-plan` with the call, the function, the instruction, the parameter, the bytes and the region. */
export function verifyBounds(program: VectorProgram, regions: readonly Region[], threads: number): void {
  requireOrder(regions);
  const known = new Map<string, FunctionReach>();
  for (const call of program.calls) {
    if (call.items === 0) continue;
    const code = program.functions[call.function] as VectorFunction;
    const key = `${call.function} ${call.items}`;
    let found = known.get(key);
    if (found === undefined) {
      found = reachOf(code, program.lanes, call.items, threads);
      known.set(key, found);
    }
    if (found.astray) {
      refuse(call, code, found.astray, "goes through an address that comes from no address parameter", {});
    }
    for (const reach of found.reaches) verifyReach(call, code, reach, regions, threads);
  }
}

function requireOrder(regions: readonly Region[]): void {
  let free = 0;
  for (const { start, bytes, name } of regions) {
    if (!(start >= free && bytes >= 0)) {
      throw new GradusError(
        "bad-argument",
        `verifyBounds: regions must be sorted by address and apart, but "${name}" starts at ${start}, before ${free}.`,
        { start, bytes, name },
      );
    }
    free = start + bytes;
  }
}

/** The region that holds a byte. */
function regionOf(regions: readonly Region[], address: number): Region | undefined {
  let [low, high] = [0, regions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { start, bytes } = regions[middle] as Region;
    if (address < start) high = middle;
    else if (address >= start + bytes) low = middle + 1;
    else return regions[middle];
  }
  return undefined;
}

function verifyReach(
  call: KernelCall,
  code: VectorFunction,
  reach: Reach,
  regions: readonly Region[],
  threads: number,
): void {
  const address = call.addresses[reach.parameter] as number;
  const region = regionOf(regions, address);
  for (const [verb, span] of [
    ["reads", reach.loads],
    ["writes", reach.stores],
  ] as const) {
    if (span === undefined) continue;
    if (region === undefined) {
      const values = { parameter: reach.parameter, address, from: address + span.low, to: address + span.high };
      refuse(
        call,
        code,
        span.lowest,
        `${verb} through parameter ${reach.parameter}, address ${address}, which lies in no region`,
        values,
      );
    }
    requireWithin(call, code, reach, span, verb, address, region);
    if (reach.distance === undefined) continue;
    // a thread's own part, and the last thread's in the region
    const distance = call.addresses[reach.distance] as number;
    const name = `${region.name}, one thread's part`;
    requireWithin(call, code, reach, span, verb, address, { start: address, bytes: distance, name });
    const last = address + (threads - 1) * distance;
    requireWithin(call, code, reach, span, verb, last, region);
  }
}

function requireWithin(
  call: KernelCall,
  code: VectorFunction,
  { parameter }: Reach,
  span: Span,
  verb: string,
  address: number,
  { start, bytes, name }: Region,
): void {
  const [from, to, end] = [address + span.low, address + span.high, start + bytes];
  if (from >= start && to <= end) return;
  const what = Number.isFinite(from) && Number.isFinite(to) ? `bytes ${from} to ${to}` : "bytes that cannot be bounded";
  refuse(
    call,
    code,
    from >= start ? span.highest : span.lowest,
    `${verb} ${what} through parameter ${parameter}, address ${address}; region "${name}" holds bytes ${start} to ${end}`,
    { parameter, address, from, to, region: name, start, end },
  );
}

function refuse(
  call: KernelCall,
  code: VectorFunction,
  instruction: Instruction,
  fault: string,
  values: Readonly<Record<string, unknown>>,
): never {
  const text = printInstruction(instruction);
  throw new GradusError(
    "out-of-plan",
    `call ${call.label} (${code.name}): \`${text}\` ${fault}. The program is not run; please report it.`,
    { call: call.label, function: code.name, instruction: text, ...values },
  );
}
