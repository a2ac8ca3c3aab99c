/** The longest average, as a share of what is smoothed. */
const LONGEST = 0.2;

/** How far an average reaches, in the axis's unit. Fine at the weak end: 0.1 averages over a thousandth of a run, 0.9 over a sixth.
 *  @param smoothing 0 to 1. @param span length of the whole run. */
export const reachOf = (smoothing: number, span: number): number => LONGEST * smoothing ** 2 * span;

/** An average that forgets: each value's weight falls by e within the reach, wherever points lie.
 *    m <- m + (1 - exp(-d / reach)) (y - m)        d way since the last point
 *  NaN stays NaN, and the average goes on after it.
 *  @param xs rising. @param start what the average was before the first point. Default: the first value. */
export function smooth(
  xs: Float64Array,
  values: Float64Array,
  reach: number,
  start?: { readonly x: number; readonly mean: number } | undefined,
): Float64Array {
  const result = new Float64Array(xs.length);
  let mean = start?.mean ?? Number.NaN;
  let before = start?.x ?? Number.NaN;
  for (let index = 0; index < xs.length; index++) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) {
      result[index] = Number.NaN;
      continue;
    }
    const x = xs[index] ?? 0;
    // two points at one place: both count
    const way = Math.max(x - before, 1e-9 * reach);
    if (Number.isNaN(mean)) mean = value;
    else mean += (1 - Math.exp(-way / reach)) * (value - mean);
    before = x;
    result[index] = mean;
  }
  return result;
}
