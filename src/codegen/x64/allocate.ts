import type { Interval, RegisterFile } from "./intervals.ts";

/** Where a value lives: in a register, or in memory, or nowhere since it is a constant that is read from the constants. */
export type Home =
  | { readonly in: "register"; readonly code: number }
  | { readonly in: "frame"; readonly slot: number }
  | { readonly in: "constants" };

export type RegisterCodes = Readonly<Record<RegisterFile, readonly number[]>>;

export interface Allocation {
  readonly homes: ReadonlyMap<number, Home>;
  /** slots of the frame that each file uses */
  readonly slots: Readonly<Record<RegisterFile, number>>;
  readonly spills: Readonly<Record<RegisterFile, boolean>>;
}

/** How many registers of a file are needed at once. Registers for that many are enough: a row of intervals needs no more. */
export function pressureOf(intervals: readonly Interval[], file: RegisterFile): number {
  const ends: number[] = [];
  let most = 0;
  for (const interval of intervals) {
    if (interval.file !== file) continue;
    let kept = 0;
    for (let position = 0; position < ends.length; position++) {
      const end = ends[position] as number;
      if (end >= interval.start) ends[kept++] = end;
    }
    ends.length = kept;
    ends.push(interval.end);
    if (ends.length > most) most = ends.length;
  }
  return most;
}

/** Linear scan: intervals, which come in the order in which they begin, each gets a free register, or the least valuable of those alive goes to memory
 *  for its whole life. Source: Poletto & Sarkar, "Linear Scan Register Allocation", 1999. */
export function allocate(intervals: readonly Interval[], codes: RegisterCodes): Allocation {
  const homes = new Map<number, Home>();
  const slots = { general: 0, vector: 0, mask: 0 };
  const spills = { general: false, vector: false, mask: false };
  const spill = ({ id, file, constant }: Interval): void => {
    spills[file] = true;
    homes.set(id, constant ? { in: "constants" } : { in: "frame", slot: slots[file]++ });
  };
  for (const file of ["general", "vector", "mask"] as const) {
    // registers as bits: each file has 32 at most
    let free = codes[file].reduce((bits, code) => bits | (1 << code), 0);
    const active: { interval: Interval; readonly code: number }[] = [];
    for (const interval of intervals) {
      if (interval.file !== file) continue;
      for (let position = active.length - 1; position >= 0; position--) {
        const held = active[position] as (typeof active)[number];
        if (held.interval.end >= interval.start) continue;
        free |= 1 << held.code;
        active[position] = active.at(-1) as (typeof active)[number];
        active.pop();
      }
      const code = preferred(interval, free, homes) ?? lowest(free);
      if (code !== undefined) {
        free &= ~(1 << code);
        homes.set(interval.id, REGISTER_HOMES[code] as Home);
        active.push({ interval, code });
        continue;
      }
      let cheapest: (typeof active)[number] | undefined;
      let least = interval.worth;
      for (const held of active) {
        const value = held.interval.worth;
        if (value >= least) continue;
        cheapest = held;
        least = value;
      }
      if (cheapest === undefined) spill(interval);
      else {
        spill(cheapest.interval);
        homes.set(interval.id, REGISTER_HOMES[cheapest.code] as Home);
        cheapest.interval = interval;
      }
    }
  }
  return { homes, slots, spills };
}

const REGISTER_HOMES: readonly Home[] = Array.from({ length: 32 }, (_, code) => ({ in: "register", code }));

function preferred({ hints }: Interval, free: number, homes: ReadonlyMap<number, Home>): number | undefined {
  for (const hint of hints) {
    const home = homes.get(hint);
    if (home?.in === "register" && free & (1 << home.code)) return home.code;
  }
  return undefined;
}

function lowest(free: number): number | undefined {
  return free === 0 ? undefined : 31 - Math.clz32(free & -free);
}
