import {
  COUNT,
  checkOptions,
  DECAY,
  type Fields,
  FLAG,
  INNER_FRACTION,
  oneOf,
  POSITIVE,
  required,
} from "../../core/fields.ts";
import { type CountedOptions, pureSchedule, type Schedule, UNIT_CHECK } from "./schedule.ts";

export interface OneCycleOptions extends CountedOptions {
  /** steps of the whole cycle, >= 1 */
  readonly length: number;
  /** Highest learning rate. Default: the base rate. */
  readonly peak?: number | undefined;
  /** Fraction of the cycle in which the rate rises, in (0, 1). Default 0.3. */
  readonly warmup?: number | undefined;
  /** The first rate is peak / startDivisor. Default 25. */
  readonly startDivisor?: number | undefined;
  /** The last rate is peak / startDivisor / endDivisor. Default 1e4. */
  readonly endDivisor?: number | undefined;
  /** Default "cosine". */
  readonly shape?: "cosine" | "linear" | undefined;
  /** Fall to the first rate as fast as it rose, then to the last rate (Smith's form). Default false. */
  readonly threePhase?: boolean | undefined;
  /** Cycle the momentum inversely to the rate. Default true. */
  readonly cycleMomentum?: boolean | undefined;
  /** Momentum at the peak. Default 0.85. */
  readonly lowMomentum?: number | undefined;
  /** Momentum at both ends. Default 0.95. */
  readonly highMomentum?: number | undefined;
}

export const ONE_CYCLE_CHECKS: Fields<OneCycleOptions> = {
  length: required(COUNT),
  peak: POSITIVE,
  warmup: INNER_FRACTION,
  startDivisor: POSITIVE,
  endDivisor: POSITIVE,
  shape: oneOf("cosine", "linear"),
  threePhase: FLAG,
  cycleMomentum: FLAG,
  lowMomentum: DECAY,
  highMomentum: DECAY,
  unit: UNIT_CHECK,
};

interface Phase {
  readonly end: number;
  readonly rate: readonly [number, number];
  readonly momentum: readonly [number, number];
}

const SHAPES = {
  linear: (from: number, to: number, part: number): number => from + (to - from) * part,
  cosine: (from: number, to: number, part: number): number => to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2,
};

/** The one-cycle policy: up to a high learning rate, then down to a very low one, with the momentum moving the opposite way.
 *    two phases: start -> peak until step warmup * length - 1, then peak -> end until step length - 1
 *    three: start -> peak, peak -> start (as long), start -> end
 *  After the cycle, the last values stay.
 *  Source: Smith & Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2018;
 *  two cosine phases as in fast.ai and PyTorch. */
export function oneCycleSchedule(options: OneCycleOptions, base: number): Schedule {
  checkOptions("schedule oneCycle", options, ONE_CYCLE_CHECKS);
  const { length, peak = base, warmup = 0.3, startDivisor = 25, endDivisor = 1e4, shape = "cosine" } = options;
  const { threePhase = false, cycleMomentum = true, lowMomentum: low = 0.85, highMomentum: high = 0.95 } = options;
  const start = peak / startDivisor;
  const end = start / endDivisor;
  const rise: Phase = { end: warmup * length - 1, rate: [start, peak], momentum: [high, low] };
  const phases: readonly Phase[] = threePhase
    ? [
        rise,
        { end: 2 * warmup * length - 2, rate: [peak, start], momentum: [low, high] },
        { end: length - 1, rate: [start, end], momentum: [high, high] },
      ]
    : [rise, { end: length - 1, rate: [peak, end], momentum: [low, high] }];

  function quantityAt(quantity: "rate" | "momentum", time: number): number {
    const t = Math.min(time, length - 1);
    let from = 0;
    for (const phase of phases) {
      if (t <= phase.end) {
        const span = phase.end - from;
        return SHAPES[shape](...phase[quantity], span > 0 ? (t - from) / span : 1);
      }
      from = phase.end;
    }
    return (phases.at(-1) as Phase)[quantity][1];
  }
  return pureSchedule(
    options.unit,
    (t) => quantityAt("rate", t),
    cycleMomentum ? (t) => quantityAt("momentum", t) : undefined,
  );
}
