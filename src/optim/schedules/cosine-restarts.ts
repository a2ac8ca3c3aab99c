import { COUNT, checkOptions, type Fields, NOT_NEGATIVE, required } from "../../core/fields.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface CosineRestartsOptions extends CountedOptions {
  /** steps of the first cycle, >= 1 */
  readonly length: number;
  /** Each cycle is this many times as long as the previous one; a whole number. Default 1. */
  readonly growth?: number | undefined;
  /** Default 0. */
  readonly minimum?: number | undefined;
}

export const COSINE_RESTARTS_CHECKS: Fields<CosineRestartsOptions> = {
  length: required(COUNT),
  growth: COUNT,
  minimum: NOT_NEGATIVE,
  unit: UNIT_CHECK,
};

/** Cosine annealing with warm restarts:
 *    lr(t) = minimum + (base - minimum) (1 + cos(pi u / T)) / 2,   u steps into a cycle of length T
 *  Source: Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017. */
export function cosineRestartsSchedule(options: CosineRestartsOptions, base: number): Schedule {
  checkOptions("schedule cosineRestarts", options, COSINE_RESTARTS_CHECKS);
  const { length, growth = 1, minimum = 0 } = options;
  return pureSchedule(options.unit, (t) => {
    let cycle = length;
    let into = growth === 1 ? t % length : t;
    while (into >= cycle) {
      into -= cycle;
      cycle *= growth;
    }
    return minimum + ((base - minimum) * (1 + Math.cos((Math.PI * into) / cycle))) / 2;
  });
}
