import type { ActivationKind, ActivationType } from "../../../nn/activations.ts";
import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import type { PreflightRule } from "../preflight-rule.ts";

const SOURCE =
  "Bishop, Pattern Recognition and Machine Learning, 2006, section 5.2: each loss has its output activation";

const thresholds = {
  /** Share of targets outside the range of the output. A few outliers may lie there; above one in a hundred the model cannot fit its
   *  targets. */
  unreachable: 0.01,
  /** From one in ten on, these targets are most of the remaining error. */
  mostlyUnreachable: 0.1,
};

type Expects = Facts["lossRule"]["expects"];

interface Verdict {
  /** The activation that fits. */
  readonly expected: ActivationType;
  readonly weight: number;
}

/** Expects raw sums. Squashing them a second time limits the model's confidence; cutting them off kills the gradient. */
function forLogits({ output: { kind, range } }: Facts): Verdict | undefined {
  const [low, high] = range;
  const isUnbounded = low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY;
  // softmax makes the same of log-probabilities as of the logits
  if (isUnbounded || kind.gives === "logDistribution") return undefined;
  if (Number.isFinite(low) && Number.isFinite(high)) return { expected: "identity", weight: 0.6 };
  // one-sided: a rectifier gives no logit below 0 and no gradient there
  if (kind.inDepth === "dies") return { expected: "identity", weight: 0.7 };
  if (kind.inDepth === "grows") return { expected: "identity", weight: 0.6 };
  return { expected: "identity", weight: 0.3 };
}

/** Every positive size is possible, with a gradient at each. */
function isPositive({ inDepth, gives, isRectifier }: ActivationKind, [low, high]: Facts["output"]["range"]): boolean {
  return low === 0 && high === Number.POSITIVE_INFINITY && inDepth === "passes" && gives === "values" && !isRectifier;
}

/** Expects probabilities of exclusive classes. The loss divides by their sum: a negative or vanishing sum makes it NaN. */
function forClassProbabilities({ output: { kind, range }, targets }: Facts): Verdict | undefined {
  // several outputs may be true at once, but a softmax sums to 1
  if (kind.gives === "distribution")
    return targets.kind === "multilabel" ? { expected: "sigmoid", weight: 0.7 } : undefined;
  // divided by their sum these are a softmax, or similar to one
  if (kind.inDepth === "grows") return { expected: "softmax", weight: 0.35 };
  if (isPositive(kind, range)) return { expected: "softmax", weight: 0.4 };
  // each separately in [0, 1], then renormalised: it learns, but less well
  if (kind.gives === "probability") return { expected: "softmax", weight: 0.5 };
  return { expected: "softmax", weight: range[0] < 0 ? 0.95 : 0.9 };
}

function forBinaryProbabilities({ output, targets }: Facts): Verdict | undefined {
  if (output.kind.gives === "probability") return undefined;
  if (output.kind.gives === "distribution") {
    // several outputs may be true at once, but a softmax sums to 1
    return targets.kind === "multilabel" ? { expected: "sigmoid", weight: 0.75 } : undefined;
  }
  return { expected: "sigmoid", weight: 0.85 };
}

function forLogProbabilities({ output: { kind } }: Facts): Verdict | undefined {
  return kind.gives === "logDistribution"
    ? undefined
    : { expected: "logSoftmax", weight: kind.gives === "logProbability" ? 0.6 : 0.95 };
}

function shareOutside(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
  scale: (v: number) => number,
): number {
  let outside = 0;
  // for float32 rounding, and 0.999…: a target at the bound is inside
  const margin = 1e-6 * Math.max(1, Number.isFinite(high) ? Math.abs(high) : 1);
  for (let index = 0; index < values.length; index++) {
    const value = scale(values[index] as number);
    if (value < low - margin || value > high + margin) outside++;
  }
  return outside / Math.max(1, values.length);
}

/** Expects numbers: any activation fits whose range contains the targets. */
function forValues(facts: Facts): (Verdict & { readonly share?: number }) | undefined {
  const { output, targets, training } = facts;
  if (targets.kind === "multilabel" && output.kind.gives === "distribution")
    return { expected: "sigmoid", weight: 0.6 };
  if (targets.kind === "numbers" && output.kind.gives === "distribution") return { expected: "identity", weight: 0.9 };
  if (targets.kind === "labels") return undefined;
  const isScaled = training.settings.standardizeTargets === true && targets.deviation > 0;
  const mean = Math.sqrt(Math.max(0, targets.size ** 2 - targets.deviation ** 2));
  // the sign of the mean is that of the middle of the range
  const center = targets.lowest + targets.highest < 0 ? -mean : mean;
  const share = shareOutside(targets.values, output.range, (value) =>
    isScaled ? (value - center) / targets.deviation : value,
  );
  if (share <= thresholds.unreachable) return undefined;
  return { expected: "identity", weight: share > thresholds.mostlyUnreachable ? 0.9 : 0.6, share };
}

function verdictOf(facts: Facts): (Verdict & { readonly share?: number }) | undefined {
  const { expects, targets } = facts.lossRule;
  const byExpectation = {
    logits: forLogits,
    probabilities: targets === "classes" ? forClassProbabilities : forBinaryProbabilities,
    logProbabilities: forLogProbabilities,
    values: forValues,
  } satisfies Record<Expects, (facts: Facts) => (Verdict & { readonly share?: number }) | undefined>;
  return byExpectation[expects](facts);
}

function finding(facts: Facts, { expected, weight, share }: Verdict & { readonly share?: number }): Finding {
  const { output, loss } = facts;
  return {
    problem: "output-activation-mismatch",
    layer: output.path,
    since: 0,
    evidence: [
      {
        measure: "output-activation",
        value: share ?? 1,
        ...(share === undefined ? {} : { threshold: thresholds.unreachable }),
        values: { activation: output.activation, loss: loss.type, expected, units: output.units },
      },
    ],
    weight,
    source: SOURCE,
  };
}

/** Whether the output activation fits the loss and can reach the targets. */
export const outputActivation: PreflightRule = {
  name: "output-activation",
  thresholds,
  source: SOURCE,
  examine(facts) {
    // a softmax of one unit is always 1: left to another rule
    if (facts.output.kind.gives === "distribution" && facts.output.units === 1) return [];
    const verdict = verdictOf(facts);
    return verdict === undefined ? [] : [finding(facts, verdict)];
  },
};
