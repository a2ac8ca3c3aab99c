import { oneOf } from "../../core/fields.ts";

/** What a schedule counts: updates, or passes over the data. */
export type ScheduleUnit = "step" | "epoch";

export interface CountedOptions {
  /** What boundaries and lengths count. Default "step". */
  readonly unit?: ScheduleUnit | undefined;
}

export const UNIT_CHECK = oneOf("step", "epoch");

/** Learning rate (and momentum) as a function of time. All but plateau are pure: the same time gives the same value. */
export interface Schedule {
  /** The learning rate of an update.
   *  @param step updates done before this one: 0, 1, …
   *  @param epoch epochs finished before this one: 0, 1, … */
  valueAt(step: number, epoch: number): number;
  /** The momentum of an update, where the schedule cycles it. */
  readonly momentumAt?: ((step: number, epoch: number) => number) | undefined;
  /** Tells the schedule how an epoch ended: the validation loss, or what the user watches. */
  readonly onEpochEnd?: ((metric: number) => void) | undefined;
  /** What must be stored to go on later; plain JSON. */
  snapshot(): Readonly<Record<string, number>>;
  restore(snapshot: Readonly<Record<string, number>>): void;
}

/** A schedule of a pure function of time. */
export function pureSchedule(
  unit: ScheduleUnit | undefined,
  value: (time: number) => number,
  momentum?: (time: number) => number,
): Schedule {
  const time = (step: number, epoch: number): number => (unit === "epoch" ? epoch : step);
  return {
    valueAt: (step, epoch) => value(time(step, epoch)),
    ...(momentum ? { momentumAt: (step: number, epoch: number) => momentum(time(step, epoch)) } : {}),
    snapshot: () => ({}),
    restore: () => undefined,
  };
}
