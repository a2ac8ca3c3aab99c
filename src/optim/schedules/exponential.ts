import { checkOptions, type Fields, POSITIVE, required } from "../../core/fields.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface ExponentialOptions extends CountedOptions {
  /** factor per step, > 0; below 1 for decay */
  readonly factor: number;
}

export const EXPONENTIAL_CHECKS: Fields<ExponentialOptions> = { factor: required(POSITIVE), unit: UNIT_CHECK };

/** lr(t) = base * factor^t. */
export function exponentialSchedule(options: ExponentialOptions, base: number): Schedule {
  checkOptions("schedule exponential", options, EXPONENTIAL_CHECKS);
  const { factor } = options;
  return pureSchedule(options.unit, (t) => base * factor ** t);
}
