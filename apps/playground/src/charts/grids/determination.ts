/** Share of the targets' variance that the predictions explain:
 *    R² = 1 - sum (y - p)² / sum (y - mean y)²
 *  1: exact; 0: no better than the mean. NaN if the targets are all equal. */
export function determination(targets: ArrayLike<number>, predictions: ArrayLike<number>): number {
  let mean = 0;
  for (let index = 0; index < targets.length; index++) mean += (targets[index] ?? 0) / targets.length;
  let [errors, variance] = [0, 0];
  for (let index = 0; index < targets.length; index++) {
    const target = targets[index] ?? 0;
    errors += (target - (predictions[index] ?? Number.NaN)) ** 2;
    variance += (target - mean) ** 2;
  }
  return variance === 0 ? Number.NaN : 1 - errors / variance;
}

/** Predictions this much farther than the targets, in lengths of their range, are cut off: they would hide everything else. */
const FAR = 2;

/** The ends of both axes: all targets, and the predictions that are not far away. */
export function endsOf(targets: ArrayLike<number>, predictions: ArrayLike<number>): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let index = 0; index < targets.length; index++) {
    low = Math.min(low, targets[index] ?? low);
    high = Math.max(high, targets[index] ?? high);
  }
  if (!(high >= low)) return [0, 1];
  const span = high - low || 1;
  const [least, most] = [low - FAR * span, high + FAR * span];
  for (let index = 0; index < predictions.length; index++) {
    const prediction = predictions[index] ?? Number.NaN;
    if (prediction >= least && prediction < low) low = prediction;
    if (prediction <= most && prediction > high) high = prediction;
  }
  const margin = 0.04 * (high - low || 1);
  return [low - margin, high + margin];
}
