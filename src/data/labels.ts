import { GradusError, requireArgument } from "../core/errors.ts";

/** Checks that labels are whole numbers from 0 to classes - 1.
 *  @throws GradusError `label-out-of-range` with `{ where, row, value, classes }` of the first that is not. */
export function requireLabels(where: string, labels: ArrayLike<number>, classes: number): void {
  for (let row = 0; row < labels.length; row++) {
    const value = labels[row] as number;
    if (Number.isInteger(value) && value >= 0 && value < classes) continue;
    throw new GradusError(
      "label-out-of-range",
      `${where}: the label of row ${row} is ${value}; ${classes} classes need whole numbers from 0 to ${classes - 1}. ` +
        "Correct the label, or raise the number of classes.",
      { where, row, value, classes },
    );
  }
}

/** Labels as rows of zeros with a one at the class: (N,) -> (N, classes), flat.
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

/** How many samples each class has. */
export function labelHistogram(labels: ArrayLike<number>, classes: number): number[] {
  requireLabels("labelHistogram", labels, classes);
  const counts = new Array<number>(classes).fill(0);
  for (let row = 0; row < labels.length; row++) (counts[labels[row] as number] as number)++;
  return counts;
}
