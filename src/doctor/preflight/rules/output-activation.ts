import type { ActivationType } from "../../../nn/activations.ts";
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
  readonly expected: string;
  readonly weight: number;
}

/** Activations that give logits as well as none would. */
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

/** Raw sums are expected. What squashes them a second time bounds how sure the model can be; what cuts them kills its gradient. */
function forLogits({ output: { activation, range } }: Facts): Verdict | undefined {
  if (activation === "logSoftmax" || UNBOUNDED.includes(activation)) return undefined;
  const [low, high] = range;
  if (Number.isFinite(low) && Number.isFinite(high)) return { expected: "identity", weight: 0.6 };
  // one side: a rectifier gives no logit below 0 and no gradient there
  if (activation === "relu") return { expected: "identity", weight: 0.7 };
  if (activation === "exponential") return { expected: "identity", weight: 0.6 };
  return { expected: "identity", weight: 0.3 };
}

/** Probabilities of which one is meant. The loss divides by their sum: a negative or vanishing one makes it NaN. */
function forClassProbabilities({ output: { activation, range }, targets }: Facts): Verdict | undefined {
  // sum 1 over outputs of which several are true at once
  if (activation === "softmax") return targets.kind === "multilabel" ? { expected: "sigmoid", weight: 0.7 } : undefined;
  // divided by their sum these are softmax, and something like it
  if (activation === "exponential") return { expected: "softmax", weight: 0.35 };
  if (activation === "softplus") return { expected: "softmax", weight: 0.4 };
  // each in [0, 1] by itself, renormalised: it learns, and less well
  if (PROBABILITIES.includes(activation)) return { expected: "softmax", weight: 0.5 };
  return { expected: "softmax", weight: range[0] < 0 ? 0.95 : 0.9 };
}

function forBinaryProbabilities({ output, targets }: Facts): Verdict | undefined {
  if (PROBABILITIES.includes(output.activation)) return undefined;
  if (output.activation === "softmax") {
    // sum 1 over outputs of which several are true at once
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
  if (targets.kind === "multilabel" && output.activation === "softmax") return { expected: "sigmoid", weight: 0.6 };
  if (targets.kind === "numbers" && output.activation === "softmax") return { expected: "identity", weight: 0.9 };
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
    if (facts.output.activation === "softmax" && facts.output.units === 1) return [];
    const verdict = verdictOf(facts);
    return verdict === undefined ? [] : [finding(facts, verdict)];
  },
};
