import type { Interval, RegisterFile } from "./intervals.ts";

/** Where a value lives: in a register, in the frame, or, for a constant, in the constant pool. */
export type Home =
  | { readonly in: "register"; readonly code: number }
  | { readonly in: "frame"; readonly slot: number }
  | { readonly in: "constants" };

export type RegisterCodes = Readonly<Record<RegisterFile, readonly number[]>>;

export interface Allocation {
  /** by the value's id */
  readonly homes: readonly (Home | undefined)[];
  /** frame slots used by each file */
  readonly slots: Readonly<Record<RegisterFile, number>>;
}

// Loops count instead of using iterators: this code runs once, before the engine has optimised it, and each iterator step would allocate
// an object.

/** The largest number of registers needed at once; that many are sufficient for linear scan.
 *  @param intervals of one file, sorted by start. */
export function pressureOf(intervals: readonly Interval[]): number {
  const ends: number[] = [];
  let most = 0;
  for (let index = 0; index < intervals.length; index++) {
    const { start, end } = intervals[index] as Interval;
    let kept = 0;
    for (let position = 0; position < ends.length; position++) {
      const other = ends[position] as number;
      if (other >= start) ends[kept++] = other;
    }
    ends.length = kept;
    ends.push(end);
    if (ends.length > most) most = ends.length;
  }
  return most;
}

/** Linear scan: each interval, in order of start, gets a free register. If none is free, the least valuable live interval is spilled to
 *  memory for its whole life. Source: Poletto & Sarkar, "Linear Scan Register Allocation", 1999. */
export function allocate(
  intervals: Readonly<Record<RegisterFile, readonly Interval[]>>,
  codes: RegisterCodes,
): Allocation {
  const homes: (Home | undefined)[] = [];
  const general = allocateFile(intervals.general, codes.general, homes);
  const vector = allocateFile(intervals.vector, codes.vector, homes);
  const mask = allocateFile(intervals.mask, codes.mask, homes);
  return { homes, slots: { general, vector, mask } };
}

/** @returns the number of frame slots used. */
function allocateFile(intervals: readonly Interval[], codes: readonly number[], homes: (Home | undefined)[]): number {
  let slots = 0;
  const spill = ({ id, constant }: Interval): void => {
    homes[id] = constant ? IN_CONSTANTS : { in: "frame", slot: slots++ };
  };
  // registers as bits: each file has at most 32
  let free = codes.reduce((bits, code) => bits | (1 << code), 0);
  const active: { interval: Interval; readonly code: number }[] = [];
  for (let index = 0; index < intervals.length; index++) {
    const interval = intervals[index] as Interval;
    for (let position = active.length - 1; position >= 0; position--) {
      const held = active[position] as (typeof active)[number];
      if (held.interval.end >= interval.start) continue;
      free |= 1 << held.code;
      active[position] = active[active.length - 1] as (typeof active)[number];
      active.pop();
    }
    const code = preferred(interval, free, homes) ?? lowest(free);
    if (code !== undefined) {
      free &= ~(1 << code);
      homes[interval.id] = REGISTER_HOMES[code] as Home;
      active.push({ interval, code });
      continue;
    }
    let cheapest: (typeof active)[number] | undefined;
    let least = interval.worth;
    for (let position = 0; position < active.length; position++) {
      const held = active[position] as (typeof active)[number];
      if (held.interval.worth >= least) continue;
      cheapest = held;
      least = held.interval.worth;
    }
    if (cheapest === undefined) spill(interval);
    else {
      spill(cheapest.interval);
      homes[interval.id] = REGISTER_HOMES[cheapest.code] as Home;
      cheapest.interval = interval;
    }
  }
  return slots;
}

const IN_CONSTANTS: Home = { in: "constants" };
const REGISTER_HOMES: readonly Home[] = Array.from({ length: 32 }, (_, code) => ({ in: "register", code }));

function preferred(
  { firstHint, secondHint, thirdHint }: Interval,
  free: number,
  homes: readonly (Home | undefined)[],
): number | undefined {
  return freeHome(homes[firstHint], free) ?? freeHome(homes[secondHint], free) ?? freeHome(homes[thirdHint], free);
}

function freeHome(home: Home | undefined, free: number): number | undefined {
  return home?.in === "register" && free & (1 << home.code) ? home.code : undefined;
}

function lowest(free: number): number | undefined {
  return free === 0 ? undefined : 31 - Math.clz32(free & -free);
}
