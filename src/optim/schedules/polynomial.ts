import { COUNT, checkOptions, type Fields, NOT_NEGATIVE, POSITIVE, required } from "../../core/fields.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface PolynomialOptions extends CountedOptions {
  /** steps until the end, >= 1 */
  readonly length: number;
  /** Default 1: a straight line. */
  readonly power?: number | undefined;
  /** Learning rate at the end. Default 0. */
  readonly minimum?: number | undefined;
}

export const POLYNOMIAL_CHECKS: Fields<PolynomialOptions> = {
  length: required(COUNT),
  power: POSITIVE,
  minimum: NOT_NEGATIVE,
  unit: UNIT_CHECK,
};

/** lr(t) = minimum + (base - minimum) (1 - min(t, length) / length)^power. */
export function polynomialSchedule(options: PolynomialOptions, base: number): Schedule {
  checkOptions("schedule polynomial", options, POLYNOMIAL_CHECKS);
  const { length, power = 1, minimum = 0 } = options;
  return pureSchedule(options.unit, (t) => minimum + (base - minimum) * (1 - Math.min(t, length) / length) ** power);
}
