import fc from "fast-check";
import { sizeOf } from "../../src/core/shape.ts";
import type { StoredArray } from "../../src/io/stored-array.ts";

const shape = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });

const samples = {
  u1: (size: number) => fc.uint8Array({ minLength: size, maxLength: size }),
  i1: (size: number) => fc.int8Array({ minLength: size, maxLength: size }),
  u2: (size: number) => fc.uint16Array({ minLength: size, maxLength: size }),
  i2: (size: number) => fc.int16Array({ minLength: size, maxLength: size }),
  u4: (size: number) => fc.uint32Array({ minLength: size, maxLength: size }),
  i4: (size: number) => fc.int32Array({ minLength: size, maxLength: size }),
  f4: (size: number) => fc.float32Array({ minLength: size, maxLength: size }),
  f8: (size: number) => fc.float64Array({ minLength: size, maxLength: size }),
};

/** Arrays of up to four axes, including empty ones and scalars, of the given element types; floats include NaN, infinities and -0. */
export function storedArrays(types: readonly (keyof typeof samples)[]): fc.Arbitrary<StoredArray> {
  return fc
    .tuple(fc.constantFrom(...types), shape)
    .chain(([type, sizes]) => samples[type](sizeOf(sizes)).map((data) => ({ shape: sizes, data })));
}
