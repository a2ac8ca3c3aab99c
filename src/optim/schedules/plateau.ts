import { GradusError } from "../../core/errors.ts";
import { COUNT_OR_ZERO, checkOptions, type Fields, INNER_FRACTION, NOT_NEGATIVE, oneOf } from "../../core/fields.ts";
import type { Schedule } from "./schedule.ts";

export interface PlateauOptions {
  /** In (0, 1). Default 0.1. */
  readonly factor?: number | undefined;
  /** Epochs without progress before the rate falls: it falls after `patience + 1`. Default 10. */
  readonly patience?: number | undefined;
  /** Whether the metric should fall ("min", a loss) or rise ("max", an accuracy). Default "min". */
  readonly mode?: "min" | "max" | undefined;
  /** What counts as progress. Default 1e-4. */
  readonly threshold?: number | undefined;
  /** "relative": better than best by a fraction of |best|; "absolute": by the threshold itself. Default "relative". As in PyTorch, except
   *  that PyTorch's relative mode counts every epoch of a negative metric as progress. */
  readonly thresholdMode?: "relative" | "absolute" | undefined;
  /** Epochs after a fall that do not count. Default 0. */
  readonly cooldown?: number | undefined;
  /** Lowest rate. Default 0. */
  readonly minimum?: number | undefined;
}

export const PLATEAU_CHECKS: Fields<PlateauOptions> = {
  factor: INNER_FRACTION,
  patience: COUNT_OR_ZERO,
  mode: oneOf("min", "max"),
  threshold: NOT_NEGATIVE,
  thresholdMode: oneOf("relative", "absolute"),
  cooldown: COUNT_OR_ZERO,
  minimum: NOT_NEGATIVE,
};

/** Smaller changes are skipped, so that a rate at its minimum stays constant. */
const SMALLEST_CHANGE = 1e-8;

/** Reduce on plateau: the rate falls by a factor when a metric makes no progress for more than `patience` epochs.
 *  It lives on the host and receives each epoch's metric through `onEpochEnd`. A NaN metric is not progress.
 *  @throws `bad-argument` for a field out of range. */
export function plateauSchedule(options: PlateauOptions, base: number): Schedule {
  checkOptions("schedule plateau", options, PLATEAU_CHECKS);
  const { factor = 0.1, patience = 10, mode = "min", threshold = 1e-4, thresholdMode = "relative" } = options;
  const { cooldown = 0, minimum = 0 } = options;
  const toward = mode === "min" ? -1 : 1;
  const worst = mode === "min" ? Number.MAX_VALUE : -Number.MAX_VALUE;
  const initial = { rate: base, best: worst, badEpochs: 0, coolingEpochs: 0 };
  let state = { ...initial };

  function isProgress(metric: number): boolean {
    if (state.best === worst) return !Number.isNaN(metric);
    const { best } = state;
    const bound =
      thresholdMode === "relative" ? best * (1 + toward * Math.sign(best) * threshold) : best + toward * threshold;
    return mode === "min" ? metric < bound : metric > bound;
  }

  return {
    valueAt: () => state.rate,
    onEpochEnd(metric) {
      const progress = isProgress(metric);
      const cooling = state.coolingEpochs > 0;
      const badEpochs = progress || cooling ? 0 : state.badEpochs + 1;
      state = {
        ...state,
        best: progress ? metric : state.best,
        badEpochs,
        coolingEpochs: cooling ? state.coolingEpochs - 1 : 0,
      };
      if (badEpochs > patience) {
        const lower = Math.max(state.rate * factor, minimum);
        const rate = state.rate - lower > SMALLEST_CHANGE ? lower : state.rate;
        state = { ...state, rate, badEpochs: 0, coolingEpochs: cooldown };
      }
    },
    snapshot: () => ({ ...state }),
    restore(snapshot) {
      for (const name of Object.keys(initial)) {
        if (typeof snapshot[name] === "number") continue;
        throw new GradusError("bad-argument", `schedule plateau: the snapshot has no number ${name}.`, { name });
      }
      state = { ...initial, ...snapshot };
    },
  };
}
