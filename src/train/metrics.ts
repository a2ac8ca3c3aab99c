import { requireArgument } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import { requireKnownName } from "../core/suggest.ts";
import { range } from "../tensor/create.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import type { MetricName } from "./events.ts";

/** What targets are, for metrics that ask what is right:
 *    labels    the number of a class
 *    oneHot    a row of shares over classes, of which the largest is right
 *    yesNo     an answer of yes or no for each output, which may be several at a time
 *    numbers   anything else: nothing is right or wrong, only near or far */
export type TargetForm = "labels" | "oneHot" | "yesNo" | "numbers";

/** What a metric must know of outputs and targets. */
export interface MetricContext {
  /** Where an output that is a yes or no of its own divides: 0 for logits, 0.5 for probabilities. */
  readonly threshold: number;
  /** Where the classes lie in one sample's output. Default -1, the last axis. */
  readonly classAxis?: number;
  /** The label that the loss leaves out, padding, say: accuracy and top k leave it out as well. Default: none. */
  readonly ignoreIndex?: number;
  /** What the loss takes the targets for. Default: by their shape. */
  readonly targets?: "classes" | "binary" | "values";
  /** What the targets are. Default: by their shape and type. */
  readonly form?: TargetForm;
  /** A target above is a yes. Default 0.5. */
  readonly middle?: number;
}

/** One number a batch: the sum of the metric over its samples, computed inside the compiled step. */
export type MetricSum = (output: Tensor, target: Tensor, context: MetricContext) => Tensor;

export interface MetricRule {
  readonly better: "higher" | "lower";
  readonly sum: MetricSum;
  /** Its sum is one over labels, and is divided by how many count. Default: by the samples. */
  readonly isOverLabels?: true;
}

// B samples, C classes: output (B, …, C), target (B, …) int32 labels or (B, …, C) values; the classes may lie on another axis

/** Share of predictions that are right, by what the targets are:
 *    classes (labels, one-hot rows)   the largest output is the class's; of n that are equal, each is right one time in n
 *    yes or no, one or several        output and target lie on the same side, output by output
 *    a label for one number           the label is the whole number that is nearest
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

/** How likely the label's output is among the k largest, if equal ones are put in order by chance; 0 where an output is NaN:
 *    min(1, max(0, (k - larger) / equal)),   larger, equal: how many outputs are larger than the label's, or equal, itself included
 *  Shapes: output (B, …, C) -> (B, …). */
function amongLargest(output: Tensor, target: Tensor, k: number): Tensor {
  const classes = output.shape.at(-1) as number;
  const isLabel = labelsOf(target).unsqueeze(-1).equal(range(classes));
  const count = (which: Tensor): Tensor => which.cast("float32").sum(-1);
  // a choice, not a product: 0 times infinity would be NaN
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

/** The same metric for classes on any axis: it is moved to the end. */
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

/** Names checked, `loss` left out (it is computed anyway), each once.
 *  @param classAxis where the classes lie in the output of one sample; default the last axis.
 *  @throws GradusError `unknown-field`; `bad-argument` for a top k of all classes, and for a metric that the targets have no answer to. */
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
      `metrics: ${name} asks what is right, and the targets are numbers, near or far from the outputs. Give meanSquaredError or meanAbsoluteError, or targets that are class labels, one-hot rows, or yes and no as 1 and 0.`,
      { name, form },
    );
    requireArgument(
      !(name.startsWith("top") && (form === "yesNo" || targets === "binary")),
      `metrics: ${name} looks for the one right class among the largest outputs, and here each output is a yes or no of its own. Give accuracy.`,
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

/** Is a larger value of this metric the better one? */
export function isHigherBetter(name: MetricName): boolean {
  return name !== "loss" && metricRule(name).better === "higher";
}

/** Whether the outputs of a sample compete to be the one right class. */
function isByClass(output: Tensor, target: Tensor, { form, targets }: MetricContext): boolean {
  if (form === "yesNo" || (form === undefined && targets === "binary")) return false;
  return hasClassScores(output, target);
}

/** (B, …, C) scores against labels (B, …) or one-hot rows (B, …, C), C > 1; not one number a sample. */
function hasClassScores(output: Tensor, target: Tensor): boolean {
  const isLabelled = target.dtype !== "float32" && output.rank === target.rank + 1;
  const isOneHot = target.dtype === "float32" && output.rank === target.rank;
  return (isLabelled || isOneHot) && (output.shape.at(-1) as number) > 1;
}

/** Which labels count; undefined where all do. */
function isCounted(target: Tensor, { ignoreIndex }: MetricContext): Tensor | undefined {
  return ignoreIndex === undefined || target.dtype === "float32" ? undefined : target.notEqual(ignoreIndex);
}

function whereCounted(values: Tensor, target: Tensor, context: MetricContext): Tensor {
  const counted = isCounted(target, context);
  return counted === undefined ? values : where(counted, values, 0);
}

/** What sums over labels are divided by: the share of each sample's labels that count, summed over the batch; undefined
 *  where all do. */
export function countedLabels(target: Tensor, context: MetricContext): Tensor | undefined {
  const counted = isCounted(target, context);
  return counted && sumOfMeans(counted.cast("float32"));
}

/** int32 labels as they are; float32 rows give the class of their largest value. */
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
