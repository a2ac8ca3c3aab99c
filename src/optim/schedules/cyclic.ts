import { COUNT, checkOptions, DECAY, type Fields, FLAG, oneOf, POSITIVE, required } from "../../core/fields.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface CyclicOptions extends CountedOptions {
  /** Lowest learning rate, > 0. The highest is `peak`. */
  readonly low: number;
  /** Default: the base rate. */
  readonly peak?: number | undefined;
  /** Rising steps, >= 1. */
  readonly up: number;
  /** Falling steps. Default: `up`. */
  readonly down?: number | undefined;
  /** How the height changes between cycles: "triangular" keeps it, "halving" halves it, "exponential" is factor^t. Default "triangular". */
  readonly mode?: "triangular" | "halving" | "exponential" | undefined;
  /** For mode "exponential". Default 1. */
  readonly factor?: number | undefined;
  /** Cycle the momentum inversely to the rate. Default true. */
  readonly cycleMomentum?: boolean | undefined;
  /** Momentum at the peak. Default 0.8. */
  readonly lowMomentum?: number | undefined;
  /** Momentum at the lowest rate. Default 0.9. */
  readonly highMomentum?: number | undefined;
}

export const CYCLIC_CHECKS: Fields<CyclicOptions> = {
  low: required(POSITIVE),
  peak: POSITIVE,
  up: required(COUNT),
  down: COUNT,
  mode: oneOf("triangular", "halving", "exponential"),
  factor: POSITIVE,
  cycleMomentum: FLAG,
  lowMomentum: DECAY,
  highMomentum: DECAY,
  unit: UNIT_CHECK,
};

/** Triangles between two learning rates:
 *    lr(t) = low + (peak - low) h,   h from 0 up to 1 in `up` steps and back in `down` steps, times the mode's height
 *  Source: Smith, "Cyclical Learning Rates for Training Neural Networks", 2017. */
export function cyclicSchedule(options: CyclicOptions, base: number): Schedule {
  checkOptions("schedule cyclic", options, CYCLIC_CHECKS);
  const { low, peak = base, up, down = up, mode = "triangular", factor = 1, cycleMomentum = true } = options;
  const { lowMomentum = 0.8, highMomentum = 0.9 } = options;
  const heights = {
    triangular: () => 1,
    halving: (t: number) => 0.5 ** Math.floor(t / (up + down)),
    exponential: (t: number) => factor ** t,
  };
  const height = (t: number): number => {
    const into = t % (up + down);
    return (into <= up ? into / up : (up + down - into) / down) * heights[mode](t);
  };
  return pureSchedule(
    options.unit,
    (t) => low + (peak - low) * height(t),
    cycleMomentum ? (t) => highMomentum - (highMomentum - lowMomentum) * height(t) : undefined,
  );
}
