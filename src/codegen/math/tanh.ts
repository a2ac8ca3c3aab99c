import type { FunctionBuilder } from "../builder.ts";
import type { Register } from "../program.ts";
import { emitSaturating } from "./saturating.ts";

/** Minimax fits: (tanh x) / x - 1 in x^2 within 2^-27, and 2 tanh(x / 2) on |x| <= 9.1 for tanh x within 2^-26. */
const shape = {
  near: [
    0, -0.3333328068256378, 0.13331405818462372, -0.05373651534318924, 0.02062816731631756, -0.0056922961957752705,
  ],
  edge: 0.625,
  numerator: [1, 0.0297737754881382, 0.00011426490527810529],
  denominator: [1, 0.11310707032680511, 0.001206560293212533, 1.2295902251935331e-6],
  saturation: 9.1, // here the quotient is exactly 1 with and without fused multiply-add
};

/** Hyperbolic tangent, within 3 ulp (3.5 without fused multiply-add); never beyond 1; tanh(x) = x for small x, including denormals and -0. */
export function tanh(b: FunctionBuilder, x: Register): Register {
  return emitSaturating(b, x, shape);
}
