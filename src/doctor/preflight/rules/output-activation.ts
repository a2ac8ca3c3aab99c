import type { ActivationType } from "../../../nn/activations.ts";
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
  readonly expected: string;
  readonly weight: number;
}

/** Activations that give logits as well as no activation. */
const UNBOUNDED: readonly ActivationType[] = [
  "identity",
  "prelu",
  "leakyRelu",
  "rrelu",
  "softShrink",
  "hardShrink",
  "tanhShrink",
];
const PROBABILITIES: readonly ActivationType[] = ["sigmoid", "hardSigmoid"];

/** Expects raw sums. Squashing them a second time limits the model's confidence; cutting them off kills the gradient. */
function forLogits({ output: { activation, range } }: Facts): Verdict | undefined {
  if (activation === "logSoftmax" || UNBOUNDED.includes(activation)) return undefined;
  const [low, high] = range;
  if (Number.isFinite(low) && Number.isFinite(high)) return { expected: "identity", weight: 0.6 };
  // one-sided: a rectifier gives no logit below 0 and no gradient there
  if (activation === "relu") return { expected: "identity", weight: 0.7 };
  if (activation === "exponential") return { expected: "identity", weight: 0.6 };
  return { expected: "identity", weight: 0.3 };
}

/** Expects probabilities of exclusive classes. The loss divides by their sum: a negative or vanishing sum makes it NaN. */
function forClassProbabilities({ output: { activation, range }, targets }: Facts): Verdict | undefined {
  // several outputs may be true at once, but a softmax sums to 1
  if (activation === "softmax") return targets.kind === "multilabel" ? { expected: "sigmoid", weight: 0.7 } : undefined;
  // divided by their sum these are a softmax, or similar to one
  if (activation === "exponential") return { expected: "softmax", weight: 0.35 };
  if (activation === "softplus") return { expected: "softmax", weight: 0.4 };
  // each separately in [0, 1], then renormalised: it learns, but less well
  if (PROBABILITIES.includes(activation)) return { expected: "softmax", weight: 0.5 };
  return { expected: "softmax", weight: range[0] < 0 ? 0.95 : 0.9 };
}

function forBinaryProbabilities({ output, targets }: Facts): Verdict | undefined {
  if (PROBABILITIES.includes(output.activation)) return undefined;
  if (output.activation === "softmax") {
    // several outputs may be true at once, but a softmax sums to 1
    return targets.kind === "multilabel" ? { expected: "sigmoid", weight: 0.75 } : undefined;
  }
  return { expected: "sigmoid", weight: 0.85 };
}

function forLogProbabilities({ output: { activation } }: Facts): Verdict | undefined {
  return activation === "logSoftmax"
    ? undefined
    : { expected: "logSoftmax", weight: activation === "logSigmoid" ? 0.6 : 0.95 };
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
  if (targets.kind === "multilabel" && output.activation === "softmax") return { expected: "sigmoid", weight: 0.6 };
  if (targets.kind === "numbers" && output.activation === "softmax") return { expected: "identity", weight: 0.9 };
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
    if (facts.output.activation === "softmax" && facts.output.units === 1) return [];
    const verdict = verdictOf(facts);
    return verdict === undefined ? [] : [finding(facts, verdict)];
  },
};
