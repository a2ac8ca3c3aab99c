import type { FunctionBuilder } from "../builder.ts";
import type { Register } from "../program.ts";
import { emitSaturating } from "./saturating.ts";

/** Minimax fits: (erf x) / x - 1 in x^2 within 2^-29, and 2 erf x / (1 + sqrt(1 - erf^2 x)) on |x| <= 3.95 for erf x within 2^-26. */
const shape = {
  near: [
    0.12837916612625122, -0.3761261999607086, 0.11283379048109055, -0.026834335178136826, 0.005113156978040934,
    -0.0006737583898939192,
  ],
  edge: 0.75,
  numerator: [1.1283849477767944, 0.49911683797836304, 0.04914281144738197, 0.005133499391376972],
  denominator: [1, 0.4573799669742584, 0.06603990495204926, 0.011451423168182373, 0.00020343964570201933],
  saturation: 3.93,
};

/** Error function, within 3 ulp (3.5 without fused multiply-add); never beyond 1; erf(x) = 2 x / sqrt(pi) for small x, including denormals and -0. */
export function erf(b: FunctionBuilder, x: Register): Register {
  return emitSaturating(b, x, shape);
}
