import { requireArgument } from "../core/errors.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { choiceField } from "./fields.ts";
import type { LayerRule } from "./layer.ts";

type SequencePoolKind = "mean" | "max" | "first" | "last";

/** One vector for a whole sequence: the mean or the maximum over its steps, feature by feature, or its first or last step.
 *    y_f = mean over t of x_(t, f)      (or max over t, or x_(0, f), or x_(T - 1, f))
 *  Shapes: x (N, T, F) -> (N, F).
 *  @throws `bad-argument` if the input is not a sequence. */
export interface SequencePoolConfig {
  readonly type: "sequencePool";
  /** Default "mean" */
  readonly kind?: SequencePoolKind;
}

const KINDS: { readonly [K in SequencePoolKind]: (x: Tensor) => Tensor } = {
  mean: (x) => x.mean(1),
  max: (x) => x.max(1),
  first: (x) => x.slice(1, 0, 1).flatten(1),
  last: (x) => x.slice(1, -1).flatten(1),
};

export const sequencePoolRule: LayerRule<SequencePoolConfig> = {
  fields: { kind: choiceField(Object.keys(KINDS) as SequencePoolKind[], "mean") },
  facts: { role: "globalPooling", passes: "range", unitAxis: "last" },
  outputShape: (_, inputShape) => {
    requireArgument(
      inputShape.length === 2,
      `expects sequences (T, F), got ${formatShape(inputShape)}. For images use { "type": "globalAvgPool" }.`,
      { inputShape },
    );
    return inputShape.slice(1);
  },
  apply: ({ kind }, x) => KINDS[kind](x),
};
