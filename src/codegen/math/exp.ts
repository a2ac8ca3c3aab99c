import type { FunctionBuilder } from "../builder.ts";
import type { Register } from "../program.ts";

/** Adding 1.5 * 2^23 rounds a float of magnitude below 2^22 to the nearest whole number and leaves that number in the low bits. */
export const ROUNDING = 12582912;
/** log 2 in two parts, the first with ten bits, so that its product with an exponent is exact. */
export const LOG2_HIGH = 0.693359375;
export const LOG2_LOW = -0.00021219444170128554;

/** e^r = 1 + r + r^2 (…) on |r| <= log(2) / 2, minimax, within 2^-28. */
const coefficients = [
  1, 1, 0.4999999403953552, 0.1666652113199234, 0.04166827350854874, 0.008368683978915215, 0.0013820079620927572,
];

/** Arguments beyond these give infinity and 0 anyway; the clamp keeps the exponent within its field. */
const GREATEST = 89;
const LEAST = -104;

/** The least argument whose result is a normal number: log 2^-126, rounded up; and rounded down, for an argument with a second part `low`. */
const LEAST_NORMAL = -87.33654022216797;
const LEAST_NORMAL_ROUNDED = -87.3365478515625;

/** e^x, within 1 ulp (1.5 without fused multiply-add); 0 below 2^-126. exp(-inf) = 0, exp(89) = inf.
 *    x = n log 2 + r,  n whole,  |r| <= log(2) / 2;      e^x = 2^n e^r
 *  2^n is applied as two factors, so that n = 128 does not overflow early and n = -126 keeps its digits. If the target does not flush
 *  subnormal results itself, a select sets them to 0.
 *  @param low added to the reduced argument: e^(x + low) for a small low; `pow` uses it to keep its precision. */
export function exp(b: FunctionBuilder, x: Register, low?: Register): Register {
  const least = b.target.flushesSubnormals ? LEAST : low === undefined ? LEAST_NORMAL : LEAST_NORMAL_ROUNDED;
  // both return NaN if it is the right operand
  const inside = b.fastMax(least, b.fastMin(GREATEST, x));
  const shifted = b.multiplyAdd(inside, Math.LOG2E, ROUNDING);
  const n = b.sub(shifted, ROUNDING);
  const reduced = b.negMultiplyAdd(n, LOG2_LOW, b.negMultiplyAdd(n, LOG2_HIGH, inside));
  const r = low === undefined ? reduced : b.add(reduced, low);
  const power = b.polynomial(r, coefficients);
  const bits = b.bitcast(shifted);
  const half = b.shiftRightSigned(bits, 1);
  const result = b.mul(b.mul(power, powerOfTwo(b, half)), powerOfTwo(b, b.intSub(bits, half)));
  return b.target.flushesSubnormals ? result : b.select(b.compare("less", x, least), 0, result);
}

/** 2^n for -127 < n < 128 in the low nine bits of an int. */
function powerOfTwo(b: FunctionBuilder, n: Register): Register {
  return b.bitcast(b.intAdd(b.shiftLeft(n, 23), 0x3f800000));
}
