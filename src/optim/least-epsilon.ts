import { SMALLEST_NORMAL } from "../core/subnormal.ts";

/** The value that replaces an epsilon of 0, so that no step becomes 0 / 0 or g / 0. A second moment below 2^-126 counts as 0 (it would be
 *  subnormal); this happens if its gradient has long been 0 or was below about 1e-18. Its root may then be anything below 2^-63.
 *    root:   below = sqrt(s) + max(epsilon, 2^-63)
 *    inside: below = sqrt(s + max(epsilon, 2^-126))
 *  Too small to change the quotient of a gradient above 1e-11. */
export const leastEpsilon = {
  root: (epsilon: number): number => Math.max(epsilon, Math.sqrt(SMALLEST_NORMAL)),
  inside: (epsilon: number): number => Math.max(epsilon, SMALLEST_NORMAL),
} as const;
