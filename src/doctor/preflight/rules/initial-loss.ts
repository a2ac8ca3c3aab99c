import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import { type PreflightRule, weightByDecades } from "../preflight-rule.ts";

const SOURCE = "Karpathy, A Recipe for Training Neural Networks, 2019: verify the loss at initialisation";

const thresholds = {
  /** Relative to ln(classes), the loss of a guess: sums of deviation 1 at the output give at most twice as much. */
  ratio: 5,
};

/** The loss of a guess: ln C for one class among C, ln 2 for yes or no. Undefined if the targets set the scale. */
function expectedLoss({ lossRule, output, loss }: Facts): number | undefined {
  const isMean = !("reduction" in loss) || loss.reduction === "mean";
  if (!isMean || output.units === 0) return undefined;
  if (lossRule.targets === "binary") return Math.LN2;
  const isLast = !("axis" in loss) || loss.axis === -1;
  return lossRule.targets === "classes" && output.units > 1 && isLast ? Math.log(output.units) : undefined;
}

/** Whether the initial loss is that of a guess. Far above, the initial weights are too large: the model is confident without reason. */
export const initialLoss: PreflightRule = {
  name: "initial-loss",
  thresholds,
  source: SOURCE,
  examine(facts): readonly Finding[] {
    const { start, output, inputs } = facts;
    if (start === undefined) return [];
    if (!Number.isFinite(start.loss)) {
      const evidence: Finding["evidence"] = [
        { measure: "initial-loss", value: start.loss, values: { expected: expectedLoss(facts) ?? 1 } },
      ];
      return inputs.notFinite > 0
        ? []
        : [{ problem: "numerical-error", since: 0, evidence, weight: 0.8, source: SOURCE }];
    }
    const expected = expectedLoss(facts);
    if (expected === undefined) return [];
    const ratio = start.loss / expected;
    if (ratio <= thresholds.ratio) return [];
    const evidence: Finding["evidence"] = [
      { measure: "initial-loss", value: start.loss, threshold: thresholds.ratio * expected, values: { expected } },
    ];
    // inputs that are too large have the same effect, and their own finding
    const least = inputs.size > 10 ? 0.3 : 0.4;
    const weight = weightByDecades(ratio, thresholds.ratio, { least, most: 0.7, perDecade: 0.25 });
    return [{ problem: "poor-initialisation", layer: output.path, since: 0, evidence, weight, source: SOURCE }];
  },
};
