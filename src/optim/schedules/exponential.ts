import { type Checks, POSITIVE, requireOptions } from "../options.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface ExponentialOptions extends CountedOptions {
  /** what is left after one step, > 0; below 1 to fall */
  readonly factor: number;
}

const CHECKS: Checks<ExponentialOptions> = { factor: POSITIVE, unit: UNIT_CHECK };

/** lr(t) = base * factor^t. */
export function exponentialSchedule(options: ExponentialOptions, base: number): Schedule {
  requireOptions("schedule exponential", options, CHECKS, ["factor"]);
  const { factor } = options;
  return pureSchedule(options.unit, (t) => base * factor ** t);
}
