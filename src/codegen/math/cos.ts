import type { FunctionBuilder } from "../builder.ts";
import type { Register } from "../program.ts";
import { pickQuadrant, reduceQuarterTurns } from "./trigonometry.ts";

/** Cosine of an angle in radians, within 2.5 ulp for |x| <= 12,000, even near its zeros; within [-1, 1] everywhere. cos(inf) = NaN. */
export function cos(b: FunctionBuilder, x: Register): Register {
  const reduced = reduceQuarterTurns(b, x);
  return pickQuadrant(b, reduced, b.intAdd(reduced.quadrant, 1));
}
