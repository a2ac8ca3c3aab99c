import { GradusError } from "./errors.ts";

/** Checks that labels are whole numbers from 0 to classes - 1.
 *  @param perRow labels per sample, if each sample has a sequence of them. Default 1.
 *  @throws GradusError `label-out-of-range` with `{ where, row, position, value, classes }` of the first invalid label;
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
