import assert from "node:assert/strict";
import { positionOf, sizeOf } from "../../../src/core/shape.ts";
import type { LayerInput } from "../../../src/nn/layers.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { listed } from "../../autodiff/arrays.ts";
import { literal, modelOf, numbersOf, PREDICTION } from "../support.ts";

/** A layer's output for one sample, and its shape. */
export function outputOf(
  layer: LayerInput,
  inputShape: readonly number[],
  x: readonly number[],
  parameters: Readonly<Record<string, Tensor>> = {},
): { readonly shape: readonly number[]; readonly values: number[] } {
  const model = modelOf(inputShape, layer);
  const { output } = model.apply(
    { parameters: Object.keys(parameters).length > 0 ? { "0": parameters } : {}, buffers: {} },
    literal(listed([1, ...inputShape], x)),
    PREDICTION,
  );
  assert.deepEqual(output.shape.slice(1), model.outputShape);
  return { shape: output.shape.slice(1), values: numbersOf(output) };
}

/** 0, 1, 2, … */
export function counting(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index);
}

export function assertClose(found: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, index) => {
    const difference = Math.abs(value - (expected[index] as number));
    assert.ok(difference <= tolerance, `element ${index}: ${value}, expected ${expected[index]}`);
  });
}

/** The windows on one axis, as numbers. */
export interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** P of an axis; below 1 if the window does not fit. */
export function positionsOf({ size, kernel, stride, dilation, before, after }: Axis): number {
  return Math.floor((size + before + after - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** Visits output position, kernel position and input position as row-major numbers, wherever a window meets
 *  the input. */
export function eachMeeting(axes: readonly Axis[], visit: (p: number, k: number, s: number) => void): void {
  const [positions, kernel, sizes] = [axes.map(positionsOf), axes.map((a) => a.kernel), axes.map((a) => a.size)];
  for (let p = 0; p < sizeOf(positions); p++) {
    for (let k = 0; k < sizeOf(kernel); k++) {
      const [at, within] = [positionOf(p, positions), positionOf(k, kernel)];
      const place = axes.map(
        ({ stride, before, dilation }, axis) =>
          (at[axis] as number) * stride - before + (within[axis] as number) * dilation,
      );
      if (place.some((s, axis) => s < 0 || s >= (sizes[axis] as number))) continue;
      visit(
        p,
        k,
        place.reduce((flat, s, axis) => flat * (sizes[axis] as number) + s, 0),
      );
    }
  }
}
