import { GradusError, requireArgument } from "../core/errors.ts";

/** Checks that labels are whole numbers from 0 to classes - 1.
 *  @param perRow labels of one sample, where each has a sequence of them. Default 1.
 *  @throws GradusError `label-out-of-range` with `{ where, row, position, value, classes }` of the first that is not;
 *  `position` is its place within the row. */
export function requireLabels(where: string, labels: ArrayLike<number>, classes: number, perRow = 1): void {
  for (let index = 0; index < labels.length; index++) {
    const value = labels[index] as number;
    if (Number.isInteger(value) && value >= 0 && value < classes) continue;
    const row = Math.floor(index / perRow);
    const position = index % perRow;
    throw new GradusError(
      "label-out-of-range",
      `${where}: the label of row ${row}${perRow > 1 ? `, position ${position},` : ""} is ${value}; ${classes} classes need ` +
        `whole numbers from 0 to ${classes - 1}. Correct the label, or raise the number of classes.`,
      { where, row, position, value, classes },
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
