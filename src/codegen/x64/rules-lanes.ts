import type { Compare, Horizontal } from "../program.ts";
import type { Emitter } from "./emitter.ts";
import type { Of } from "./flatten.ts";
import { type General, type Memory, memory, type Vector } from "./registers.ts";
import type { Rule, Rules } from "./rule.ts";
import { exactMinMax } from "./rules-shared.ts";
import { interleaveBlocks, transpose } from "./transpose.ts";
import type { VectorName } from "./vector-table.ts";

/** Immediates of comparisons: ordered and quiet, false if a side is NaN. */
export const FLOAT_PREDICATES: Readonly<Record<Compare, number>> = { equal: 0x00, less: 0x11, lessEqual: 0x12 };
export const ORDERED = 0x07;
export const NOT_LESS = 0x15;

const JOIN = {
  float: { add: "vaddps", mul: "vmulps" },
  int: { add: "vpaddd", mul: "vpmulld", min: "vpminsd", max: "vpmaxsd" },
} as const satisfies Record<string, Partial<Record<Horizontal, VectorName>>>;

function join(e: Emitter, kind: Horizontal, isFloat: boolean, to: Vector, a: Vector, other: Vector): void {
  if (isFloat && (kind === "min" || kind === "max")) exactMinMax(e, kind, to, to, a, other);
  else e.vector(isFloat ? JOIN.float[kind as "add" | "mul"] : JOIN.int[kind], [to, to, a]);
}

/** Combines all lanes: each shuffle exchanges parts of the vector, halves first.
 *  @param exchanges the shuffles with their immediates. */
export function horizontalRule(exchanges: readonly (readonly [VectorName, number])[]): Rule<Of<"horizontal">> {
  return {
    needs: { vectors: 2, early: true },
    emit: (e, { kind, to, a }) => {
      const [moved, other] = [e.temporary(0), e.temporary(1)];
      const result = e.write(to);
      e.load(result, e.operand(a));
      for (const [name, immediate] of exchanges) {
        e.vector(name, [moved, result, result], { immediate });
        join(e, kind, a.kind === "float", result, moved, other);
      }
    },
  };
}

/** Rules for squares and blocks; `transpose.ts` handles the differences between widths. */
export const squareRules = {
  transpose: {
    needs: { vectors: 1 },
    emit: (e, { registers }) =>
      transpose(
        e,
        registers.map((register) => e.update(register)),
        e.temporary(),
      ),
  },
  interleaveBlocks: {
    needs: { vectors: 1 },
    emit: (e, { registers }) =>
      interleaveBlocks(
        e,
        registers.map((register) => e.update(register)),
        e.temporary(),
      ),
  },
} satisfies Partial<Rules>;

/** Lane offsets of a strided access in units of at most eight bytes, and their scale. */
export function stridedOffsets(
  stride: number,
  lanes: number,
): { readonly offsets: number[]; readonly scale: 1 | 2 | 4 | 8 } {
  const scale = ([8, 4, 2, 1] as const).find((unit) => stride % unit === 0) ?? 1;
  return { offsets: Array.from({ length: lanes }, (_, lane) => (lane * stride) / scale), scale };
}

/** The place of a gather or scatter: one offset per lane. */
export function indexed(place: Memory, index: Vector, scale: 1 | 2 | 4 | 8): Memory {
  return memory(place.base as General, place.displacement, index, scale);
}
