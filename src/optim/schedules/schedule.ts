import { oneOf } from "../../core/fields.ts";

/** The unit of time of a schedule: updates, or passes over the data. */
export type ScheduleUnit = "step" | "epoch";

export interface CountedOptions {
  /** Unit of boundaries and lengths. Default "step". */
  readonly unit?: ScheduleUnit | undefined;
}

export const UNIT_CHECK = oneOf("step", "epoch");

/** Learning rate (and momentum) as a function of time. All but plateau are pure: the same time gives the same value. */
export interface Schedule {
  /** The learning rate of an update.
   *  @param step updates done before this one: 0, 1, …
   *  @param epoch epochs finished before this one: 0, 1, … */
  valueAt(step: number, epoch: number): number;
  /** The momentum of an update, if the schedule cycles it. */
  readonly momentumAt?: ((step: number, epoch: number) => number) | undefined;
  /** Receives an epoch's result: the validation loss, or the metric that the user monitors. */
  readonly onEpochEnd?: ((metric: number) => void) | undefined;
  /** The state needed to resume, as plain JSON. */
  snapshot(): Readonly<Record<string, number>>;
  restore(snapshot: Readonly<Record<string, number>>): void;
}

/** A schedule from a pure function of time. */
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
