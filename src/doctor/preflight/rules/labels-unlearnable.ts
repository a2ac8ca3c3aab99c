import { largest } from "../../../core/extremes.ts";
import type { LayerRole } from "../../../nn/layer.ts";
import { factsOf } from "../../../nn/layers.ts";
import { glance, learnSimply } from "../../attainable.ts";
import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import type { PreflightRule } from "../preflight-rule.ts";

const SOURCE =
  "Zhang, Bengio, Hardt, Recht, Vinyals, Understanding deep learning requires rethinking generalization, 2017 (random labels)";

const thresholds = {
  /** |correlation| * sqrt(samples), cross-validated, of the best learner: if the labels do not depend on the inputs it is about 1,
   *  and above 3.5 once in two thousand times. Negative correlations count too: the neighbours of a parity are always wrong. */
  significance: 3.5,
  /** The same on a few samples: above it, the relation is clear without a closer inspection. */
  glance: 6,
  /** Fewer samples hide weak relations. */
  samples: 250,
};

const SEQUENCE_READERS: readonly LayerRole[] = ["lookup", "recurrent", "attention"];

/** How much the failure of simple learners means: much for plain features, little for relations that they cannot see. */
function sureness({ model, inputs, targets, lossRule }: Facts): number {
  const readsSequences = model.layers.some((layer) => SEQUENCE_READERS.includes(factsOf(layer).role));
  // networks see relations between steps, or products of many bits, but neighbours do not
  if (readsSequences) return 0.2;
  if (inputs.isTwoValued) return 0.3;
  return targets.kind === "numbers" && lossRule.targets === "values" ? 0.45 : 0.6;
}

/** Whether the inputs say anything about the labels, by nearest neighbours and linear models. If none is clearly better than a guess,
 *  the labels may be shuffled, or belong to other samples. */
export const labelsUnlearnable: PreflightRule = {
  name: "labels-unlearnable",
  thresholds,
  source: SOURCE,
  examine(facts): readonly Finding[] {
    const { targets, inputs, training } = facts;
    const isShown = targets.distinct > 1 && targets.notFinite === 0 && inputs.notFinite === 0 && inputs.constant < 1;
    if (!isShown || training.data.train.length < thresholds.samples) return [];
    if (glance(training) > thresholds.glance) return [];
    const { samples, correlations, crossValidated } = learnSimply(training);
    if (samples < thresholds.samples) return [];
    const strongest = largest(correlations.map(({ value }) => Math.abs(value))) * Math.sqrt(samples);
    if (strongest > thresholds.significance) return [];
    const { value, chance } = crossValidated;
    return [
      {
        problem: "label-fault",
        since: 0,
        evidence: [
          { measure: "labels-unlearnable", value, threshold: chance, values: { chance, significance: strongest } },
        ],
        weight: sureness(facts),
        source: SOURCE,
      },
    ];
  },
};
