import { splitConfig } from "../../core/config.ts";
import { type Tensor, where } from "../../tensor/tensor.ts";
import { type Fields, type Resolved, resolveConfig } from "../fields.ts";
import {
  type BinaryCrossEntropyConfig,
  type BinaryCrossEntropyWithLogitsConfig,
  binaryCrossEntropyRule,
  binaryCrossEntropyWithLogitsRule,
} from "./binary.ts";
import {
  type CategoricalCrossEntropyConfig,
  categoricalCrossEntropyRule,
  type NllConfig,
  nllRule,
  type SoftmaxCrossEntropyConfig,
  softmaxCrossEntropyRule,
} from "./classes.ts";
import type { LossRule, LossTerms } from "./loss-rule.ts";
import {
  type HuberConfig,
  huberRule,
  type MaeConfig,
  type MseConfig,
  maeRule,
  mseRule,
  type SmoothL1Config,
  smoothL1Rule,
} from "./regression.ts";

/** A loss as data. */
export type LossConfig =
  | SoftmaxCrossEntropyConfig
  | CategoricalCrossEntropyConfig
  | NllConfig
  | BinaryCrossEntropyWithLogitsConfig
  | BinaryCrossEntropyConfig
  | MseConfig
  | MaeConfig
  | HuberConfig
  | SmoothL1Config;

export type LossType = LossConfig["type"];

/** A configuration, or just a name for the defaults. */
export type LossInput = LossConfig | LossType;

/** Every loss. A type without an entry does not compile. */
export const LOSSES: { readonly [T in LossType]: LossRule<Extract<LossConfig, { readonly type: T }>> } = {
  softmaxCrossEntropy: softmaxCrossEntropyRule,
  categoricalCrossEntropy: categoricalCrossEntropyRule,
  nll: nllRule,
  binaryCrossEntropyWithLogits: binaryCrossEntropyWithLogitsRule,
  binaryCrossEntropy: binaryCrossEntropyRule,
  mse: mseRule,
  mae: maeRule,
  huber: huberRule,
  smoothL1: smoothL1Rule,
};

function ruleOf(config: { readonly type: LossType }): LossRule<LossConfig> {
  return LOSSES[config.type] as LossRule<LossConfig>;
}

/** A loss with its defaults filled in.
 *  @throws `unknown-field` for a misspelt name or field, `bad-argument` for a value out of range. */
export function resolveLoss(loss: LossInput): Resolved<LossConfig> {
  const { type, options } = splitConfig("loss", "loss", loss, Object.keys(LOSSES) as LossType[]);
  return resolveConfig<LossConfig>(
    `loss (${type})`,
    { ...options, type },
    ruleOf({ type }).fields as Fields<LossConfig>,
  );
}

/** The terms of a loss: a number for each sample or output, and weights if the mean is weighted. They make the mean over
 *  several batches exact: sum of all values / sum of all weights. */
export function lossTerms(loss: LossInput, output: Tensor, target: Tensor): LossTerms {
  const config = resolveLoss(loss);
  return ruleOf(config).terms(config, output, target);
}

/** A loss, reduced according to its configuration: a scalar, unless `reduction` is "none".
 *    mean = sum(values) / sum(weights),   0 if all weights are 0: all labels ignored, or of classes with weight 0
 *  @param output (N, …), the model's output.
 *  @param target labels or values; see the loss's configuration.
 *  @throws `shape-mismatch`, `dtype-mismatch` if output and target do not fit; `label-out-of-range` if the labels are known, not
 *    fed to a step, and one is not a class (one that is fed makes the loss NaN); what `resolveLoss` throws. */
export function computeLoss(loss: LossInput, output: Tensor, target: Tensor): Tensor {
  const { reduction } = resolveLoss(loss);
  const { values, weights } = lossTerms(loss, output, target);
  if (reduction === "none") return values;
  if (reduction === "sum") return values.sum();
  return weights === undefined ? values.mean() : quotientOrZero(values.sum(), weights.sum());
}

/** One number per sample, (N,): the mean over those values of a sample that are not ignored, 0 if all are. Not divided by
 *  class weights.
 *  @throws as `computeLoss`. */
export function lossPerSample(loss: LossInput, output: Tensor, target: Tensor): Tensor {
  const { values, isCounted } = lossTerms(loss, output, target);
  if (values.rank <= 1) return values;
  if (isCounted === undefined) return values.flatten(1).mean(1);
  return quotientOrZero(values.flatten(1).sum(1), isCounted.cast("float32").flatten(1).sum(1));
}

/** Whether a batch may have nothing to learn from: the loss ignores a label, or a class has weight 0. */
export function mayWeighNothing(loss: LossInput): boolean {
  const { ignoreIndex, classWeights } = resolveLoss(loss) as { ignoreIndex?: number; classWeights?: readonly number[] };
  return ignoreIndex !== undefined || (classWeights?.includes(0) ?? false);
}

/** sum / weight, and 0 if the weight is 0. */
function quotientOrZero(sum: Tensor, weight: Tensor): Tensor {
  const isEmpty = weight.equal(0);
  return where(isEmpty, 0, sum.div(where(isEmpty, 1, weight)));
}
