import { requireArgument } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import { requireKnownName } from "../core/suggest.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import type { MetricName } from "./events.ts";

/** Where an output of one number a sample divides its two classes: 0 for logits, 0.5 for probabilities. */
export interface MetricContext {
  readonly threshold: number;
  /** Where the classes lie in one sample's output. Default -1, the last axis. */
  readonly classAxis?: number;
  /** The label that the loss leaves out, padding, say: accuracy and top k leave it out as well. Default: none. */
  readonly ignoreIndex?: number;
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

/** Share of predictions that are right: the class of the largest output is the label (or the class of the largest target, for
 *  one-hot rows); with one output a sample, output and target lie on the same side of the threshold. */
const accuracy: MetricRule = {
  better: "higher",
  isOverLabels: true,
  sum: (output, target, context) => {
    const { threshold } = context;
    if (!hasClassScores(output, target)) {
      const right = output.reshape(target.shape).greater(threshold).equal(target.cast("float32").greater(0.5));
      return sumOfMeans(right.cast("float32"));
    }
    return sumOfMeans(whereCounted(output.argMax(-1).equal(labelsOf(target)).cast("float32"), target, context));
  },
};

/** Share of samples whose label is among the k largest outputs: fewer than k outputs are larger than the label's. */
function topK(k: number): MetricRule {
  return {
    better: "higher",
    isOverLabels: true,
    sum: (output, target, context) => {
      const classes = output.shape.at(-1) as number;
      const chosen = labelsOf(target).oneHot(classes);
      const score = output.mul(chosen).sum(-1, true);
      const larger = output.greater(score).cast("float32").sum(-1);
      return sumOfMeans(whereCounted(larger.less(k).cast("float32"), target, context));
    },
  };
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

/** The rule of a metric's name: `accuracy`, `top3` (any k), `meanSquaredError`, `meanAbsoluteError`.
 *  @throws GradusError `unknown-field` with a suggestion for any other name. */
export function metricRule(name: string): MetricRule {
  const rank = /^top([1-9]\d*)$/.exec(name);
  if (rank) return onClassAxis(topK(Number(rank[1])));
  requireKnownName("metrics", "metric", name, [...Object.keys(RULES), "top5"]);
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
 *  @throws GradusError `unknown-field`; `bad-argument` for a top k of all classes. */
export function checkMetrics(
  names: readonly string[],
  outputShape: readonly number[],
  { classAxis = -1 }: Pick<MetricContext, "classAxis"> = {},
): readonly MetricName[] {
  const checked = [...new Set(names)].filter((name) => name !== "loss") as MetricName[];
  for (const name of checked) {
    metricRule(name);
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
