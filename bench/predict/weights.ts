import type { HostArray } from "../../src/core/dtype.ts";
import { type Shape, sizeOf } from "../../src/core/shape.ts";
import type { Model } from "../../src/nn/model.ts";
import type { ModelState } from "../../src/nn/state.ts";
import { noise } from "../workloads.ts";

/** Deviation of biases from 0, and of scales and variances from 1: every array then counts in a comparison of outputs. */
const SPREAD = 0.1;

/** Weights that look trained and are the same in every process: matrices with deviation 1 / sqrt(fan-in).
 *  @returns the state, and its arrays by path: `parameters.0.weight`. */
export function fixedState(model: Model): {
  readonly state: ModelState;
  readonly arrays: ReadonlyMap<string, HostArray>;
} {
  const arrays = new Map<string, HostArray>();
  const state = model.assemble((path, { shape, dtype }) => {
    const array = dtype === "float32" ? fixedArray(path, shape, arrays.size) : zeros(shape);
    arrays.set(path, array);
    return array;
  });
  return { state, arrays };
}

function fixedArray(path: string, shape: Shape, seed: number): HostArray {
  const { data } = noise(shape, 1000 + 7 * seed);
  const name = path.slice(path.lastIndexOf(".") + 1);
  const centre = name === "runningVariance" || (name === "weight" && shape.length === 1) ? 1 : 0;
  const scale = shape.length > 1 ? 1 / Math.sqrt(sizeOf(shape.slice(1))) : SPREAD;
  return { shape, dtype: "float32", data: Float32Array.from(data, (value) => centre + scale * Number(value)) };
}

const zeros = (shape: Shape): HostArray => ({ shape, dtype: "int32", data: new Int32Array(sizeOf(shape)) });
