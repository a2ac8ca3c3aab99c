import { activationKind, isOfAllUnits } from "../../../nn/activations.ts";
import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import type { WeightFacts } from "../facts/weights.ts";
import { type PreflightRule, weightByDecades } from "../preflight-rule.ts";

const SOURCE = "Hochreiter, Untersuchungen zu dynamischen neuronalen Netzen, 1991; Glorot & Bengio, 2010";

const thresholds = {
  /** Remaining share of a gradient after a chain of logistic sigmoids: product of 1/4, the steepest slope, times deviation * sqrt(fanIn).
   *  Five layers at LeCun's deviation reach the limit; three, which learn, have 1 / 64. */
  sigmoids: 1e-3,
  /** Exponentials of exponentials: from two on, values become towers of powers. */
  exponentials: 2,
};

function finding(
  problem: Finding["problem"],
  layers: readonly WeightFacts[],
  weight: number,
  left?: number,
): readonly Finding[] {
  const [first] = layers;
  if (first === undefined) return [];
  const factor = left === undefined ? {} : { factor: left, limit: thresholds.sigmoids };
  return [
    {
      problem,
      layer: first.activationPath ?? first.path,
      since: 0,
      evidence: [
        {
          measure: "hidden-activation",
          value: layers.length,
          values: { activation: first.activation.type, ...factor },
        },
      ],
      weight,
      source: SOURCE,
    },
  ];
}

/** Softmax turns its units into shares: 64 of them give numbers near 1/64, with a gradient as small. */
function softmax(hidden: readonly WeightFacts[]): readonly Finding[] {
  const found = hidden.filter(({ activation }) => isOfAllUnits(activationKind(activation)));
  return finding("vanishing-gradient", found, found.length > 1 ? 0.75 : 0.6);
}

function exponentials(hidden: readonly WeightFacts[]): readonly Finding[] {
  const found = hidden.filter(({ activation }) => activationKind(activation).inDepth === "grows");
  if (found.length < thresholds.exponentials) return [];
  const weight = Math.min(0.85, 0.5 + 0.05 * found.length);
  return finding("exploding-gradient", found, weight);
}

function sigmoids(hidden: readonly WeightFacts[]): readonly Finding[] {
  const found = hidden.filter(
    ({ activation, deviation }) => activationKind(activation).gives === "probability" && deviation > 0,
  );
  // a well-chosen deviation of 4 / sqrt(fan) compensates the slope, and no more
  const left = found.reduce((all, { deviation, fanIn }) => all * Math.min(1, 0.25 * deviation * Math.sqrt(fanIn)), 1);
  if (left >= thresholds.sigmoids) return [];
  const weight = weightByDecades(left, thresholds.sigmoids, { least: 0.45, most: 0.8, perDecade: 0.1 });
  return finding("vanishing-gradient", found, weight, left);
}

/** Activations between layers that block the gradient, or let it grow, for any data. */
export const hiddenActivation: PreflightRule = {
  name: "hidden-activation",
  thresholds,
  source: SOURCE,
  examine({ weights, output }: Facts): readonly Finding[] {
    const hidden = weights.filter(
      ({ isNormalised, isBypassed, isRecurrent, activationPath }) =>
        !isNormalised && !isBypassed && !isRecurrent && activationPath !== undefined && activationPath !== output.path,
    );
    return [...softmax(hidden), ...exponentials(hidden), ...sigmoids(hidden)];
  },
};
