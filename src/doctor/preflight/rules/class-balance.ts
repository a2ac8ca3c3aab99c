import { largest } from "../../../core/extremes.ts";
import type { Evidence, Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import type { PreflightRule } from "../preflight-rule.ts";

const SOURCE =
  "Buda, Maki, Mazurowski, A systematic study of the class imbalance problem in convolutional neural networks, 2018";

const thresholds = {
  /** A class that is missing from this many samples per class is not missing by chance: exp(-10) = 5e-5. */
  samplesPerClass: 10,
  /** If half of the outputs have no sample, labels and outputs do not belong together. */
  missing: 0.5,
  /** Beyond, a model that has learned nothing is right 19 times in 20. Common, and not a fault in itself. */
  imbalance: 0.95,
};

/** Number of classes that the outputs distinguish: a single yes or no distinguishes two. */
function classesOf({ output, targets, loss, lossRule, training }: Facts): number {
  if (lossRule.targets === "binary" || targets.kind === "binary" || output.units === 1) return 2;
  const isLast = !("axis" in loss) || loss.axis === -1;
  return isLast ? output.units : (training.data.train.classes ?? targets.classCounts.size);
}

/** A single class, classes that never occur, and one that nearly always does. */
export const classBalance: PreflightRule = {
  name: "class-balance",
  thresholds,
  source: SOURCE,
  examine(facts): readonly Finding[] {
    const { targets } = facts;
    const found = (evidence: Evidence, weight: number): readonly Finding[] => [
      { problem: "label-fault", since: 0, evidence: [evidence], weight, source: SOURCE },
    ];
    if (targets.count < 2 || targets.notFinite > 0) return [];
    // one value for all is one class, in any form
    const isConstant = targets.kind === "one-hot" ? targets.classCounts.size === 1 : targets.distinct === 1;
    if (isConstant) return found({ measure: "one-class", value: 1, threshold: 1 }, 0.95);
    if (targets.kind === "numbers" || targets.classCounts.size === 0) return [];
    const classes = targets.kind === "one-hot" ? targets.width : classesOf(facts);
    const missing = classes - targets.classCounts.size;
    const value = missing / classes;
    if (missing > 0 && targets.count >= thresholds.samplesPerClass * classes) {
      // one or two spare outputs, as with labels from 1, cost almost nothing
      const weight = value >= thresholds.missing ? 0.7 : 0.15;
      return found(
        { measure: "class-missing", value: missing, threshold: thresholds.missing * classes, values: { classes } },
        weight,
      );
    }
    const share = largest(targets.classCounts.values()) / targets.count;
    if (share <= thresholds.imbalance) return [];
    return found({ measure: "class-imbalance", value: share, threshold: thresholds.imbalance }, 0.2);
  },
};
