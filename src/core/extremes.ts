/** Reductions of many numbers. `Math.max(...values)` puts every value on the call stack, which holds only about 100,000. */

/** The largest value; NaN if any is NaN, -Infinity for no values, as `Math.max`. */
export function largest(values: Iterable<number>): number {
  let result = Number.NEGATIVE_INFINITY;
  for (const value of values) result = Math.max(result, value);
  return result;
}

/** The smallest value; NaN if any is NaN, Infinity for no values, as `Math.min`. */
export function smallest(values: Iterable<number>): number {
  let result = Number.POSITIVE_INFINITY;
  for (const value of values) result = Math.min(result, value);
  return result;
}

/** Square root of the sum of squares, without overflow, as `Math.hypot`: 0 for no values, infinity if any is infinite, else NaN if any is NaN. */
export function euclideanNorm(values: Iterable<number>): number {
  // norm = scale * sqrt(sum), where scale is the largest magnitude so far
  let scale = 0;
  let sum = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (size === Number.POSITIVE_INFINITY) return size;
    if (size > scale) {
      sum = sum * (scale / size) ** 2 + 1;
      scale = size;
    } else if (size !== 0) {
      sum += (size / scale) ** 2;
    }
  }
  return scale * Math.sqrt(sum);
}

/** Appends any number of items to a list: `list.push(...items)` would put every item on the call stack. */
export function append<Item>(list: Item[], items: Iterable<Item>): void {
  for (const item of items) list.push(item);
}
