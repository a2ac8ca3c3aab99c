import { toTensor } from "../../tensor/tensor.ts";
import { softplusOf } from "../numerics.ts";
import { PROBABILITY_MARGIN } from "./classes.ts";
import { type LossOptions, type LossRule, reductionField } from "./loss-rule.ts";
import { binaryTargets } from "./targets.ts";

/** Cross-entropy of the sigmoid of logits with targets in [0, 1], for each output separately.
 *    L = log(1 + exp(x)) - x y,   computed as max(x, 0) - x y + log1p(exp(-|x|))
 *  Shapes: output and target (N, …), of equal shape; the mean is over all numbers. */
export interface BinaryCrossEntropyWithLogitsConfig extends LossOptions {
  readonly type: "binaryCrossEntropyWithLogits";
}

/** Cross-entropy of probabilities with targets in [0, 1], for each output separately.
 *    p <- clip(p, 1e-7, 1 - 1e-7);   L = -y log p - (1 - y) log(1 - p)
 *  Shapes: output and target (N, …), of equal shape. For logits use the form above: it is exact if p rounds to 0 or 1. As in Keras. */
export interface BinaryCrossEntropyConfig extends LossOptions {
  readonly type: "binaryCrossEntropy";
}

export const binaryCrossEntropyWithLogitsRule: LossRule<BinaryCrossEntropyWithLogitsConfig> = {
  fields: { reduction: reductionField },
  expects: "logits",
  targets: "binary",
  source: "Cox, The Regression Analysis of Binary Sequences, 1958",
  terms: ({ type }, output, target) => ({
    values: softplusOf(output).sub(output.mul(binaryTargets(type, output, target))),
  }),
};

export const binaryCrossEntropyRule: LossRule<BinaryCrossEntropyConfig> = {
  fields: { reduction: reductionField },
  expects: "probabilities",
  targets: "binary",
  source: "Cox, The Regression Analysis of Binary Sequences, 1958; clipping as Keras",
  terms: ({ type }, output, target) => {
    const y = binaryTargets(type, output, target);
    const p = output.clip(PROBABILITY_MARGIN, 1 - PROBABILITY_MARGIN);
    const one = toTensor(1);
    return {
      values: y
        .mul(p.log())
        .add(one.sub(y).mul(one.sub(p).log()))
        .neg(),
    };
  },
};
