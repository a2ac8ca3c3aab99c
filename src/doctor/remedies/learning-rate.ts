import type { Problem } from "../words.ts";
import { NORMALISING, rateOf, usualRate } from "./optimizers.ts";
import { type RemedyContext, type RemedyRule, rounded } from "./remedy.ts";

/** The direction in which the rate should change. */
export type Direction = "lower" | "higher" | "either";

/** Problems that determine the direction; all others leave it open. */
const DIRECTIONS: Partial<Record<Problem, Direction>> = {
  "learning-rate-too-high": "lower",
  "learning-rate-too-low": "higher",
  "exploding-gradient": "lower",
  "oscillating-loss": "lower",
  "numerical-error": "lower",
};

/** The direction of the heaviest finding that determines one. */
export function directionFor({ findings }: Pick<RemedyContext, "findings">): Direction {
  for (const { problem } of findings) {
    const direction = DIRECTIONS[problem];
    if (direction !== undefined) return direction;
  }
  return "either";
}

/** Rates that differ by less than this factor count as equal. */
const FACTOR = 2;

/** Optimisers with normalised steps seldom tolerate more than this many times their usual rate for long, even if the few steps of a
 *  test went well. */
const MOST = 10;

/** Change without a test result: an order of magnitude at a time. */
const STEP = 10;

function choose(current: number, usual: number, tested: number | undefined, direction: Direction): number | undefined {
  const candidates = [tested, usual].filter((rate) => rate !== undefined);
  if (direction === "lower") return candidates.find((rate) => rate <= current / FACTOR) ?? current / STEP;
  if (direction === "higher") return candidates.find((rate) => rate >= current * FACTOR) ?? current * STEP;
  return candidates.find((rate) => rate <= current / FACTOR || rate >= current * FACTOR);
}

/** The rate from a range test, in the direction that the findings require; without one, the optimiser's usual rate, or a tenth or ten
 *  times the present rate. */
export const learningRate: RemedyRule = {
  source: "Smith, Cyclical Learning Rates for Training Neural Networks, 2017",
  rewrite(settings, context) {
    const { optimizer } = settings;
    const { patient, rangeTest } = context;
    const own = patient.training?.settings.optimizer ?? optimizer;
    // relative to the patient's own rate, so that nothing is treated twice
    const current = rateOf(own.type === optimizer.type ? own : optimizer);
    const direction = directionFor(context);
    const usual = usualRate(optimizer.type);
    const most = NORMALISING.includes(optimizer.type) ? MOST * usual : Number.POSITIVE_INFINITY;
    const tested = rangeTest?.rate === undefined ? undefined : Math.min(rangeTest.rate, most);
    const rate = choose(current, usual, tested, direction);
    if (rate === undefined || !Number.isFinite(rate) || !(rate > 0)) return undefined;
    const learningRate = rounded(rate);
    if (learningRate === rateOf(optimizer)) return undefined;
    const measured =
      rangeTest === undefined
        ? {}
        : {
            testSteps: rangeTest.steps,
            testLow: rounded(rangeTest.low),
            testHigh: rounded(rangeTest.high),
            ...(rangeTest.diverges === undefined ? {} : { testDiverges: rounded(rangeTest.diverges) }),
          };
    return {
      settings: { ...settings, optimizer: { ...optimizer, learningRate } },
      values: { learningRateBefore: current, learningRate, ...measured },
    };
  },
};
