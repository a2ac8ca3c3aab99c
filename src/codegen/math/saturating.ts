import type { FunctionBuilder } from "../builder.ts";
import type { Register } from "../program.ts";

/** An odd function f that grows to 1: near 0 by a polynomial, further out by its half-angle t with f = 2 t / (1 + t^2). */
export interface Saturating {
  /** f = x + x q(x^2) for |x| < edge; q's coefficients, constant term first */
  readonly near: readonly number[];
  readonly edge: number;
  /** 2 t = x P(x^2) / Q(x^2) for |x| >= edge; all coefficients positive, so that no terms cancel */
  readonly numerator: readonly number[];
  readonly denominator: readonly number[];
  /** from here on f rounds to 1 */
  readonly saturation: number;
}

/** With N = x P and D = Q:   f = N D / (D^2 + N^2 / 4)   for |x| >= edge.
 *  Where f nears 1, its slope in t nears 0, so the rounding errors of N and D vanish; in a plain quotient for f they would count double.
 *  Near 0, where they would count in full, x + x q rounds only a small correction. Both sides are computed, without an exponential.
 *  Never beyond 1, -0 stays -0, NaN stays NaN. */
export function emitSaturating(b: FunctionBuilder, x: Register, shape: Saturating): Register {
  const { near, edge, numerator, denominator, saturation } = shape;
  // both return NaN if it is the right operand
  const inside = b.fastMax(-saturation, b.fastMin(saturation, x));
  const square = b.mul(inside, inside);
  const n = b.mul(inside, b.polynomial(square, numerator));
  const d = b.polynomial(square, denominator);
  const half = b.mul(n, 0.5);
  const quotient = b.div(b.mul(n, d), b.multiplyAdd(half, half, b.mul(d, d)));
  const far = b.fastMax(-1, b.fastMin(1, quotient));
  const series = b.multiplyAdd(inside, b.polynomial(square, near), inside);
  return b.select(b.compare("less", b.abs(inside), edge), series, far);
}
