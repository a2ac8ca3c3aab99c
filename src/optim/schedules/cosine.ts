import { COUNT, checkOptions, type Fields, NOT_NEGATIVE, required } from "../../core/fields.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface CosineOptions extends CountedOptions {
  /** steps from the base rate down to the minimum, >= 1 */
  readonly length: number;
  /** Default 0. */
  readonly minimum?: number | undefined;
}

export const COSINE_CHECKS: Fields<CosineOptions> = {
  length: required(COUNT),
  minimum: NOT_NEGATIVE,
  unit: UNIT_CHECK,
};

/** Cosine annealing:
 *    lr(t) = minimum + (base - minimum) (1 + cos(pi min(t / length, 1))) / 2
 *  After `length` the rate stays at the minimum; PyTorch's rises again.
 *  Source: Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017. */
export function cosineSchedule(options: CosineOptions, base: number): Schedule {
  checkOptions("schedule cosine", options, COSINE_CHECKS);
  const { length, minimum = 0 } = options;
  return pureSchedule(
    options.unit,
    (t) => minimum + ((base - minimum) * (1 + Math.cos(Math.PI * Math.min(t / length, 1)))) / 2,
  );
}
