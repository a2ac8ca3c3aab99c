import type { FunctionBuilder } from "../builder.ts";
import type { Register } from "../program.ts";
import { ROUNDING } from "./exp.ts";

/** pi / 2 in parts. Fused: three whole floats; x - n p1 is exact and each further step is rounded once, far below the result.
 *  Unfused: parts of eleven bits, whose products with n < 2^13 are exact, and a last whole float. */
const fusedParts = [1.5707963705062866, -4.371138828673793e-8, -1.7151245100058819e-15];
const unfusedParts = [
  1.5703125, 0.0004837512969970703, 7.549533620476723e-8, 2.5632829192545614e-12, 6.123234262925839e-17,
];

/** sin r = r + r^3 (…), cos r = 1 - r^2 / 2 + r^4 (…) on |r| <= EDGE, minimax in r^2, within 2^-28. */
const sineCoefficients = [-0.16666653752326965, 0.008332106284797192, -0.00019507874094415456];
const cosineCoefficients = [0.04166664555668831, -0.0013887308305129409, 2.4432101781712845e-5];

/** A little more than pi / 4, since n is rounded from a rounded product. Beyond the range of the reduction the clamp keeps results in [-1, 1]. */
const EDGE = 0.787;

export interface Reduced {
  /** number of subtracted quarter turns, in the low bits of an int */
  readonly quadrant: Register;
  readonly sine: Register;
  readonly cosine: Register;
}

/** x = n pi/2 + r, |r| <= EDGE, with the sine and cosine of r; accurate for |x| <= 12,000.
 *  Source: Cody & Waite, "Software Manual for the Elementary Functions", 1980. */
export function reduceQuarterTurns(b: FunctionBuilder, x: Register): Reduced {
  const shifted = b.multiplyAdd(x, 2 / Math.PI, ROUNDING);
  const n = b.sub(shifted, ROUNDING);
  const parts = b.target.fusedMultiplyAdd ? fusedParts : unfusedParts;
  const rest = parts.reduce((r, part) => b.negMultiplyAdd(n, part, r), x);
  const r = b.fastMax(-EDGE, b.fastMin(EDGE, rest));
  const square = b.mul(r, r);
  const cosineTail = b.multiplyAdd(b.mul(square, square), b.polynomial(square, cosineCoefficients), 1);
  return {
    quadrant: b.bitcast(shifted),
    sine: b.multiplyAdd(b.mul(r, square), b.polynomial(square, sineCoefficients), r),
    cosine: b.negMultiplyAdd(square, 0.5, cosineTail),
  };
}

/** The sine of a rotated angle: sine, cosine, -sine, -cosine for quadrant 0, 1, 2, 3. */
export function pickQuadrant(b: FunctionBuilder, { sine, cosine }: Reduced, quadrant: Register): Register {
  const isOdd = b.intCompare("equal", b.intAnd(quadrant, 1), 1);
  const sign = b.shiftLeft(b.intAnd(quadrant, 2), 30);
  return b.bitcast(b.intXor(b.bitcast(b.select(isOdd, cosine, sine)), sign));
}
