/** Largest and smallest of many numbers. `Math.max(...values)` puts every value on the call stack, which ends at some 100,000. */

/** The largest value; NaN if any is NaN, -Infinity of none, as `Math.max`. */
export function largest(values: Iterable<number>): number {
  let result = Number.NEGATIVE_INFINITY;
  for (const value of values) result = Math.max(result, value);
  return result;
}

/** The smallest value; NaN if any is NaN, Infinity of none, as `Math.min`. */
export function smallest(values: Iterable<number>): number {
  let result = Number.POSITIVE_INFINITY;
  for (const value of values) result = Math.min(result, value);
  return result;
}

/** Adds all items at the end of a list, of any number: `list.push(...items)` puts every item on the call stack. */
export function append<Item>(list: Item[], items: Iterable<Item>): void {
  for (const item of items) list.push(item);
}
