import type { Problem } from "../words.ts";
import { rateOf, usualRate } from "./optimizers.ts";
import { type RemedyContext, type RemedyRule, rounded } from "./remedy.ts";

/** Where the rate is to go. */
export type Direction = "lower" | "higher" | "either";

/** Problems that say which way; all others leave it open. */
const DIRECTIONS: Partial<Record<Problem, Direction>> = {
  "learning-rate-too-high": "lower",
  "learning-rate-too-low": "higher",
  "exploding-gradient": "lower",
  "oscillating-loss": "lower",
  "numerical-error": "lower",
};

/** The way that the heaviest finding with an opinion asks for. */
export function directionFor({ findings }: Pick<RemedyContext, "findings">): Direction {
  for (const { problem } of findings) {
    const direction = DIRECTIONS[problem];
    if (direction !== undefined) return direction;
  }
  return "either";
}

/** Below a factor of two, nobody could tell the two rates apart. */
const FACTOR = 2;

/** Where no test could tell: an order of magnitude at a time. */
const STEP = 10;

function choose(current: number, usual: number, tested: number | undefined, direction: Direction): number | undefined {
  const candidates = [tested, usual].filter((rate) => rate !== undefined);
  if (direction === "lower") return candidates.find((rate) => rate <= current / FACTOR) ?? current / STEP;
  if (direction === "higher") return candidates.find((rate) => rate >= current * FACTOR) ?? current * STEP;
  return candidates.find((rate) => rate <= current / FACTOR || rate >= current * FACTOR);
}

/** The rate that a range test found, in the direction that the findings ask for; where it found none, the optimiser's usual rate, or a
 *  tenth or ten times of what there is. */
export const learningRate: RemedyRule = {
  source: "Smith, Cyclical Learning Rates for Training Neural Networks, 2017",
  rewrite(settings, context) {
    const { optimizer } = settings;
    const { patient, rangeTest } = context;
    const own = patient.training?.settings.optimizer ?? optimizer;
    // against the patient's own rate: what was treated once is not treated again
    const current = rateOf(own.type === optimizer.type ? own : optimizer);
    const direction = directionFor(context);
    const rate = choose(current, usualRate(optimizer.type), rangeTest?.rate, direction);
    if (rate === undefined || !Number.isFinite(rate) || !(rate > 0)) return undefined;
    const learningRate = rounded(rate);
    if (learningRate === rateOf(optimizer)) return undefined;
    const tested =
      rangeTest === undefined
        ? {}
        : {
            steps: rangeTest.steps,
            low: rangeTest.low,
            high: rangeTest.high,
            ...(rangeTest.diverges === undefined ? {} : { diverges: rounded(rangeTest.diverges) }),
          };
    return {
      settings: { ...settings, optimizer: { ...optimizer, learningRate } },
      values: { before: current, learningRate, ...tested },
    };
  },
};
