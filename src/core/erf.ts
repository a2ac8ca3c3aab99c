/** The error function, in float64 to about one unit in the last place.
 *    erf(x) = 2 / sqrt(pi) * integral from 0 to x of exp(-t^2) dt
 *  Below 3 the series with positive terms only, erf(x) = 2 / sqrt(pi) * exp(-x^2) * sum over n of 2^n x^(2n+1) / (2n+1)!!;
 *  above, the continued fraction of erfc. Source: Abramowitz & Stegun, 7.1.6 and 7.1.14, 1964. */
export function erf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  const scale = Math.exp(-size * size) / Math.sqrt(Math.PI);
  if (size < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= (2 * size * size) / (2 * n + 1);
      sum += term;
    }
    return 2 * scale * sum;
  }
  let fraction = size;
  for (let k = 60; k >= 1; k--) fraction = size + k / 2 / fraction;
  return Math.sign(x) * (1 - scale / fraction);
}
