import { COUNT, checkOptions, type Fields, NOT_NEGATIVE, required } from "../../core/fields.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface LinearOptions extends CountedOptions {
  /** steps from the first factor to the last, >= 1 */
  readonly length: number;
  /** Default 1/3. */
  readonly startFactor?: number | undefined;
  /** Default 1. */
  readonly endFactor?: number | undefined;
}

export const LINEAR_CHECKS: Fields<LinearOptions> = {
  length: required(COUNT),
  startFactor: NOT_NEGATIVE,
  endFactor: NOT_NEGATIVE,
  unit: UNIT_CHECK,
};

/** lr(t) = base * (start + (end - start) min(t / length, 1)). */
export function linearSchedule(options: LinearOptions, base: number): Schedule {
  checkOptions("schedule linear", options, LINEAR_CHECKS);
  const { length, startFactor = 1 / 3, endFactor = 1 } = options;
  return pureSchedule(options.unit, (t) => base * (startFactor + (endFactor - startFactor) * Math.min(t / length, 1)));
}
