/** Fraction of a vector's length below which the remainder is rounding error, not a direction. */
const LOST = 1e-10;

/** Makes the rows orthonormal in place, each against the previous ones, by the Gram-Schmidt process. It runs twice to remove the rounding
 *  error of the first pass. A row that depends on previous rows is replaced by a unit vector made orthogonal to them.
 *  @param rows (count, size), flat; count <= size.
 *  Source: Giraud, Langou, Rozloznik, "The loss of orthogonality in the Gram-Schmidt orthogonalization process", 2005. */
export function orthonormalise(rows: Float64Array, count: number, size: number): void {
  let spare = 0;
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * size, (i + 1) * size);
    while (!becomesUnit(rows, i, size)) {
      // some unit vector lies outside the span of the rows so far, because there are fewer rows than axes
      row.fill(0);
      row[spare++ % size] = 1;
    }
  }
}

/** Whether row i was independent of the previous rows. */
function becomesUnit(rows: Float64Array, i: number, size: number): boolean {
  const row = rows.subarray(i * size, (i + 1) * size);
  const before = lengthOf(row);
  if (before === 0) return false;
  for (let pass = 0; pass < 2; pass++) {
    for (let other = 0; other < i; other++) {
      const start = other * size;
      let along = 0;
      for (let k = 0; k < size; k++) along += (rows[start + k] as number) * (row[k] as number);
      for (let k = 0; k < size; k++) row[k] = (row[k] as number) - along * (rows[start + k] as number);
    }
    const left = lengthOf(row);
    if (!(left > LOST * before)) return false;
  }
  const left = lengthOf(row);
  for (let k = 0; k < size; k++) row[k] = (row[k] as number) / left;
  return true;
}

function lengthOf(row: Float64Array): number {
  let squares = 0;
  for (let k = 0; k < row.length; k++) squares += (row[k] as number) ** 2;
  return Math.sqrt(squares);
}
