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
  /** register codes that were given out */
  readonly used: Readonly<Record<RegisterFile, ReadonlySet<number>>>;
}

/** A constant that has no register is read from memory as an operand, at next to no cost. */
const CONSTANT_WEIGHT = 1 / 16;

function worth({ weight, start, end, constant }: Interval): number {
  return (weight * (constant ? CONSTANT_WEIGHT : 1)) / (end - start + 1);
}

/** Linear scan: intervals in the order in which they begin, each gets a free register, or the least valuable of those alive goes to memory
 *  for its whole life. Source: Poletto & Sarkar, "Linear Scan Register Allocation", 1999. */
export function allocate(intervals: readonly Interval[], codes: RegisterCodes): Allocation {
  const homes = new Map<number, Home>();
  const slots = { general: 0, vector: 0, mask: 0 };
  const spills = { general: false, vector: false, mask: false };
  const used = { general: new Set<number>(), vector: new Set<number>(), mask: new Set<number>() };
  const spill = (interval: Interval): void => {
    spills[interval.file] = true;
    homes.set(interval.id, interval.constant ? { in: "constants" } : { in: "frame", slot: slots[interval.file]++ });
  };
  for (const file of ["general", "vector", "mask"] as const) {
    const free = new Set(codes[file]);
    let active: { readonly interval: Interval; readonly code: number }[] = [];
    const pending = intervals.filter((interval) => interval.file === file).sort((a, b) => a.start - b.start);
    for (const interval of pending) {
      active = active.filter((held) => {
        if (held.interval.end >= interval.start) return true;
        free.add(held.code);
        return false;
      });
      const take = (code: number): void => {
        free.delete(code);
        used[file].add(code);
        homes.set(interval.id, { in: "register", code });
        active.push({ interval, code });
      };
      const code = preferred(interval, free, homes) ?? lowest(free);
      if (code !== undefined) {
        take(code);
        continue;
      }
      let cheapest = interval;
      for (const held of active) if (worth(held.interval) < worth(cheapest)) cheapest = held.interval;
      if (cheapest !== interval) {
        const held = active.find((candidate) => candidate.interval === cheapest) as (typeof active)[number];
        active = active.filter((candidate) => candidate !== held);
        spill(cheapest);
        take(held.code);
      } else spill(interval);
    }
  }
  return { homes, slots, spills, used };
}

function preferred(
  { hints }: Interval,
  free: ReadonlySet<number>,
  homes: ReadonlyMap<number, Home>,
): number | undefined {
  for (const hint of hints) {
    const home = homes.get(hint);
    if (home?.in === "register" && free.has(home.code)) return home.code;
  }
  return undefined;
}

function lowest(free: ReadonlySet<number>): number | undefined {
  let least: number | undefined;
  for (const code of free) if (least === undefined || code < least) least = code;
  return least;
}
