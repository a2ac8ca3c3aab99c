import type { FunctionBuilder } from "../builder.ts";
import type { Register } from "../program.ts";
import { exp } from "./exp.ts";

/** Logistic function 1 / (1 + e^-x), within 3 ulp on both sides: with t = e^-|x|, 1 / (1 + t) for x >= 0 and t / (1 + t) for x < 0. */
export function sigmoid(b: FunctionBuilder, x: Register): Register {
  const t = exp(b, b.neg(b.abs(x)));
  return b.div(b.select(b.compare("less", x, 0), t, 1), b.add(t, 1));
}
