import { PHILOX } from "../../core/random.ts";
import type { FunctionBuilder, Operand } from "../builder.ts";
import type { Register } from "../program.ts";

type Words = readonly [Register, Register, Register, Register];

/** One block of Philox4x32-10 in every lane: four words of 32 random bits from a counter of four and a key of two.
 *  The same as `philox4x32` in core/random.ts, which has the formula.
 *  Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011. */
export function philox(
  b: FunctionBuilder,
  counter: readonly [Operand, Operand, Operand, Operand],
  key: readonly [Operand, Operand],
): Words {
  let [c0, c1, c2, c3] = counter;
  for (let round = 0; round < PHILOX.rounds; round++) {
    const k0 = raisedKey(b, key[0], PHILOX.weyl0, round);
    const k1 = raisedKey(b, key[1], PHILOX.weyl1, round);
    const high0 = b.umulHigh(c0, PHILOX.multiplier0);
    const high1 = b.umulHigh(c2, PHILOX.multiplier1);
    const low0 = b.intMul(c0, PHILOX.multiplier0);
    const low1 = b.intMul(c2, PHILOX.multiplier1);
    c0 = b.intXor(b.intXor(high1, c1), k0);
    c1 = low1;
    c2 = b.intXor(b.intXor(high0, c3), k1);
    c3 = low0;
  }
  return [c0, c1, c2, c3] as Words;
}

/** The key of a round: the Weyl increment is added before each round except the first; computed at build time if the key is a number. */
function raisedKey(b: FunctionBuilder, key: Operand, increment: number, round: number): Operand {
  const raise = Math.imul(increment, round);
  return typeof key === "number" ? (key + raise) | 0 : b.intAdd(key, raise);
}
