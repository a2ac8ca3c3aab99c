import type { FunctionBuilder } from "../builder.ts";
import type { Register } from "../program.ts";
import { exp, LOG2_HIGH, LOG2_LOW } from "./exp.ts";
import { splitExponent } from "./log.ts";
import { fastTwoSum, type TwoFloat, twoProduct } from "./two-float.ts";

/** artanh s = s + s^3 (…) on |s| <= (sqrt(2) - 1) / (sqrt(2) + 1), minimax in s^2. */
const coefficients = [0.3333333134651184, 0.20000486075878143, 0.14249394834041595, 0.12139521539211273];

/** Beyond this a power overflows or underflows for any low part. */
const FAR = 200;

/** log of a positive finite x to about 2^-33 of its size:
 *    x = 2^e (1 + f),  s = f / (2 + f);     log x = e log 2 + 2 artanh s
 *  where s and the sum are carried in two floats and the tail of the series, at most s^3 / 3, in one. */
function preciseLog(b: FunctionBuilder, x: Register): TwoFloat {
  const { exponent, fraction } = splitExponent(b, x);
  const divisor = fastTwoSum(b, 2, fraction);
  const s = b.div(fraction, divisor.high);
  const product = twoProduct(b, s, divisor.high);
  const residue = b.negMultiplyAdd(s, divisor.low, b.sub(b.sub(fraction, product.high), product.low));
  const square = b.mul(s, s);
  const tail = b.mul(b.mul(square, s), b.polynomial(square, coefficients));
  const small = b.add(b.div(residue, divisor.high), tail);
  const sum = fastTwoSum(b, b.mul(exponent, LOG2_HIGH), b.add(s, s));
  const low = b.multiplyAdd(small, 2, b.multiplyAdd(exponent, LOG2_LOW, sum.low));
  return fastTwoSum(b, sum.high, low);
}

/** |x|^y, with its logarithm in two floats. */
function magnitude(b: FunctionBuilder, size: Register, y: Register): Register {
  const logarithm = preciseLog(b, size);
  const product = twoProduct(b, logarithm.high, y);
  const low = b.multiplyAdd(logarithm.low, y, product.low);
  // log 0 = -inf and log inf = inf, which the splitting above does not produce
  const atEnds = b.select(b.compare("equal", size, 0), Number.NEGATIVE_INFINITY, size);
  const isInside = b.maskAnd(b.compare("less", 0, size), b.compare("less", size, Number.POSITIVE_INFINITY));
  const high = b.select(isInside, product.high, b.mul(atEnds, y));
  const isNear = b.compare("less", b.abs(high), FAR);
  const power = exp(b, high, b.select(isNear, low, 0));
  return b.select(b.compare("equal", size, 1), 1, power);
}

/** x^y as in C's pow (IEEE 754-2019, 9.2), within 2 ulp for |y| <= 32 or x within 1 % of 1, 4 ulp for all, including denormals.
 *  x < 0 with a fractional y gives NaN, with an odd y a negative result; x^0 = 1 and 1^y = 1 even for NaN. */
export function pow(b: FunctionBuilder, x: Register, y: Register): Register {
  const power = magnitude(b, b.abs(x), y);
  const half = b.mul(y, 0.5);
  const isWhole = b.compare("equal", b.trunc(y), y);
  const isOdd = b.maskAnd(isWhole, b.maskNot(b.compare("equal", b.trunc(half), half)));
  const sign = b.select(isOdd, b.intAnd(b.bitcast(x), 0x80000000), b.intConstant(0));
  const signed = b.bitcast(b.intXor(b.bitcast(power), sign));

  const isNegative = b.maskAnd(b.compare("less", x, 0), b.compare("less", Number.NEGATIVE_INFINITY, x));
  const isUndefined = b.maskOr(b.maskAnd(isNegative, b.maskNot(isWhole)), isNaNMask(b, y));
  const real = b.select(b.maskOr(isUndefined, isNaNMask(b, x)), Number.NaN, signed);
  const isOne = b.maskOr(b.compare("equal", y, 0), b.compare("equal", x, 1));
  return b.select(isOne, 1, real);
}

function isNaNMask(b: FunctionBuilder, a: Register): Register {
  return b.maskNot(b.compare("equal", a, a));
}
