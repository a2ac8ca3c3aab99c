/** Coefficients in ascending powers, Wichura's tables for |p - 1/2| <= 0.425 and for the tails up to r = 5. */
const CENTRE_ABOVE = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
  33430.57558358813, 2509.0809287301227,
];
const CENTRE_BELOW = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
  5226.495278852854,
];
const TAIL_ABOVE = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
  0.022723844989269184, 0.0007745450142783414,
];
const TAIL_BELOW = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let power = coefficients.length - 1; power >= 0; power--) sum = sum * x + (coefficients[power] as number);
  return sum;
}

/** The standard normal's quantile, the inverse of its distribution function, to about 16 digits.
 *    P(Z <= normalQuantile(p)) = p
 *  @param probability from 1.4e-11 to 1 - 1.4e-11: random words of 32 bits stay inside.
 *  Source: Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", 1988. */
export function normalQuantile(probability: number): number {
  const centred = probability - 0.5;
  if (Math.abs(centred) <= 0.425) {
    const r = 0.180625 - centred * centred;
    return (centred * polynomial(CENTRE_ABOVE, r)) / polynomial(CENTRE_BELOW, r);
  }
  const r = Math.sqrt(-Math.log(centred < 0 ? probability : 1 - probability)) - 1.6;
  return (Math.sign(centred) * polynomial(TAIL_ABOVE, r)) / polynomial(TAIL_BELOW, r);
}
