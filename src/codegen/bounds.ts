import { GradusError } from "../core/errors.ts";
import type { FunctionReach, Reach, Room } from "./bounds/memory.ts";
import type { Span } from "./bounds/outline.ts";
import { reachOf } from "./bounds/walk.ts";
import { printInstruction } from "./print.ts";
import type { Instruction, KernelCall, VectorFunction, VectorProgram } from "./program.ts";

/** Memory that a program may access: an array of a state, the arena, the threads' working memory. Includes its padding, which full-vector
 *  loads may read. */
export interface Region {
  /** address of the first byte */
  readonly start: number;
  readonly bytes: number;
  /** for messages */
  readonly name: string;
}

/** Proves that no call of a program can access memory outside the plan: for any data, every byte that is read or written through an
 *  address lies in the region of that address.
 *  If a kernel adds its thread number times a distance to an address, it may access `distance` bytes from there, and each thread's part
 *  must lie in the region.
 *
 *  Addresses and counts are computed from integers only. All are known except a thread's share of the work. So a function is walked once,
 *  with symbols for its loop counters (`bounds/`), and a call only adds its addresses. Values from data (`firstLane`, `loadIndexed`) can be
 *  any number until the code limits them, by index `min` and `max` or int `imin` and `imax`.
 *  An access that cannot be proven is rejected. `verifyProgram` must have accepted the program.
 *  @param regions sorted by address, without overlaps.
 *  @param threads that share the work, numbered from 0.
 *  @throws GradusError `out-of-plan` with the call, the function, the instruction, the parameter, the bytes and the region. */
export function verifyBounds(program: VectorProgram, regions: readonly Region[], threads: number): void {
  requireOrder(regions);
  // finding sufficient bounds is much faster than finding the tightest, which only an error needs
  const callsOf = new Map<string, KernelCall[]>();
  for (const call of program.calls) {
    if (call.items === 0) continue;
    const key = keyOf(call);
    const calls = callsOf.get(key);
    if (calls) calls.push(call);
    else callsOf.set(key, [call]);
  }
  for (const calls of callsOf.values()) {
    const { function: index, items } = calls[0] as KernelCall;
    const code = program.functions[index] as VectorFunction;
    const found = reachOf(code, program.lanes, items, threads, (parameter, distance) =>
      sharedRoom(calls, regions, threads, parameter, distance),
    );
    if (found.astray || calls.some((call) => findFault(call, found.reaches, regions, threads))) {
      refuseFirst(program, regions, threads);
    }
  }
}

function keyOf(call: KernelCall): string {
  return `${call.function} ${call.items}`;
}

/** Finds the tightest bounds, call by call, and rejects the first call that leaves a region. */
function refuseFirst(program: VectorProgram, regions: readonly Region[], threads: number): void {
  const known = new Map<string, FunctionReach>();
  for (const call of program.calls) {
    if (call.items === 0) continue;
    const code = program.functions[call.function] as VectorFunction;
    const key = keyOf(call);
    const found = known.get(key) ?? reachOf(code, program.lanes, call.items, threads);
    known.set(key, found);
    if (found.astray) {
      refuse(call, code, found.astray, "uses an address that does not come from an address parameter", {});
    }
    const fault = findFault(call, found.reaches, regions, threads);
    if (fault) refuse(call, code, fault.instruction, fault.text, fault.values);
  }
}

/** What every one of the calls may access through a parameter, or through a thread's own part of it. */
function sharedRoom(
  calls: readonly KernelCall[],
  regions: readonly Region[],
  threads: number,
  parameter: number,
  distance: number | undefined,
): Room {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (const { addresses } of calls) {
    const address = addresses[parameter] as number;
    const region = regionOf(regions, address);
    if (region === undefined) return { low: 0, high: 0 };
    const own = distance === undefined ? undefined : (addresses[distance] as number);
    low = Math.max(low, own === undefined ? region.start - address : 0);
    const end = region.start + region.bytes - address;
    high = Math.min(high, own === undefined ? end : Math.min(own, end - (threads - 1) * own));
  }
  return { low, high };
}

function requireOrder(regions: readonly Region[]): void {
  let free = 0;
  for (const { start, bytes, name } of regions) {
    if (!(start >= free && bytes >= 0)) {
      throw new GradusError(
        "bad-argument",
        `verifyBounds: regions must be sorted by address and must not overlap, but "${name}" starts at ${start}, before ${free}.`,
        { start, bytes, name },
      );
    }
    free = start + bytes;
  }
}

/** The region that contains a byte. */
function regionOf(regions: readonly Region[], address: number): Region | undefined {
  let low = 0;
  let high = regions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const region = regions[middle] as Region;
    if (address < region.start) high = middle;
    else if (address >= region.start + region.bytes) low = middle + 1;
    else return region;
  }
  return undefined;
}

interface Fault {
  readonly instruction: Instruction;
  readonly text: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The first access of a call beyond the regions of its addresses. */
function findFault(
  call: KernelCall,
  reaches: readonly Reach[],
  regions: readonly Region[],
  threads: number,
): Fault | undefined {
  for (const reach of reaches) {
    const address = call.addresses[reach.parameter] as number;
    const region = regionOf(regions, address);
    const fault =
      (reach.loads && findSpanFault(call, reach, reach.loads, "reads", address, region, threads)) ??
      (reach.stores && findSpanFault(call, reach, reach.stores, "writes", address, region, threads));
    if (fault) return fault;
  }
  return undefined;
}

function findSpanFault(
  call: KernelCall,
  reach: Reach,
  span: Span,
  verb: string,
  address: number,
  region: Region | undefined,
  threads: number,
): Fault | undefined {
  if (region === undefined) {
    return {
      instruction: span.lowest,
      text: `${verb} through parameter ${reach.parameter}, address ${address}, which lies in no region`,
      values: { parameter: reach.parameter, address, from: address + span.low, to: address + span.high },
    };
  }
  const fault = beyond(reach, span, verb, address, region);
  if (fault || reach.distance === undefined) return fault;
  // check a thread's own part, and the last thread's part of the region
  const distance = call.addresses[reach.distance] as number;
  const name = `${region.name}, one thread's part`;
  const last = address + (threads - 1) * distance;
  return (
    beyond(reach, span, verb, address, { start: address, bytes: distance, name }) ??
    beyond(reach, span, verb, last, region)
  );
}

function beyond(
  { parameter }: Reach,
  span: Span,
  verb: string,
  address: number,
  { start, bytes, name }: Region,
): Fault | undefined {
  const from = address + span.low;
  const to = address + span.high;
  const end = start + bytes;
  if (from >= start && to <= end) return undefined;
  const what = Number.isFinite(from) && Number.isFinite(to) ? `bytes ${from} to ${to}` : "bytes that cannot be bounded";
  return {
    instruction: from >= start ? span.highest : span.lowest,
    text: `${verb} ${what} through parameter ${parameter}, address ${address}; region "${name}" covers bytes ${start} to ${end}`,
    values: { parameter, address, from, to, region: name, start, end },
  };
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
    `call ${call.label} (${code.name}): \`${text}\` ${fault}. The program was not run. Please report this.`,
    { call: call.label, function: code.name, instruction: text, ...values },
  );
}
