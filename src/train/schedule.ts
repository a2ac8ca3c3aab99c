import type { ScheduleConfig, ScheduleType, WarmupConfig } from "../optim/schedules.ts";
import { createSchedule, type Schedule } from "../optim/schedules.ts";

/** Schedules that run once from the first step to the last. */
export const WHOLE_RUN = ["cosine", "linear", "oneCycle", "polynomial"] as const satisfies ScheduleType[];
type WholeRun = (typeof WHOLE_RUN)[number];

type LengthOptional<Config> = Config extends { readonly type: WholeRun; readonly length: number }
  ? Omit<Config, "length"> & { readonly length?: number | undefined }
  : Config;

/** A schedule of a run: as for the optimisers, but cosine, linear, one-cycle and polynomial last for the whole run unless
 *  `length` is given, or for the rest of it after a warm-up:
 *    schedule: "cosine"          schedule: { type: "warmup", length: 500, after: "cosine" } */
export type RunSchedule =
  | ScheduleType
  | LengthOptional<Exclude<ScheduleConfig, { readonly type: "warmup" }>>
  | (Omit<WarmupConfig, "after"> & { readonly type: "warmup"; readonly after?: RunSchedule | undefined });

/** The length of a run in both units of schedules. */
export interface RunLength {
  readonly step: number;
  readonly epoch: number;
}

/** @throws GradusError as `createSchedule`. */
export function createRunSchedule(config: RunSchedule, baseLearningRate: number, run: RunLength): Schedule {
  return createSchedule(withLength(config, run), baseLearningRate);
}

function withLength(config: RunSchedule, run: RunLength): ScheduleConfig | ScheduleType {
  const given = typeof config === "string" ? { type: config } : config;
  const {
    type,
    unit = "step",
    ...rest
  } = given as { readonly type: string; readonly unit?: keyof RunLength; readonly length?: number };
  if (type === "warmup" && "after" in given && given.after !== undefined) {
    // the schedule after a warm-up has the rest of the run; in the other unit it counts the whole run
    const left = { ...run, [unit]: Math.max(1, run[unit] - (rest.length ?? 0)) };
    return { ...given, after: withLength(given.after, left) } as ScheduleConfig;
  }
  const isWholeRun = (WHOLE_RUN as readonly string[]).includes(type);
  return (isWholeRun && rest.length === undefined ? { ...given, length: run[unit] } : given) as ScheduleConfig;
}
