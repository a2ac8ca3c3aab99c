import { requireInRange } from "../core/errors.ts";
import { splitConfig } from "./config.ts";
import { type ConstantOptions, constantSchedule } from "./schedules/constant.ts";
import { type CosineOptions, cosineSchedule } from "./schedules/cosine.ts";
import { type CosineRestartsOptions, cosineRestartsSchedule } from "./schedules/cosine-restarts.ts";
import { type CyclicOptions, cyclicSchedule } from "./schedules/cyclic.ts";
import { type ExponentialOptions, exponentialSchedule } from "./schedules/exponential.ts";
import { type LinearOptions, linearSchedule } from "./schedules/linear.ts";
import { type MultiStepOptions, multiStepSchedule } from "./schedules/multi-step.ts";
import { type OneCycleOptions, oneCycleSchedule } from "./schedules/one-cycle.ts";
import { type PiecewiseOptions, piecewiseSchedule } from "./schedules/piecewise.ts";
import { type PlateauOptions, plateauSchedule } from "./schedules/plateau.ts";
import { type PolynomialOptions, polynomialSchedule } from "./schedules/polynomial.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { type StepOptions, stepSchedule } from "./schedules/step.ts";
import { type WarmupOptions, warmupSchedule } from "./schedules/warmup.ts";

export type { Schedule } from "./schedules/schedule.ts";

/** A warm-up and the schedule that follows it; by default the constant rate. */
export interface WarmupConfig extends WarmupOptions {
  readonly after?: ScheduleConfig | ScheduleType | undefined;
}

/** The options of every schedule, by its type in a configuration. */
export interface ScheduleOptionsByType {
  readonly constant: ConstantOptions;
  readonly step: StepOptions;
  readonly multiStep: MultiStepOptions;
  readonly exponential: ExponentialOptions;
  readonly linear: LinearOptions;
  readonly polynomial: PolynomialOptions;
  readonly cosine: CosineOptions;
  readonly cosineRestarts: CosineRestartsOptions;
  readonly oneCycle: OneCycleOptions;
  readonly cyclic: CyclicOptions;
  readonly piecewise: PiecewiseOptions;
  readonly warmup: WarmupConfig;
  readonly plateau: PlateauOptions;
}

export type ScheduleType = keyof ScheduleOptionsByType;

/** A schedule as data: `{ type: "cosine", length: 20, unit: "epoch" }`. */
export type ScheduleConfig = {
  [Type in ScheduleType]: { readonly type: Type } & ScheduleOptionsByType[Type];
}[ScheduleType];

/** Every schedule. To add one, add its file and one line here. */
export const SCHEDULES: {
  readonly [Type in ScheduleType]: (options: ScheduleOptionsByType[Type], base: number) => Schedule;
} = {
  constant: constantSchedule,
  step: stepSchedule,
  multiStep: multiStepSchedule,
  exponential: exponentialSchedule,
  linear: linearSchedule,
  polynomial: polynomialSchedule,
  cosine: cosineSchedule,
  cosineRestarts: cosineRestartsSchedule,
  oneCycle: oneCycleSchedule,
  cyclic: cyclicSchedule,
  piecewise: piecewiseSchedule,
  warmup: ({ after = "constant", ...options }, base) => warmupSchedule(options, createSchedule(after, base)),
  plateau: plateauSchedule,
};

/** Creates the schedule that a configuration describes.
 *    createSchedule({ type: "warmup", length: 500, after: { type: "cosine", length: 10_000 } }, 0.1).valueAt(step, epoch)
 *  @param baseLearningRate the optimiser's rate, > 0, which most schedules multiply.
 *  @throws `unknown-field` for an unknown type or a misspelt field, with a suggestion; `bad-argument` for a missing field or a
 *    value out of range. */
export function createSchedule(config: ScheduleConfig | ScheduleType, baseLearningRate: number): Schedule {
  requireInRange(
    "schedule",
    "the base learning rate",
    baseLearningRate,
    (rate) => rate > 0 && Number.isFinite(rate),
    "a number > 0",
  );
  const { type, options } = splitConfig("schedule", config, SCHEDULES);
  return (SCHEDULES[type] as (options: object, base: number) => Schedule)(options, baseLearningRate);
}
