import { describe } from "../../core/describe.ts";
import { type HostArray, referenceStorage } from "../../core/dtype.ts";
import { GradusError, requireArgument } from "../../core/errors.ts";
import { randomBits as philoxStream } from "../../core/random.ts";
import { formatShape, sameShape, sizeOf, stridesOf } from "../../core/shape.ts";
import { requireDType } from "../check.ts";
import type { Node } from "../node.ts";
import type { Primitive } from "./primitive.ts";

export const input: Primitive<"input"> = {
  arity: 0,
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  evaluate(_, { name }) {
    throw new GradusError("bad-argument", `input ${name} has no value. Bind it when the program runs.`, { name });
  },
};

export const constant: Primitive<"constant"> = {
  arity: 0,
  infer(_, { value, dtype }) {
    requireArgument(
      typeof value === "number" && (dtype !== "bool" || value === 0 || value === 1),
      `constant: expected ${dtype === "bool" ? "0 or 1 (bool)" : "a number"}, got ${describe(value)}.`,
      { value, dtype },
    );
    return { shape: [], dtype };
  },
  evaluate(_, { value, dtype }) {
    const data = referenceStorage(dtype, 1);
    data[0] = value;
    return { shape: [], dtype, data };
  },
};

export const literal: Primitive<"literal"> = {
  arity: 0,
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  evaluate: (_, { data, shape, dtype }) => ({ shape, dtype, data }),
};

export const iota: Primitive<"iota"> = {
  arity: 0,
  infer: (_, { shape }) => ({ shape, dtype: "int32" }),
  evaluate(_, { shape, axis }) {
    const data = new Int32Array(sizeOf(shape));
    const stride = stridesOf(shape)[axis] as number;
    const size = shape[axis] as number;
    for (let i = 0; i < data.length; i++) data[i] = Math.floor(i / stride) % size;
    return { shape, dtype: "int32", data };
  },
};

function requireKey(key: Node): void {
  requireDType("randomBits", key, "uint32");
  requireArgument(
    sameShape(key.shape, [2]),
    `randomBits: a key is uint32 (2,), got ${formatShape(key.shape)}. Make one with randomKey(seed).`,
    { shape: key.shape },
  );
}

/** Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011): a counter in, four random words out. */
export const randomBits: Primitive<"randomBits"> = {
  arity: 1,
  infer([key], { shape }) {
    requireKey(key as Node);
    return { shape, dtype: "uint32" };
  },
  evaluate([key], _, { shape }): HostArray {
    const [low, high] = (key as HostArray).data as Uint32Array;
    return { shape, dtype: "uint32", data: philoxStream([low as number, high as number], sizeOf(shape)) };
  },
};
