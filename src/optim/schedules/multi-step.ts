import { COUNT_OR_ZERO, checkOptions, type Fields, listOf, POSITIVE, required } from "../../core/fields.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface MultiStepOptions extends CountedOptions {
  /** times of the changes, in any order */
  readonly milestones: readonly number[];
  /** Default 0.1. */
  readonly factor?: number | undefined;
}

export const MULTI_STEP_CHECKS: Fields<MultiStepOptions> = {
  milestones: required(listOf(COUNT_OR_ZERO)),
  factor: POSITIVE,
  unit: UNIT_CHECK,
};

/** lr(t) = base * factor^(milestones at or before t). */
export function multiStepSchedule(options: MultiStepOptions, base: number): Schedule {
  checkOptions("schedule multiStep", options, MULTI_STEP_CHECKS);
  const { milestones, factor = 0.1 } = options;
  return pureSchedule(options.unit, (t) => base * factor ** milestones.filter((milestone) => milestone <= t).length);
}
