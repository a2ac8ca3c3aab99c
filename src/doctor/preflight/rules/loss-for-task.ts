import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import type { TargetKind } from "../facts/targets.ts";
import type { PreflightRule } from "../preflight-rule.ts";
import { areScaledLabels } from "./label-values.ts";

const SOURCE =
  "Bishop, Pattern Recognition and Machine Learning, 2006, sections 4.3 and 5.2; Golik, Doetsch, Ney, Cross-Entropy vs. Squared Error Training, 2013";

const thresholds = {
  /** From three up to this many integers may be classes; more are rather counts or grades. */
  classes: 20,
  /** A class should have this many samples on average, else equal values are chance. */
  samplesPerClass: 10,
  /** Yes-or-no targets with more numbers than this are pictures, which squared errors can also reconstruct. */
  picture: 64,
};

interface Verdict {
  readonly task: string;
  readonly expected: string;
  readonly weight: number;
}

/** Few integers without a gap, each of them frequent: class labels stored as numbers. */
function areLabelsAsNumbers({ targets, output }: Facts): boolean {
  const { levels, areIntegers, count, width } = targets;
  if (!areIntegers || width !== 1 || output.units !== 1) return false;
  const isFew = levels.length >= 3 && levels.length <= thresholds.classes;
  return (
    isFew &&
    targets.highest - targets.lowest + 1 === levels.length &&
    count >= thresholds.samplesPerClass * levels.length
  );
}

/** Squared or absolute errors for classes: the gradient vanishes where the model is most wrong. */
function valuesLoss(facts: Facts): Verdict | undefined {
  const { targets, output, training } = facts;
  const classes = "categoricalCrossEntropy";
  if (targets.kind === "labels") {
    return targets.classCounts.size > 2
      ? { task: "classes", expected: classes, weight: 0.85 }
      : { task: "binary", expected: "binaryCrossEntropy", weight: 0.5 };
  }
  const byKind: Partial<Record<TargetKind, Verdict | undefined>> = {
    "one-hot": targets.hot === 1 ? { task: "classes", expected: classes, weight: 0.75 } : undefined,
    binary: { task: "binary", expected: "binaryCrossEntropy", weight: output.units === 1 ? 0.4 : 0.5 },
    multilabel: {
      task: "multilabel",
      expected: "binaryCrossEntropy",
      weight: targets.width > thresholds.picture ? 0.1 : 0.35,
    },
    numbers: areLabelsAsNumbers(facts)
      ? { task: "classes", expected: classes, weight: training.data.train.classes === undefined ? 0.4 : 0.9 }
      : undefined,
  };
  return byKind[targets.kind];
}

/** Cross-entropy between classes for targets that are not one of several classes. */
function classesLoss({ targets, output }: Facts): Verdict | undefined {
  // labels that were divided by a number are left to another rule
  if (targets.kind === "numbers")
    return areScaledLabels({ targets }) ? undefined : { task: "values", expected: "mse", weight: 0.95 };
  if (targets.kind === "multilabel") return { task: "multilabel", expected: "binaryCrossEntropy", weight: 0.7 };
  return output.units === 1 ? { task: "binary", expected: "binaryCrossEntropy", weight: 0.95 } : undefined;
}

/** Yes or no for each output, for targets that are neither. */
function binaryLoss(facts: Facts): Verdict | undefined {
  const { targets } = facts;
  if (targets.kind === "one-hot" && targets.hot === 1 && targets.classCounts.size > 2) {
    return {
      task: "classes",
      expected: "categoricalCrossEntropy",
      weight: facts.output.kind.gives === "distribution" ? 0.3 : 0.4,
    };
  }
  if (targets.kind !== "numbers" || areScaledLabels(facts)) return undefined;
  if (areLabelsAsNumbers(facts)) return { task: "classes", expected: "categoricalCrossEntropy", weight: 0.9 };
  const areShares = targets.lowest >= 0 && targets.highest <= 1;
  // pixels of a picture, or probabilities, may be learned like this
  if (areShares) return undefined;
  return { task: "values", expected: "mse", weight: 0.9 };
}

function finding(facts: Facts, { task, expected, weight }: Verdict): Finding {
  return {
    problem: "loss-mismatch",
    since: 0,
    evidence: [{ measure: "loss-for-task", value: 1, values: { loss: facts.loss.type, task, expected } }],
    weight,
    source: SOURCE,
  };
}

/** Whether the loss fits targets of this kind. */
export const lossForTask: PreflightRule = {
  name: "loss-for-task",
  thresholds,
  source: SOURCE,
  examine(facts) {
    // targets that are not finite have no kind
    if (facts.targets.notFinite > 0) return [];
    const byTargets = { values: valuesLoss, classes: classesLoss, binary: binaryLoss } satisfies Record<
      Facts["lossRule"]["targets"],
      (facts: Facts) => Verdict | undefined
    >;
    const verdict = byTargets[facts.lossRule.targets](facts);
    return verdict === undefined ? [] : [finding(facts, verdict)];
  },
};
