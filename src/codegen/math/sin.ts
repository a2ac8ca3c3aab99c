import type { FunctionBuilder } from "../builder.ts";
import type { Register } from "../program.ts";
import { pickQuadrant, reduceQuarterTurns } from "./trigonometry.ts";

/** Sine of an angle in radians, within 2.5 ulp for |x| <= 12,000, even near multiples of pi; within [-1, 1] everywhere. sin(inf) = NaN. */
export function sin(b: FunctionBuilder, x: Register): Register {
  const reduced = reduceQuarterTurns(b, x);
  const result = pickQuadrant(b, reduced, reduced.quadrant);
  // keeps -0
  return b.select(b.compare("equal", x, 0), x, result);
}
