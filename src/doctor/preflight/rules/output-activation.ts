import type { ActivationKind, ActivationType } from "../../../nn/activations.ts";
import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import type { PreflightRule } from "../preflight-rule.ts";

const SOURCE =
  "Bishop, Pattern Recognition and Machine Learning, 2006, section 5.2: each loss has its output activation";

const thresholds = {
  /** Share of targets outside what the output can give. A few outliers may lie there; above one in a hundred the model cannot fit
   *  what it is told to. */
  unreachable: 0.01,
  /** From one in ten on, it is most of the error that remains. */
  mostlyUnreachable: 0.1,
};

type Expects = Facts["lossRule"]["expects"];

interface Verdict {
  /** What should stand there. */
  readonly expected: ActivationType;
  readonly weight: number;
}

/** Raw sums are expected. What squashes them a second time bounds how sure the model can be; what cuts them kills its gradient. */
function forLogits({ output: { kind, range } }: Facts): Verdict | undefined {
  const [low, high] = range;
  const isUnbounded = low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY;
  // softmax makes the same of log-probabilities as of the logits
  if (isUnbounded || kind.gives === "logDistribution") return undefined;
  if (Number.isFinite(low) && Number.isFinite(high)) return { expected: "identity", weight: 0.6 };
  // one side: a rectifier gives no logit below 0 and no gradient there
  if (kind.inDepth === "dies") return { expected: "identity", weight: 0.7 };
  if (kind.inDepth === "grows") return { expected: "identity", weight: 0.6 };
  return { expected: "identity", weight: 0.3 };
}

/** All sizes above 0, and a gradient at each. */
function isPositive({ inDepth, gives, isRectifier }: ActivationKind, [low, high]: Facts["output"]["range"]): boolean {
  return low === 0 && high === Number.POSITIVE_INFINITY && inDepth === "passes" && gives === "values" && !isRectifier;
}

/** Probabilities of which one is meant. The loss divides by their sum: a negative or vanishing one makes it NaN. */
function forClassProbabilities({ output: { kind, range }, targets }: Facts): Verdict | undefined {
  // sum 1 over outputs of which several are true at once
  if (kind.gives === "distribution")
    return targets.kind === "multilabel" ? { expected: "sigmoid", weight: 0.7 } : undefined;
  // divided by their sum these are softmax, and something like it
  if (kind.inDepth === "grows") return { expected: "softmax", weight: 0.35 };
  if (isPositive(kind, range)) return { expected: "softmax", weight: 0.4 };
  // each in [0, 1] by itself, renormalised: it learns, and less well
  if (kind.gives === "probability") return { expected: "softmax", weight: 0.5 };
  return { expected: "softmax", weight: range[0] < 0 ? 0.95 : 0.9 };
}

function forBinaryProbabilities({ output, targets }: Facts): Verdict | undefined {
  if (output.kind.gives === "probability") return undefined;
  if (output.kind.gives === "distribution") {
    // sum 1 over outputs of which several are true at once
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
  // float32 rounding, and 0.999…: a target at the bound is within
  const margin = 1e-6 * Math.max(1, Number.isFinite(high) ? Math.abs(high) : 1);
  for (let index = 0; index < values.length; index++) {
    const value = scale(values[index] as number);
    if (value < low - margin || value > high + margin) outside++;
  }
  return outside / Math.max(1, values.length);
}

/** Numbers are expected: any activation will do whose range holds the targets. */
function forValues(facts: Facts): (Verdict & { readonly share?: number }) | undefined {
  const { output, targets, training } = facts;
  if (targets.kind === "multilabel" && output.kind.gives === "distribution")
    return { expected: "sigmoid", weight: 0.6 };
  if (targets.kind === "numbers" && output.kind.gives === "distribution") return { expected: "identity", weight: 0.9 };
  if (targets.kind === "labels") return undefined;
  const isScaled = training.settings.standardizeTargets === true && targets.deviation > 0;
  const mean = Math.sqrt(Math.max(0, targets.size ** 2 - targets.deviation ** 2));
  // the mean's sign: that of the middle of the range
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

/** Does the output activation give what the loss takes, and can it reach the targets? */
export const outputActivation: PreflightRule = {
  name: "output-activation",
  thresholds,
  source: SOURCE,
  examine(facts) {
    // of one unit softmax makes 1, whatever came in: another rule's
    if (facts.output.kind.gives === "distribution" && facts.output.units === 1) return [];
    const verdict = verdictOf(facts);
    return verdict === undefined ? [] : [finding(facts, verdict)];
  },
};
