import { isOfAllUnits } from "../../../nn/activations.ts";
import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import type { PreflightRule } from "../preflight-rule.ts";

const SOURCE = "Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990";

const thresholds = {
  /** A single output cannot sum to 1 with others and still change. */
  units: 2,
};

function finding({ output }: Facts, expected: string, weight: number): Finding {
  return {
    problem: "output-activation-mismatch",
    layer: output.path,
    since: 0,
    evidence: [
      {
        measure: "output-units",
        value: output.units,
        values: { units: output.units, expected, activation: output.activation },
      },
    ],
    weight,
    source: SOURCE,
  };
}

/** The replacement of a softmax over one unit. */
function instead({ lossRule, targets }: Facts): string {
  if (lossRule.expects === "logits") return "identity";
  return targets.kind === "numbers" || lossRule.expects === "values" ? "identity" : "sigmoid";
}

/** Softmax over one unit is exp(x) / exp(x) = 1 for every input, so it cannot learn. A loss over classes needs at least two outputs
 *  for the same reason. */
export const outputUnits: PreflightRule = {
  name: "output-units",
  thresholds,
  source: SOURCE,
  examine(facts) {
    const { output, lossRule } = facts;
    if (output.units >= thresholds.units) return [];
    const { activation, kind } = output;
    if (isOfAllUnits(kind)) return [finding(facts, instead(facts), 1)];
    return lossRule.targets === "classes" ? [finding(facts, activation, 0.9)] : [];
  },
};
