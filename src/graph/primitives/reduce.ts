import { type HostArray, referenceStorage } from "../../core/dtype.ts";
import { sizeOf, stridesOf } from "../../core/shape.ts";
import { requireDType } from "../check.ts";
import type { Node, ReduceKind } from "../node.ts";
import type { Primitive } from "./primitive.ts";

/** The result of a reduction over nothing, and how two values combine. */
export const REDUCTIONS = {
  sum: { identity: 0, join: (a: number, b: number) => a + b },
  prod: { identity: 1, join: (a: number, b: number) => a * b },
  max: { identity: Number.NEGATIVE_INFINITY, join: Math.max },
  min: { identity: Number.POSITIVE_INFINITY, join: Math.min },
} satisfies Record<ReduceKind, { identity: number; join: (a: number, b: number) => number }>;

const INT_LIMITS = { max: -0x80000000, min: 0x7fffffff } as const;

/** The value that changes nothing, in the element type. */
export function reduceIdentity(kind: ReduceKind, dtype: Node["dtype"]): number {
  if (dtype === "float32" || kind === "sum" || kind === "prod") return REDUCTIONS[kind].identity;
  return INT_LIMITS[kind];
}

export const reduce: Primitive<"reduce"> = {
  arity: 1,
  infer([a], { axes }) {
    requireDType("reduce", a as Node, "float32", "int32");
    return { shape: (a as Node).shape.filter((_, axis) => !axes.includes(axis)), dtype: (a as Node).dtype };
  },
  evaluate([a], { kind, axes }, output) {
    const { data: source, shape, dtype } = a as HostArray;
    const data = referenceStorage(dtype, sizeOf(output.shape)).fill(reduceIdentity(kind, dtype));
    const strides = stridesOf(shape);
    const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const keptStrides = stridesOf(output.shape);
    // integers wrap around at 32 bits, even if a float64 cannot hold the product
    const join = kind === "prod" && dtype === "int32" ? Math.imul : REDUCTIONS[kind].join;
    // compensated summation, so that the definition stays precise for any size
    const compensation = kind === "sum" ? new Float64Array(data.length) : undefined;
    for (let i = 0; i < source.length; i++) {
      let target = 0;
      kept.forEach((axis, position) => {
        target +=
          (Math.floor(i / (strides[axis] as number)) % (shape[axis] as number)) * (keptStrides[position] as number);
      });
      const value = source[i] as number;
      const old = data[target] as number;
      const joined = join(old, value);
      data[target] = joined;
      if (compensation && Number.isFinite(joined)) {
        const lost = Math.abs(old) >= Math.abs(value) ? old - joined + value : value - joined + old;
        compensation[target] = (compensation[target] as number) + lost;
      }
    }
    if (compensation && dtype === "float32")
      for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + (compensation[i] as number);
    return { ...output, data };
  },
};
