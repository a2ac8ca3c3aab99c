import { requireInRange } from "../core/errors.ts";
import { type Fields, namedField } from "../core/fields.ts";
import { reference } from "../core/json-schema.ts";
import { splitConfig } from "./config.ts";
import { CONSTANT_CHECKS, type ConstantOptions, constantSchedule } from "./schedules/constant.ts";
import { COSINE_CHECKS, type CosineOptions, cosineSchedule } from "./schedules/cosine.ts";
import {
  COSINE_RESTARTS_CHECKS,
  type CosineRestartsOptions,
  cosineRestartsSchedule,
} from "./schedules/cosine-restarts.ts";
import { CYCLIC_CHECKS, type CyclicOptions, cyclicSchedule } from "./schedules/cyclic.ts";
import { EXPONENTIAL_CHECKS, type ExponentialOptions, exponentialSchedule } from "./schedules/exponential.ts";
import { LINEAR_CHECKS, type LinearOptions, linearSchedule } from "./schedules/linear.ts";
import { MULTI_STEP_CHECKS, type MultiStepOptions, multiStepSchedule } from "./schedules/multi-step.ts";
import { ONE_CYCLE_CHECKS, type OneCycleOptions, oneCycleSchedule } from "./schedules/one-cycle.ts";
import { PIECEWISE_CHECKS, type PiecewiseOptions, piecewiseSchedule } from "./schedules/piecewise.ts";
import { PLATEAU_CHECKS, type PlateauOptions, plateauSchedule } from "./schedules/plateau.ts";
import { POLYNOMIAL_CHECKS, type PolynomialOptions, polynomialSchedule } from "./schedules/polynomial.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { STEP_CHECKS, type StepOptions, stepSchedule } from "./schedules/step.ts";
import { WARMUP_CHECKS, type WarmupOptions, warmupSchedule } from "./schedules/warmup.ts";

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

/** What each schedule takes. */
export const SCHEDULE_FIELDS: { readonly [Type in ScheduleType]: Fields<ScheduleOptionsByType[Type]> } = {
  constant: CONSTANT_CHECKS,
  step: STEP_CHECKS,
  multiStep: MULTI_STEP_CHECKS,
  exponential: EXPONENTIAL_CHECKS,
  linear: LINEAR_CHECKS,
  polynomial: POLYNOMIAL_CHECKS,
  cosine: COSINE_CHECKS,
  cosineRestarts: COSINE_RESTARTS_CHECKS,
  oneCycle: ONE_CYCLE_CHECKS,
  cyclic: CYCLIC_CHECKS,
  piecewise: PIECEWISE_CHECKS,
  warmup: { ...WARMUP_CHECKS, after: namedField("the schedule that follows", reference("schedule")) },
  plateau: PLATEAU_CHECKS,
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
