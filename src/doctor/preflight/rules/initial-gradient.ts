import type { LayerCensus } from "../../../watch/record.ts";
import type { Evidence, Finding } from "../../finding.ts";
import { type PreflightRule, weightByDecades } from "../preflight-rule.ts";

const SOURCE = "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010";

const thresholds = {
  /** Gradient of the lowest layer with parameters over that of the highest. Correct initialisations keep it within one or two decades at
   *  any depth; AUTOTRAINER (2021) calls a thousandth vanishing, and three layers of sigmoids are still above. */
  vanishes: 1e-3,
  /** The same in reverse. */
  explodes: 1e3,
  /** Share of the deepest hidden layer's output that distinguishes samples. Rounding in float32 leaves at most 1e-7, and a
   *  network of three layers of sigmoids has about 1e-4. */
  distinct: 1e-6,
};

const VANISHING = { least: 0.45, most: 0.85, perDecade: 0.1 };
const EXPLODING = { least: 0.5, most: 0.85, perDecade: 0.1 };

/** Whether the gradient is as large in the first layer as in the last, and whether the input reaches the last layer. */
export const initialGradient: PreflightRule = {
  name: "initial-gradient",
  thresholds,
  source: SOURCE,
  examine({ start, output, weights }): readonly Finding[] {
    // an output layer of zeros passes no gradient down until its own first step
    if (start === undefined || weights.at(-1)?.deviation === 0) return [];
    const learning = start.layers.filter((layer) => layer.gradientNorm !== undefined && layer.hasParameters);
    const [lowest, highest] = [learning[0], learning.at(-1)];
    if (lowest === undefined || highest === undefined || lowest === highest) return [];
    const [first, last] = [lowest.gradientNorm as number, highest.gradientNorm as number];
    const ratio = first / last;
    // no gradient at all, as at a minimum, or a value that is not finite: left to other rules
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
    // there is a gradient, but it is the same for every sample
    const [lost] = signal;
    if (lost?.measure !== "initial-distinct") return [];
    return [{ problem: "vanishing-gradient", evidence: signal, weight: 0.4, ...common }];
  },
};

/** Whether the signal has shrunk on its way up, or lost what distinguishes samples. */
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
