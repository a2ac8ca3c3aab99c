import { requireArgument } from "../../core/errors.ts";
import { type Field, type Fields, FRACTION, field, withDefault } from "../../core/fields.ts";
import { range, tensor } from "../../tensor/create.ts";
import { type Tensor, where } from "../../tensor/tensor.ts";
import { axisField, type Resolved } from "../fields.ts";
import { logSoftmaxOf } from "../numerics.ts";
import { type LossOptions, type LossRule, type LossTerms, reductionField } from "./loss-rule.ts";
import { type ClassTargets, classTargets } from "./targets.ts";

/** Probabilities are clipped this far from 0 and 1 before the logarithm, as in Keras. */
export const PROBABILITY_MARGIN = 1e-7;

/** Options of losses for one class among several. */
export interface ClassOptions extends LossOptions {
  /** e: targets become (1 - e) target + e / classes. In [0, 1]. Default 0.
   *  Source: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2016 */
  readonly labelSmoothing?: number;
  /** one weight per class; the mean is then weighted by those of the targets. Default: all 1 */
  readonly classWeights?: readonly number[];
  /** samples with this label are left out of the loss. Default: none */
  readonly ignoreIndex?: number;
  /** axis of the classes, counted with the batch axis. Default -1, the last; for (N, C, H, W) it is 1 */
  readonly axis?: number;
}

/** Cross-entropy of the softmax of logits with labels or one-hot targets.
 *    L_i = -w_y log softmax(x_i)_y,   mean: sum of L_i / sum of w_y          (w = 1 without class weights)
 *  Shapes: output (N, C); target int32 labels (N,) or one-hot float32 (N, C). Sequences: output (N, T, C), target (N, T); every step
 *  has the same weight, and `ignoreIndex` leaves out padding; if no step remains, the loss is 0. The classes are the last
 *  axis, as in the output of our layers; if they are axis 1, as in PyTorch, (N, C, T) or (N, C, H, W), give `axis: 1`.
 *  Weighted mean and smoothing as in PyTorch. */
export interface SoftmaxCrossEntropyConfig extends ClassOptions {
  readonly type: "softmaxCrossEntropy";
}

/** Cross-entropy of probabilities with labels or one-hot targets.
 *    p <- clip(p / sum of p, 1e-7, 1 - 1e-7);   L_i = -w_y log p_y
 *  Shapes as softmaxCrossEntropy. For logits use that loss: it is exact if probabilities round to 0. As in Keras. */
export interface CategoricalCrossEntropyConfig extends ClassOptions {
  readonly type: "categoricalCrossEntropy";
}

/** Negative log-likelihood: softmaxCrossEntropy of an output that already passed through logSoftmax.
 *    L_i = -w_y x_y */
export interface NllConfig extends ClassOptions {
  readonly type: "nll";
}

const weightsField: Field<readonly number[]> = field(
  "a list of numbers of at least 0, one for each class",
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every((weight) => typeof weight === "number" && weight >= 0),
  { type: "array", items: { type: "number", minimum: 0 }, minItems: 1 },
);

const FIELDS: Fields<ClassOptions> = {
  labelSmoothing: withDefault(FRACTION, 0),
  classWeights: weightsField,
  ignoreIndex: field("an integer, a label", Number.isSafeInteger, { type: "integer" }),
  axis: axisField(-1),
  reduction: reductionField,
};

type Options = Omit<Resolved<ClassOptions>, "classWeights" | "ignoreIndex"> &
  Pick<ClassOptions, "classWeights" | "ignoreIndex">;

/** -sum over classes of target' w log p, and the weight of each target. */
function terms(loss: string, logarithms: Tensor, targets: ClassTargets, options: Options): LossTerms {
  const { labelSmoothing: smoothing, classWeights, ignoreIndex } = options;
  const classes = logarithms.shape.at(-1) as number;
  requireArgument(
    classWeights === undefined || classWeights.length === classes,
    `${loss}: classWeights must have ${classes} numbers, one for each class, got ${classWeights?.length}.`,
    { loss, classes, classWeights },
  );
  const weights = classWeights === undefined ? undefined : tensor([...classWeights]);
  const weighted = weights === undefined ? logarithms : logarithms.mul(weights);
  const { labels, distribution } = targets;
  const isTarget = labels?.unsqueeze(-1).equal(range(classes));
  // a selection, not a product: 0 times a logarithm of minus infinity would be NaN
  const pick = (values: Tensor): Tensor =>
    isTarget ? where(isTarget, values, 0).sum(-1) : values.mul(distribution as Tensor).sum(-1);
  const chosen = pick(weighted);
  const smoothed = smoothing === 0 ? chosen : chosen.mul(1 - smoothing).add(weighted.sum(-1).mul(smoothing / classes));
  const values = smoothed.neg();
  const targetWeights = weights === undefined ? undefined : pick(weights.broadcastTo(logarithms.shape));
  if (labels === undefined || isTarget === undefined) {
    return { values, ...(targetWeights === undefined ? {} : { weights: targetWeights }) };
  }
  // a step cannot refuse a label that is fed to it, so a label that is not a class makes the loss NaN. Counting the matching
  // classes, instead of comparing labels with their number, is one more sum in the kernel that passes over the logits
  const isClass = isTarget.cast("float32").sum(-1).greater(0);
  const checked = where(isClass, values, Number.NaN);
  if (ignoreIndex === undefined)
    return { values: checked, ...(targetWeights === undefined ? {} : { weights: targetWeights }) };
  const isCounted = labels.notEqual(ignoreIndex);
  return { values: where(isCounted, checked, 0), weights: where(isCounted, targetWeights ?? 1, 0), isCounted };
}

export const softmaxCrossEntropyRule: LossRule<SoftmaxCrossEntropyConfig> = {
  fields: FIELDS,
  expects: "logits",
  targets: "classes",
  source: "Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, 1990",
  terms: (config, output, target) => {
    const targets = classTargets(config.type, output, target, config);
    return terms(config.type, logSoftmaxOf(targets.output, -1), targets, config);
  },
};

export const categoricalCrossEntropyRule: LossRule<CategoricalCrossEntropyConfig> = {
  fields: FIELDS,
  expects: "probabilities",
  targets: "classes",
  source: "Good, Rational Decisions, 1952; clipping as Keras",
  terms: (config, output, target) => {
    const targets = classTargets(config.type, output, target, config);
    const normal = targets.output.div(targets.output.sum(-1, true));
    const logarithms = normal.clip(PROBABILITY_MARGIN, 1 - PROBABILITY_MARGIN).log();
    return terms(config.type, logarithms, targets, config);
  },
};

export const nllRule: LossRule<NllConfig> = {
  fields: FIELDS,
  expects: "logProbabilities",
  targets: "classes",
  source: "Fisher, On the Mathematical Foundations of Theoretical Statistics, 1922",
  terms: (config, output, target) => {
    const targets = classTargets(config.type, output, target, config);
    return terms(config.type, targets.output, targets, config);
  },
};
