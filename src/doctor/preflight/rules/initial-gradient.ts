import type { LayerCensus } from "../../../watch/record.ts";
import type { Evidence, Finding } from "../../finding.ts";
import { type PreflightRule, weightByDecades } from "../preflight-rule.ts";

const SOURCE = "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010";

const thresholds = {
  /** Gradient of the lowest layer with parameters over that of the highest. Right initialisations keep it within one or two decades at
   *  any depth; a thousandth is where AUTOTRAINER (2021) speaks of vanishing, and three layers of sigmoids are still above. */
  vanishes: 1e-3,
  /** The mirror image. */
  explodes: 1e3,
  /** Share of what the deepest hidden layer gives that tells samples apart. The input's trace is 1e-7 at most in float32, and
   *  a network of three layers of sigmoids has some 1e-4. */
  distinct: 1e-6,
};

const VANISHING = { least: 0.45, most: 0.85, perDecade: 0.1 };
const EXPLODING = { least: 0.5, most: 0.85, perDecade: 0.1 };

/** Does the gradient reach the first layer as large as the last, and does the input reach the last layer? */
export const initialGradient: PreflightRule = {
  name: "initial-gradient",
  thresholds,
  source: SOURCE,
  examine({ start, output, weights }): readonly Finding[] {
    // from an output layer of zeros no gradient comes down, until its own first step
    if (start === undefined || weights.at(-1)?.deviation === 0) return [];
    const learning = start.layers.filter((layer) => layer.gradientNorm !== undefined && layer.hasParameters);
    const [lowest, highest] = [learning[0], learning.at(-1)];
    if (lowest === undefined || highest === undefined || lowest === highest) return [];
    const [first, last] = [lowest.gradientNorm as number, highest.gradientNorm as number];
    const ratio = first / last;
    // nothing flows at all, as at a minimum, or a number is none: other rules'
    if (!(last > 0) || !Number.isFinite(ratio)) return [];
    const signal = signalEvidence(start.layers.filter(({ path }) => path !== output.path));
    const evidence = (threshold: number): readonly Evidence[] => [
      { measure: "initial-gradient-ratio", value: ratio, threshold, values: { first, last } },
      ...signal,
    ];
    const common = { layer: lowest.path, since: 0, source: SOURCE } as const;
    if (ratio < thresholds.vanishes) {
      const weight = weightByDecades(ratio, thresholds.vanishes, VANISHING);
      return [{ problem: "vanishing-gradient", evidence: evidence(thresholds.vanishes), weight, ...common }];
    }
    if (ratio > thresholds.explodes) {
      const weight = weightByDecades(ratio, thresholds.explodes, EXPLODING);
      return [{ problem: "exploding-gradient", evidence: evidence(thresholds.explodes), weight, ...common }];
    }
    // the gradient is there, but says the same of every sample
    const [lost] = signal;
    if (lost?.measure !== "initial-distinct") return [];
    return [{ problem: "vanishing-gradient", evidence: signal, weight: 0.4, ...common }];
  },
};

/** Has the signal shrunk on its way up, or lost what tells samples apart? */
function signalEvidence(layers: readonly LayerCensus[]): readonly Evidence[] {
  const hidden = layers.filter(({ isActivation }) => isActivation);
  const [lowest, deepest] = [hidden[0], hidden.at(-1)];
  if (lowest === undefined || deepest === undefined || lowest === deepest) return [];
  const ratio = Math.sqrt(deepest.variance / lowest.variance);
  const values = { first: Math.sqrt(lowest.variance), last: Math.sqrt(deepest.variance) };
  return [
    ...(deepest.distinct < thresholds.distinct
      ? [{ measure: "initial-distinct" as const, value: deepest.distinct, threshold: thresholds.distinct }]
      : []),
    ...(Number.isFinite(ratio) && (ratio < thresholds.vanishes || ratio > thresholds.explodes)
      ? [
          {
            measure: "initial-signal" as const,
            value: ratio,
            threshold: ratio < 1 ? thresholds.vanishes : thresholds.explodes,
            values,
          },
        ]
      : []),
  ];
}
