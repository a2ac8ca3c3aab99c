/** Length of the average, as a share of all steps, and least in steps. */
const SHARE = 0.01;
const LEAST = 4;

/** An average that forgets: each point's weight falls by e in a hundredth of the whole run. Begins anew after a value that is not finite.
 *    m <- m + (1 - exp(-d / t)) (x - m)        d steps since the last point, t = max(4, 0.01 * all steps)
 *  @param steps rising, of any distance. */
export function smooth(steps: readonly number[], values: readonly number[]): readonly number[] {
  const time = Math.max(LEAST, SHARE * (steps.at(-1) ?? 0));
  let mean = Number.NaN;
  let before = 0;
  return values.map((value, index) => {
    const step = steps[index] ?? 0;
    if (!Number.isFinite(value) || !Number.isFinite(mean)) mean = value;
    else mean += (1 - Math.exp((before - step) / time)) * (value - mean);
    before = step;
    return mean;
  });
}
