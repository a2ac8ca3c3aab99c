import { factsOf } from "../../../nn/layers.ts";
import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import { type PreflightRule, weightByDecades } from "../preflight-rule.ts";

const SOURCE = "LeCun, Bottou, Orr, Müller, Efficient BackProp, 1998, section 4.3: inputs of mean 0 and covariance 1";

const thresholds = {
  /** Initialisers are made for inputs of size 1. Ten times that multiplies every gradient of the first layer by ten. */
  large: 10,
  /** A fiftieth of it makes them too small. Zeros are left out of the measure, so that sparse inputs do not count as small. */
  small: 0.02,
  /** One feature a hundred times the size of half of the others hides them: the loss is a valley that is a hundred times as steep in one direction. */
  spread: 100,
  /** Features that vary by a fiftieth of their size look alike to the first layer. */
  variation: 0.02,
};

/** Whether a normalisation before the first activation removes the scale. */
function isNormalisedAtOnce({ model, weights }: Facts): boolean {
  const first = model.layers.findIndex((layer) => factsOf(layer).role === "normalization");
  const weighted = model.layers.findIndex(({ path }) => path === weights[0]?.path);
  return (first >= 0 && first < weighted) || weights[0]?.isNormalised === true;
}

/** Whether the inputs have the size that initialisers and learning rates expect. */
export const inputScale: PreflightRule = {
  name: "input-scale",
  thresholds,
  source: SOURCE,
  examine(facts): readonly Finding[] {
    const { inputs, readsIndices } = facts;
    if (readsIndices || inputs.notFinite > 0 || inputs.constant === 1) return [];
    const share = isNormalisedAtOnce(facts) ? 0.4 : 1;
    const found = (evidence: Finding["evidence"][number], weight: number): readonly Finding[] => [
      { problem: "unscaled-input", since: 0, evidence: [evidence], weight: weight * share, source: SOURCE },
    ];
    const values = { feature: inputs.largestIndex, low: inputs.lowest, high: inputs.highest };
    if (inputs.size > thresholds.large) {
      const weight = weightByDecades(inputs.size, thresholds.large, { least: 0.5, most: 0.85, perDecade: 0.35 });
      return found({ measure: "input-scale", value: inputs.size, threshold: thresholds.large, values }, weight);
    }
    const spread = inputs.largestFeature / inputs.medianFeature;
    if (spread > thresholds.spread) {
      const weight = weightByDecades(spread, thresholds.spread, { least: 0.45, most: 0.7, perDecade: 0.15 });
      return found({ measure: "input-spread", value: spread, threshold: thresholds.spread, values }, weight);
    }
    if (inputs.sizeWherePresent < thresholds.small) {
      const value = inputs.sizeWherePresent;
      const weight = weightByDecades(value, thresholds.small, { least: 0.4, most: 0.85, perDecade: 0.25 });
      return found({ measure: "input-scale", value, threshold: thresholds.small, values }, weight);
    }
    if (inputs.variation < thresholds.variation) {
      const value = inputs.variation;
      const weight = weightByDecades(value, thresholds.variation, { least: 0.45, most: 0.8, perDecade: 0.3 });
      return found({ measure: "input-variation", value, threshold: thresholds.variation, values }, weight);
    }
    return [];
  },
};
