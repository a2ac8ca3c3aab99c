import type { FitOptions } from "gradus";
import type { ScheduleName } from "./config.ts";

type RunSchedule = NonNullable<FitOptions["schedule"]>;

/** Where an exponential schedule ends, as a share of the first rate. */
const EXPONENTIAL_END = 0.01;

/** Times that a schedule of steps falls to a tenth, minus one. */
const PLATEAUS = 3;

/** Share of the run in which the rate rises. */
const WARMUP_SHARE = 0.1;

/** Each schedule for a run of that many steps. "warmup" goes on as a cosine. */
export const SCHEDULE_OF: Readonly<Record<ScheduleName, (steps: number) => RunSchedule | undefined>> = {
  constant: () => undefined,
  step: (steps) => ({ type: "step", every: Math.max(1, Math.ceil(steps / PLATEAUS)), factor: 0.1 }),
  exponential: (steps) => ({ type: "exponential", factor: EXPONENTIAL_END ** (1 / Math.max(1, steps)) }),
  cosine: () => ({ type: "cosine" }),
  oneCycle: () => ({ type: "oneCycle" }),
  warmup: (steps) => ({
    type: "warmup",
    length: Math.max(1, Math.round(WARMUP_SHARE * steps)),
    after: { type: "cosine" },
  }),
};
