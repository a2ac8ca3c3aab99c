import { requireArgument } from "../core/errors.ts";
import { requireLabels } from "../core/labels.ts";

/** One-hot rows of labels, zeros with a one at the class: (N,) -> (N, classes), flat.
 *  @throws GradusError `label-out-of-range`. */
export function oneHot(labels: ArrayLike<number>, classes: number): Float32Array {
  requireArgument(
    Number.isInteger(classes) && classes >= 1,
    `oneHot: classes must be a whole number of 1 or more, got ${classes}.`,
    {
      classes,
    },
  );
  requireLabels("oneHot", labels, classes);
  const rows = new Float32Array(labels.length * classes);
  for (let row = 0; row < labels.length; row++) rows[row * classes + (labels[row] as number)] = 1;
  return rows;
}

/** Number of samples per class. */
export function labelHistogram(labels: ArrayLike<number>, classes: number): number[] {
  requireLabels("labelHistogram", labels, classes);
  const counts = new Array<number>(classes).fill(0);
  for (let row = 0; row < labels.length; row++) (counts[labels[row] as number] as number)++;
  return counts;
}
