/** The ends of a linear axis: around the values, from 0 unless that is far away. */
export function linearRange(low: number, high: number): readonly [number, number] {
  const span = high - low || Math.abs(high) || 1;
  // values are compared with 0, where that is not far
  const bottom = low >= 0 && low < 2 * span ? 0 : low - 0.05 * span;
  return [bottom, high + 0.05 * span];
}

/** The ends of a log axis: whole decades, or the least multiples of a power of ten around the values.
 *  @param low above 0. */
export function logRange(low: number, high: number): readonly [number, number] {
  if (high / low > 30) return [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))];
  return [rounded(low / 1.1, Math.floor), rounded(high * 1.1, Math.ceil)];
}

/** One significant digit. */
function rounded(value: number, round: (value: number) => number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return Math.max(1, round(value / unit)) * unit;
}
