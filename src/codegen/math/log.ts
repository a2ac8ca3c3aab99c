import { SMALLEST_NORMAL } from "../../core/subnormal.ts";
import type { FunctionBuilder } from "../builder.ts";
import type { Register } from "../program.ts";
import { LOG2_HIGH, LOG2_LOW } from "./exp.ts";

/** log(1 + f) = f - f^2 / 2 + f^3 (…) on sqrt(1/2) <= 1 + f < sqrt(2), minimax, within 2^-27. */
const coefficients = [
  0.3333333134651184, -0.250008225440979, 0.20001250505447388, -0.1662331521511078, 0.14201273024082184,
  -0.13160189986228943, 0.12764763832092285, -0.07638189196586609,
];

/** the bits of sqrt(1/2) */
const SQRT_HALF_BITS = 0x3f3504f3;

/** x = 2^exponent (1 + fraction) with sqrt(1/2) <= 1 + fraction < sqrt(2), for positive finite x, including denormals. */
export function splitExponent(
  b: FunctionBuilder,
  x: Register,
): { readonly exponent: Register; readonly fraction: Register } {
  const isDenormal = b.compare("less", x, SMALLEST_NORMAL);
  const normal = b.select(isDenormal, b.mul(x, 2 ** 23), x);
  const bits = b.bitcast(normal);
  const exponent = b.shiftRightSigned(b.intSub(bits, SQRT_HALF_BITS), 23);
  const mantissa = b.bitcast(b.intSub(bits, b.shiftLeft(exponent, 23)));
  return {
    exponent: b.sub(b.convert(exponent), b.select(isDenormal, 23, 0)),
    fraction: b.sub(mantissa, 1),
  };
}

/** Natural logarithm, within 1 ulp, also for denormal arguments. log(0) = -inf, log(x < 0) = NaN, log(inf) = inf.
 *    x = 2^e (1 + f);     log x = e log 2 + log(1 + f)
 *  The parts are added from the smallest to the largest, so that log(x) / (x - 1) -> 1. */
export function log(b: FunctionBuilder, x: Register): Register {
  const { exponent, fraction } = splitExponent(b, x);
  const square = b.mul(fraction, fraction);
  let sum = b.mul(b.mul(square, fraction), b.polynomial(fraction, coefficients));
  sum = b.multiplyAdd(exponent, LOG2_LOW, sum);
  sum = b.negMultiplyAdd(square, 0.5, sum);
  const result = b.multiplyAdd(exponent, LOG2_HIGH, b.add(fraction, sum));

  const finite = b.select(b.compare("less", x, Number.POSITIVE_INFINITY), result, x);
  const positive = b.select(b.compare("equal", x, 0), Number.NEGATIVE_INFINITY, finite);
  return b.select(b.compare("less", x, 0), Number.NaN, positive);
}
