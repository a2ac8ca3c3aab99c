import { GradusError } from "../../core/errors.ts";
import { formatShape, positionOf, type Shape, sizeOf } from "../../core/shape.ts";
import type { WindowAttributes } from "../node.ts";

/** Number of windows that fit on each spatial axis: P = floor((S + before + after - dilation (K - 1) - 1) / stride) + 1.
 *  @throws `bad-argument` for an invalid geometry, `shape-mismatch` if a window is larger than the padded input. */
export function windowPositions(where: string, spatial: Shape, attributes: WindowAttributes): number[] {
  requireGeometry(where, spatial.length, attributes);
  const { window, stride, dilation, before, after } = attributes;
  return spatial.map((size, axis) => {
    const padded = size + (before[axis] as number) + (after[axis] as number);
    const extent = (dilation[axis] as number) * ((window[axis] as number) - 1) + 1;
    if (extent > padded) {
      throw new GradusError(
        "shape-mismatch",
        `${where}: a window of ${formatShape(window)}${dilation.some((step) => step > 1) ? ` with dilation ${formatShape(dilation)}` : ""} covers ${extent} positions, but the input ${formatShape(spatial)} with its padding has ${padded}: ${extent} > ${padded}. Use a smaller window, or more padding.`,
        { window, dilation, spatial, before, after },
      );
    }
    return Math.floor((padded - extent) / (stride[axis] as number)) + 1;
  });
}

function requireGeometry(where: string, rank: number, attributes: WindowAttributes): void {
  const { window, stride, dilation, before, after } = attributes;
  const fits = (list: readonly number[], least: number) =>
    list.length === rank && list.every((value) => Number.isInteger(value) && value >= least);
  if (fits(window, 1) && fits(stride, 1) && fits(dilation, 1) && fits(before, 0) && fits(after, 0)) return;
  throw new GradusError(
    "bad-argument",
    `${where}: expected ${rank} whole numbers each for window, stride and dilation (1 or more) and for the padding (0 or more), got window ${formatShape(window)}, stride ${formatShape(stride)}, dilation ${formatShape(dilation)}, padding ${formatShape(before)} and ${formatShape(after)}.`,
    { ...attributes, rank },
  );
}

/** Visits every output position with each position of its window that lies inside the input, as row-major numbers. */
export function eachTap(
  spatial: Shape,
  positions: Shape,
  { window, stride, dilation, before }: WindowAttributes,
  visit: (output: number, tap: number, input: number) => void,
): void {
  const taps = sizeOf(window);
  const outputs = sizeOf(positions);
  for (let output = 0; output < outputs; output++) {
    const at = positionOf(output, positions);
    for (let tap = 0; tap < taps; tap++) {
      const within = positionOf(tap, window);
      let input = 0;
      let isInside = true;
      for (let axis = 0; axis < spatial.length; axis++) {
        const position =
          (at[axis] as number) * (stride[axis] as number) -
          (before[axis] as number) +
          (within[axis] as number) * (dilation[axis] as number);
        isInside &&= position >= 0 && position < (spatial[axis] as number);
        input = input * (spatial[axis] as number) + position;
      }
      if (isInside) visit(output, tap, input);
    }
  }
}
