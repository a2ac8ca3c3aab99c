import { GradusError } from "../../core/errors.ts";
import { required } from "../../core/fields.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import type { WindowAttributes } from "../../graph/node.ts";
import { windowPositions } from "../../graph/primitives/windows.ts";
import { booleanField, type Fields } from "../fields.ts";
import {
  extentOf,
  type PerAxis,
  paddingField,
  perAxis,
  perAxisField,
  type WindowOptions,
  windowsOver,
} from "./geometry.ts";

/** Window options of all pooling layers. */
export interface PoolOptions extends WindowOptions {
  /** steps from one window to the next. Default: the window, so that they lie side by side */
  readonly stride?: PerAxis;
  /** whether a last window that extends beyond the padded input counts too, unless it would start beyond the input.
   *  Default false */
  readonly ceilMode?: boolean;
}

/** Fields of all pooling layers. */
export function poolFields(rank: number): Fields<{ readonly window: PerAxis } & PoolOptions> {
  return {
    window: required(perAxisField(rank, 1)),
    stride: perAxisField(rank, 1),
    padding: paddingField(rank),
    dilation: perAxisField(rank, 1, 1),
    ceilMode: booleanField(false),
  };
}

/** The positions of pooling windows, and their number. */
export interface PoolWindows {
  readonly windows: WindowAttributes;
  readonly positions: Shape;
  /** the requested padding after the input; `windows.after` differs from it if `ceilMode` adds or drops a window */
  readonly padded: readonly number[];
}

/** With ceilMode: P = ceil((S + before + after - extent) / stride) + 1, less the last one if it would start after S
 *  + before; and as much padding after as those windows need. The rule is PyTorch's and ONNX's. */
function roundedUp(spatial: Shape, windows: WindowAttributes): WindowAttributes {
  const after = spatial.map((size, axis) => {
    const at = <K extends keyof WindowAttributes>(name: K) => windows[name][axis] as number;
    const extent = extentOf(at("window"), at("dilation"));
    const last = Math.ceil((size + at("before") + at("after") - extent) / at("stride")) * at("stride");
    const start = last >= size + at("before") ? last - at("stride") : last;
    return Math.max(0, start + extent - size - at("before"));
  });
  return { ...windows, after };
}

/** The number of elements of each window of an axis that lie in [from, to). */
export function tapsBetween(
  windows: WindowAttributes,
  positions: Shape,
  axis: number,
  from: number,
  to: number,
): number[] {
  const [window, stride, dilation, before] = (["window", "stride", "dilation", "before"] as const).map(
    (name) => windows[name][axis] as number,
  ) as [number, number, number, number];
  return Array.from({ length: positions[axis] as number }, (_, position) => {
    const first = position * stride - before;
    return Array.from({ length: window }, (_, tap) => first + tap * dilation).filter((at) => at >= from && at < to)
      .length;
  });
}

/** A window that sees nothing has no largest element and no mean. */
function requireInput(where: string, spatial: Shape, windows: WindowAttributes, positions: Shape): void {
  const isEmpty = spatial.some((size, axis) => tapsBetween(windows, positions, axis, 0, size).includes(0));
  if (!isEmpty) return;
  const { window, before, after } = windows;
  throw new GradusError(
    "bad-argument",
    `${where}: with a window of ${formatShape(window)} and padding ${formatShape(before)} before and ${formatShape(after)} after, some windows of the input ${formatShape(spatial)} contain only padding. Use less padding than the length of the window.`,
    { window, before, after, spatial },
  );
}

/** The positions of a pooling layer's windows on an input.
 *  @throws `shape-mismatch` if a window is larger than the padded input, `bad-argument` if one would contain only
 *    padding. */
export function poolWindows(where: string, spatial: Shape, window: PerAxis, options: PoolOptions): PoolWindows {
  const { stride = window, ceilMode = false } = options;
  const given = windowsOver(spatial, perAxis(window, spatial.length), { ...options, stride });
  // refuses a window that is too large before rounding
  const down = windowPositions(where, spatial, given);
  const windows = ceilMode ? roundedUp(spatial, given) : given;
  const positions = ceilMode ? windowPositions(where, spatial, windows) : down;
  requireInput(where, spatial, windows, positions);
  return { windows, positions, padded: given.after };
}
