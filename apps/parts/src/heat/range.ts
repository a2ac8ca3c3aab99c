/** Least number of decades that the colours span: differences within a factor of ten are not worth all of them. */
const LEAST_DECADES = 4;
/** Ends of what the colours show, as exponents of ten: beyond float32 there is nothing. */
const LOWEST = -16;
const HIGHEST = 12;

/** Exponents of ten around positive values; for shares, 0 and 1. Whole numbers, so that the colours seldom change. Without values,
 *  [Infinity, -Infinity]. */
export function colourRange(values: Iterable<number | undefined>, isShare: boolean): readonly [number, number] {
  if (isShare) return [0, 1];
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === undefined || !(value > 0) || value === Infinity) continue;
    const exponent = Math.log10(value);
    if (exponent < low) low = exponent;
    if (exponent > high) high = exponent;
  }
  // + 0: no -0
  return [Math.floor(low) + 0, Math.ceil(high) + 0];
}

/** One range for all: at least four decades, within what float32 can be. */
export function widest(ranges: readonly (readonly [number, number])[], isShare: boolean): readonly [number, number] {
  if (isShare) return [0, 1];
  let [low, high] = [Infinity, -Infinity];
  for (const [from, to] of ranges) {
    if (from < low) low = from;
    if (to > high) high = to;
  }
  if (low > high) return [-LEAST_DECADES, 0];
  const top = Math.min(HIGHEST, high);
  return [Math.max(LOWEST, Math.min(low, top - LEAST_DECADES)), top];
}

/** Where a value stands among the colours, 0 to 1. */
export function colourShare(value: number, [low, high]: readonly [number, number], isShare: boolean): number {
  if (isShare) return value;
  return (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low);
}

/** The index of the reading that is shown at each of `count` positions along the steps: the last one at or before it.
 *  @param steps rising. @param end the step at the last position. */
export function readingsAlong(steps: readonly number[], count: number, end: number): Int32Array {
  const places = new Int32Array(count);
  let place = 0;
  for (let index = 0; index < count; index++) {
    const step = ((index + 0.5) / count) * end;
    while (place + 1 < steps.length && (steps[place + 1] ?? Infinity) <= step) place++;
    places[index] = place;
  }
  return places;
}
