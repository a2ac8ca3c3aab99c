import type { Score } from "../../watch/record.ts";
import { rSquared } from "../score.ts";
import { largestOf, largestShare, largestShareByOutput, type Task } from "../task.ts";

/** The score of a learner's predictions by the measure that scores networks.
 *  @param predicted, truth (n, K), flat. */
export function scoreColumns(predicted: Float64Array, truth: Float64Array, columns: number, task: Task): Score {
  const samples = truth.length / columns;
  if (task.kind === "values") return { metric: "r2", value: rSquared(predicted, truth, columns), chance: 0, samples };
  if (task.kind === "classes") {
    const [found, right] = [largestOf(predicted, task.classes), largestOf(truth, task.classes)];
    const value = found.reduce((sum, label, row) => sum + Number(label === right[row]), 0) / right.length;
    return { metric: "accuracy", value, chance: largestShare(right), samples };
  }
  const value = predicted.reduce((sum, each, index) => sum + Number(each > 0.5 === (truth[index] as number) > 0.5), 0);
  return { metric: "accuracy", value: value / truth.length, chance: largestShareByOutput(truth, columns), samples };
}

/** Correlation of predictions and targets, after each column's mean is subtracted from both: sum of products over the root of the
 *  product of sums of squares, over all columns. 0 if either is constant. Unlike accuracy it also shows what a learner knows about
 *  classes that are too rare to be predicted. */
export function meanCorrelation(predicted: Float64Array, truth: Float64Array, columns: number): number {
  const rows = truth.length / columns;
  let [both, first, second] = [0, 0, 0];
  for (let column = 0; column < columns; column++) {
    let [p, q] = [0, 0];
    for (let row = 0; row < rows; row++) {
      p += (predicted[row * columns + column] as number) / rows;
      q += (truth[row * columns + column] as number) / rows;
    }
    for (let row = 0; row < rows; row++) {
      const a = (predicted[row * columns + column] as number) - p;
      const b = (truth[row * columns + column] as number) - q;
      both += a * b;
      first += a * a;
      second += b * b;
    }
  }
  const scale = Math.sqrt(first * second);
  return scale > 0 ? both / scale : 0;
}
