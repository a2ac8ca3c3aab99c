import { requireArgument } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import { requireKnownName } from "../core/suggest.ts";
import { range } from "../tensor/create.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import type { MetricName } from "./events.ts";

/** The form of the targets, for metrics that count correct predictions:
 *    labels    the number of a class
 *    oneHot    a distribution over classes, of which the largest is correct
 *    yesNo     yes or no for each output, independently
 *    numbers   anything else: no prediction is correct or wrong, only near or far */
export type TargetForm = "labels" | "oneHot" | "yesNo" | "numbers";

/** What a metric needs to know about outputs and targets. */
export interface MetricContext {
  /** An output above is a yes, if each output is a yes or no: 0 for logits, 0.5 for probabilities. */
  readonly threshold: number;
  /** Axis of the classes in one sample's output. Default -1, the last. */
  readonly classAxis?: number;
  /** The label that the loss ignores, such as padding: accuracy and top k ignore it too. Default: none. */
  readonly ignoreIndex?: number;
  /** How the loss interprets the targets. Default: by their shape. */
  readonly targets?: "classes" | "binary" | "values";
  /** The form of the targets. Default: by their shape and type. */
  readonly form?: TargetForm;
  /** A target above is a yes. Default 0.5. */
  readonly middle?: number;
}

/** One number per batch: the sum of the metric over its samples, computed inside the compiled step. */
export type MetricSum = (output: Tensor, target: Tensor, context: MetricContext) => Tensor;

export interface MetricRule {
  readonly better: "higher" | "lower";
  readonly sum: MetricSum;
  /** The sum runs over labels, and its divisor is the number that count. Default: the number of samples. */
  readonly isOverLabels?: true;
}

// B samples, C classes: output (B, …, C), target (B, …) int32 labels or (B, …, C) values; the classes may be on another axis

/** Share of correct predictions, by form of the targets:
 *    classes (labels, one-hot rows)   the class's output is the largest; of n equal ones, each is correct with share 1 / n
 *    yes or no, one or several        output and target are on the same side, for each output
 *    a label for one number           the label is the nearest integer
 *  An output that is NaN is wrong. */
const accuracy: MetricRule = {
  better: "higher",
  isOverLabels: true,
  sum: (output, target, context) => {
    if (isByClass(output, target, context))
      return sumOfMeans(whereCounted(amongLargest(output, target, 1), target, context));
    const single = output.reshape(target.shape);
    const value = target.cast("float32");
    if (context.targets === "values" && context.form === "labels") {
      return sumOfMeans(whereCounted(single.sub(value).abs().less(0.5).cast("float32"), target, context));
    }
    const { threshold, middle = 0.5 } = context;
    const isRight = single.greater(threshold).equal(value.greater(middle)).and(isNumber(single));
    return sumOfMeans(whereCounted(isRight.cast("float32"), target, context));
  },
};

/** Share of samples whose label is among the k largest outputs: see `amongLargest`. */
function topK(k: number): MetricRule {
  return {
    better: "higher",
    isOverLabels: true,
    sum: (output, target, context) => sumOfMeans(whereCounted(amongLargest(output, target, k), target, context)),
  };
}

/** Probability that the label's output is among the k largest, if ties are broken at random; 0 if an output is NaN:
 *    min(1, max(0, (k - larger) / equal)),   larger, equal: number of outputs larger than, or equal to, the label's, itself included
 *  Shapes: output (B, …, C) -> (B, …). */
function amongLargest(output: Tensor, target: Tensor, k: number): Tensor {
  const classes = output.shape.at(-1) as number;
  const isLabel = labelsOf(target).unsqueeze(-1).equal(range(classes));
  const count = (which: Tensor): Tensor => which.cast("float32").sum(-1);
  // a selection, not a product: 0 times infinity would be NaN
  const score = where(isLabel, output, 0).sum(-1, true);
  const [larger, equal] = [count(output.greater(score)), count(output.equal(score))];
  const share = larger.neg().add(k).div(equal.maximum(1)).clip(0, 1);
  const isWhole = count(isNumber(output)).equal(classes).and(count(isLabel).greater(0));
  return where(isWhole, share, 0);
}

function isNumber(x: Tensor): Tensor {
  return x.equal(x);
}

/** mean of (output - target)^2 */
const meanSquaredError: MetricRule = {
  better: "lower",
  sum: (output, target) => sumOfMeans(output.sub(valuesOf(output, target)).square()),
};

/** mean of |output - target| */
const meanAbsoluteError: MetricRule = {
  better: "lower",
  sum: (output, target) => sumOfMeans(output.sub(valuesOf(output, target)).abs()),
};

const RULES = { accuracy, meanSquaredError, meanAbsoluteError } satisfies Record<
  Exclude<MetricName, "loss" | `top${number}`>,
  MetricRule
>;

/** The names of metrics, besides the loss and `top1`, `top2`, … */
export const METRIC_NAMES = Object.keys(RULES);

/** The rule of a metric's name: `accuracy`, `top3` (any k), `meanSquaredError`, `meanAbsoluteError`.
 *  @throws GradusError `unknown-field` with a suggestion for any other name. */
export function metricRule(name: string): MetricRule {
  const rank = /^top([1-9]\d*)$/.exec(name);
  if (rank) return onClassAxis(topK(Number(rank[1])));
  requireKnownName("metrics", "metric", name, [...METRIC_NAMES, "top5"]);
  return onClassAxis(RULES[name as keyof typeof RULES]);
}

/** The same metric for classes on any axis, which is moved to the end. */
function onClassAxis({ sum, ...rule }: MetricRule): MetricRule {
  return {
    ...rule,
    sum: (output, target, context) => {
      const { classAxis = -1 } = context;
      const along = classAxis < 0 ? output.rank + classAxis : classAxis + 1;
      if (along >= output.rank - 1) return sum(output, target, context);
      const order = [...output.shape.keys()].filter((axis) => axis !== along).concat(along);
      return sum(output.transpose(order), target.rank === output.rank ? target.transpose(order) : target, context);
    },
  };
}

/** Checked names, each once, without `loss` (which is always computed).
 *  @param classAxis of the classes in the output of one sample; default the last axis.
 *  @throws GradusError `unknown-field`; `bad-argument` for a top k of all classes, and for a metric that does not fit the targets. */
export function checkMetrics(
  names: readonly string[],
  outputShape: readonly number[],
  { classAxis = -1, form, targets }: Pick<MetricContext, "classAxis" | "form" | "targets"> = {},
): readonly MetricName[] {
  const checked = [...new Set(names)].filter((name) => name !== "loss") as MetricName[];
  for (const name of checked) {
    const { isOverLabels } = metricRule(name);
    requireArgument(
      !(isOverLabels && form === "numbers"),
      `metrics: ${name} counts correct predictions, but the targets are real numbers. Give meanSquaredError or meanAbsoluteError, or targets that are class labels, one-hot rows, or yes and no as 1 and 0.`,
      { name, form },
    );
    requireArgument(
      !(name.startsWith("top") && (form === "yesNo" || targets === "binary")),
      `metrics: ${name} looks for one correct class among the largest outputs, but here each output is a separate yes or no. Give accuracy.`,
      { name, form },
    );
    const classes = outputShape.at(classAxis) ?? 1;
    requireArgument(
      !name.startsWith("top") || Number(name.slice(3)) < classes,
      `metrics: ${name} is always 1 with ${classes} classes. Give a k below ${classes}.`,
      { name, classes },
    );
  }
  return checked;
}

/** Whether a larger value of this metric is better. */
export function isHigherBetter(name: MetricName): boolean {
  return name !== "loss" && metricRule(name).better === "higher";
}

/** Whether the outputs of a sample are scores of classes, of which one is correct. */
function isByClass(output: Tensor, target: Tensor, { form, targets }: MetricContext): boolean {
  if (form === "yesNo" || (form === undefined && targets === "binary")) return false;
  return hasClassScores(output, target);
}

/** (B, …, C) scores against labels (B, …) or one-hot rows (B, …, C), C > 1; not one number per sample. */
function hasClassScores(output: Tensor, target: Tensor): boolean {
  const isLabelled = target.dtype !== "float32" && output.rank === target.rank + 1;
  const isOneHot = target.dtype === "float32" && output.rank === target.rank;
  return (isLabelled || isOneHot) && (output.shape.at(-1) as number) > 1;
}

/** Which labels count; undefined if all do. */
function isCounted(target: Tensor, { ignoreIndex }: MetricContext): Tensor | undefined {
  return ignoreIndex === undefined || target.dtype === "float32" ? undefined : target.notEqual(ignoreIndex);
}

function whereCounted(values: Tensor, target: Tensor, context: MetricContext): Tensor {
  const counted = isCounted(target, context);
  return counted === undefined ? values : where(counted, values, 0);
}

/** Divisor of sums over labels: the share of each sample's labels that count, summed over the batch; undefined if all
 *  do. */
export function countedLabels(target: Tensor, context: MetricContext): Tensor | undefined {
  const counted = isCounted(target, context);
  return counted && sumOfMeans(counted.cast("float32"));
}

/** int32 labels unchanged; float32 rows give the class of their largest value. */
function labelsOf(target: Tensor): Tensor {
  return target.dtype === "float32" ? target.argMax(-1) : target;
}

/** Targets as numbers in the output's shape: labels become one-hot rows. */
function valuesOf(output: Tensor, target: Tensor): Tensor {
  if (target.dtype !== "float32" && hasClassScores(output, target)) return target.oneHot(output.shape.at(-1) as number);
  return target.cast("float32").reshape(output.shape);
}

/** Sum over the batch of each sample's mean. */
function sumOfMeans(values: Tensor): Tensor {
  const count = sizeOf(values.shape) / (values.shape[0] as number);
  return count === 1 ? values.sum() : values.sum().mul(1 / count);
}
