import type { FunctionBuilder, Operand } from "../builder.ts";
import type { Register } from "../program.ts";

/** A number as the unevaluated sum of two floats, about 48 bits. */
export interface TwoFloat {
  readonly high: Register;
  readonly low: Register;
}

/** a + b exactly, for |a| >= |b| or a = 0. Source: Dekker, "A Floating-Point Technique for Extending the Available Precision", 1971. */
export function fastTwoSum(builder: FunctionBuilder, a: Operand, b: Operand): TwoFloat {
  const high = builder.add(a, b);
  return { high, low: builder.sub(b, builder.sub(high, a)) };
}

/** a * b exactly, away from overflow and underflow: one multiply-add if it is fused, else Veltkamp's splitting (Dekker 1971). */
export function twoProduct(builder: FunctionBuilder, a: Register, b: Register): TwoFloat {
  const high = builder.mul(a, b);
  if (builder.target.fusedMultiplyAdd) return { high, low: builder.multiplyAdd(a, b, builder.neg(high)) };
  const [a1, a0] = halves(builder, a);
  const [b1, b0] = halves(builder, b);
  const outer = builder.sub(high, builder.mul(a1, b1));
  const inner = builder.sub(builder.sub(outer, builder.mul(a0, b1)), builder.mul(a1, b0));
  return { high, low: builder.sub(builder.mul(a0, b0), inner) };
}

/** The upper twelve bits of a float and the rest. */
function halves(builder: FunctionBuilder, a: Register): readonly [Register, Register] {
  const scaled = builder.mul(a, 4097);
  const upper = builder.sub(scaled, builder.sub(scaled, a));
  return [upper, builder.sub(a, upper)];
}
