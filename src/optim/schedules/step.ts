import { COUNT, checkOptions, type Fields, POSITIVE, required } from "../../core/fields.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface StepOptions extends CountedOptions {
  /** steps between two changes, >= 1 */
  readonly every: number;
  /** Default 0.1. */
  readonly factor?: number | undefined;
}

export const STEP_CHECKS: Fields<StepOptions> = { every: required(COUNT), factor: POSITIVE, unit: UNIT_CHECK };

/** lr(t) = base * factor^floor(t / every): changes at t = every, 2 every, … */
export function stepSchedule(options: StepOptions, base: number): Schedule {
  checkOptions("schedule step", options, STEP_CHECKS);
  const { every, factor = 0.1 } = options;
  return pureSchedule(options.unit, (t) => base * factor ** Math.floor(t / every));
}
