import { type Checks, COUNT, POSITIVE, requireOptions } from "../options.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface StepOptions extends CountedOptions {
  /** steps between two changes, >= 1 */
  readonly every: number;
  /** Default 0.1. */
  readonly factor?: number | undefined;
}

const CHECKS: Checks<StepOptions> = { every: COUNT, factor: POSITIVE, unit: UNIT_CHECK };

/** lr(t) = base * factor^floor(t / every): changes at t = every, 2 every, … */
export function stepSchedule(options: StepOptions, base: number): Schedule {
  requireOptions("schedule step", options, CHECKS, ["every"]);
  const { every, factor = 0.1 } = options;
  return pureSchedule(options.unit, (t) => base * factor ** Math.floor(t / every));
}
