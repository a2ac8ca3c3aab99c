import { COUNT_OR_ZERO, checkOptions, type Fields, POSITIVE } from "../../core/fields.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface ConstantOptions extends CountedOptions {
  /** Multiplies the base rate for the first `length` steps. Default 1. */
  readonly factor?: number | undefined;
  /** How long the factor applies. Default: forever. */
  readonly length?: number | undefined;
}

export const CONSTANT_CHECKS: Fields<ConstantOptions> = { factor: POSITIVE, length: COUNT_OR_ZERO, unit: UNIT_CHECK };

/** lr(t) = base * factor while t < length, then base. */
export function constantSchedule(options: ConstantOptions, base: number): Schedule {
  checkOptions("schedule constant", options, CONSTANT_CHECKS);
  const { factor = 1, length = Number.POSITIVE_INFINITY } = options;
  return pureSchedule(options.unit, (t) => (t < length ? base * factor : base));
}
