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

/** A configuration, or a bare name where the defaults will do. */
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

/** A loss with its defaults written out.
 *  @throws `unknown-field` for a misspelt name or field, `bad-argument` for a value out of range. */
export function resolveLoss(loss: LossInput): Resolved<LossConfig> {
  const { type, options } = splitConfig("loss", "loss", loss, Object.keys(LOSSES) as LossType[]);
  return resolveConfig<LossConfig>(
    `loss (${type})`,
    { ...options, type },
    ruleOf({ type }).fields as Fields<LossConfig>,
  );
}

/** What a loss is made of: a number for each sample or output, and weights where the mean is weighted. With these, the mean
 *  over several batches is exact: sum of all values / sum of all weights. */
export function lossTerms(loss: LossInput, output: Tensor, target: Tensor): LossTerms {
  const config = resolveLoss(loss);
  return ruleOf(config).terms(config, output, target);
}

/** A loss, reduced as its configuration says: a scalar, unless `reduction` is "none".
 *    mean = sum(values) / sum(weights),   0 where nothing has a weight: all labels ignored, or of classes that weigh 0
 *  @param output (N, …), what the model gives.
 *  @param target labels or values; see the loss's configuration.
 *  @throws `shape-mismatch`, `dtype-mismatch` where output and target do not fit; `label-out-of-range` where labels are given, not fed
 *    to a step, and one is no class (one that is fed makes the loss NaN); what `resolveLoss` throws. */
export function computeLoss(loss: LossInput, output: Tensor, target: Tensor): Tensor {
  const { reduction } = resolveLoss(loss);
  const { values, weights } = lossTerms(loss, output, target);
  if (reduction === "none") return values;
  if (reduction === "sum") return values.sum();
  return weights === undefined ? values.mean() : quotientOrZero(values.sum(), weights.sum());
}

/** One number a sample, (N,): the mean over what a sample has several of and does not ignore, 0 where it ignores all. Not divided
 *  by class weights.
 *  @throws as `computeLoss`. */
export function lossPerSample(loss: LossInput, output: Tensor, target: Tensor): Tensor {
  const { values, isCounted } = lossTerms(loss, output, target);
  if (values.rank <= 1) return values;
  if (isCounted === undefined) return values.flatten(1).mean(1);
  return quotientOrZero(values.flatten(1).sum(1), isCounted.cast("float32").flatten(1).sum(1));
}

/** Whether a batch may have nothing to learn from: labels are ignored, or classes weigh nothing. */
export function mayWeighNothing(loss: LossInput): boolean {
  const { ignoreIndex, classWeights } = resolveLoss(loss) as { ignoreIndex?: number; classWeights?: readonly number[] };
  return ignoreIndex !== undefined || (classWeights?.includes(0) ?? false);
}

/** sum / weight, and 0 where the weight is. */
function quotientOrZero(sum: Tensor, weight: Tensor): Tensor {
  const isEmpty = weight.equal(0);
  return where(isEmpty, 0, sum.div(where(isEmpty, 1, weight)));
}
