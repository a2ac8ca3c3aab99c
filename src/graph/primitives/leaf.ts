import { type HostArray, referenceStorage } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { randomBits as philoxStream } from "../../core/random.ts";
import { sizeOf, stridesOf } from "../../core/shape.ts";
import { requireDType } from "../check.ts";
import type { Primitive } from "./primitive.ts";

export const input: Primitive<"input"> = {
  arity: 0,
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  evaluate(_, { name }) {
    throw new GradusError("bad-argument", `input ${name} has no value: bind it when the program runs.`, { name });
  },
};

export const constant: Primitive<"constant"> = {
  arity: 0,
  infer: (_, { dtype }) => ({ shape: [], dtype }),
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

/** Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011): a counter in, four random words out. */
export const randomBits: Primitive<"randomBits"> = {
  arity: 1,
  infer([key], { shape }) {
    requireDType("randomBits", key as NonNullable<typeof key>, "uint32");
    return { shape, dtype: "uint32" };
  },
  evaluate([key], _, { shape }): HostArray {
    const [low, high] = (key as HostArray).data as Uint32Array;
    return { shape, dtype: "uint32", data: philoxStream([low as number, high as number], sizeOf(shape)) };
  },
};
