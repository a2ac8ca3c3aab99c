import { COUNT, checkOptions, type Fields, FRACTION, required } from "../../core/fields.ts";
import { type Schedule, type ScheduleUnit, UNIT_CHECK } from "./schedule.ts";

export interface WarmupOptions {
  /** steps until the full rate, >= 1 */
  readonly length: number;
  /** Initial fraction of the full rate, in [0, 1]. Default 1 / length, so that the first step is not wasted. */
  readonly startFactor?: number | undefined;
  /** Unit of `length`. Default "step". */
  readonly unit?: ScheduleUnit | undefined;
}

export const WARMUP_CHECKS: Fields<WarmupOptions> = {
  length: required(COUNT),
  startFactor: FRACTION,
  unit: UNIT_CHECK,
};

/** Rises linearly to the first rate of another schedule, then follows that schedule from its beginning:
 *    lr(t) = after(0) (start + (1 - start) t / length)   for t < length,   after(t - length) afterwards
 *  Source: Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", 2017, section 2.2. */
export function warmupSchedule(options: WarmupOptions, after: Schedule): Schedule {
  checkOptions("schedule warmup", options, WARMUP_CHECKS);
  const { length, startFactor = 1 / length, unit = "step" } = options;
  // shift only the warm-up's unit: an epoch schedule after a warm-up in steps counts the epochs of the run
  const shifted = (step: number, epoch: number): readonly [number, number] =>
    unit === "step" ? [Math.max(step - length, 0), epoch] : [step, Math.max(epoch - length, 0)];
  const { momentumAt, onEpochEnd } = after;
  return {
    valueAt(step, epoch) {
      const t = unit === "step" ? step : epoch;
      const value = after.valueAt(...shifted(step, epoch));
      return t < length ? value * (startFactor + ((1 - startFactor) * t) / length) : value;
    },
    ...(momentumAt ? { momentumAt: (step: number, epoch: number) => momentumAt(...shifted(step, epoch)) } : {}),
    ...(onEpochEnd ? { onEpochEnd } : {}),
    snapshot: () => after.snapshot(),
    restore: (snapshot) => after.restore(snapshot),
  };
}
