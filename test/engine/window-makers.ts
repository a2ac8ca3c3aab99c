import { sizeOf } from "../../src/core/shape.ts";
import { makeNode } from "../../src/graph/build.ts";
import type { WindowAttributes } from "../../src/graph/node.ts";
import { windowPositions } from "../../src/graph/primitives/windows.ts";
import { stack, tensor } from "../../src/tensor/create.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { convolve, convolveTransposed, windowArgmax, windowMax, windowSum } from "../../src/tensor/windows.ts";
import type { Draw, Maker } from "./draw.ts";

/** A small array as samples, channels last; sometimes through a permutation, as layers put around a convolution. */
function images(a: Tensor, draw: Draw): Tensor | undefined {
  if (a.size >= 2000 || a.rank < 2 || a.shape.includes(0)) return undefined;
  const wide = a.rank === 2 ? a.unsqueeze(2) : a;
  const last = wide.rank - 1;
  const inner = wide.shape.map((_, axis) => axis).slice(1, -1);
  return draw.chance(0.5) ? wide.transpose([0, last, ...inner]) : wide;
}

function windowOver(x: Tensor, draw: Draw): WindowAttributes {
  const spatial = x.shape.slice(1, -1);
  const list = (least: number, count: number) => spatial.map(() => least + draw.integer(count));
  const [window, dilation, before] = [list(1, 3), list(1, 2), list(0, 2)];
  const reach = spatial.map((size, axis) => size + (before[axis] as number));
  const extent = window.map((size, axis) => (size - 1) * (dilation[axis] as number) + 1);
  const after = extent.map((size, axis) => Math.max(0, size - (reach[axis] as number)) + draw.integer(2));
  return { window, stride: list(1, 2), dilation, before, after };
}

const numbers = (shape: readonly number[]): Tensor =>
  tensor({ shape, dtype: "float32", data: Float64Array.from({ length: sizeOf(shape) }, (_, k) => Math.sin(1.3 * k)) });

/** The permutation there and back, and what comes in between. */
const onImages =
  (make: (x: Tensor, draw: Draw, geometry: WindowAttributes) => Tensor): Maker =>
  (a, draw) => {
    const x = images(a, draw);
    if (x === undefined) return undefined;
    const result = make(x, draw, windowOver(x, draw));
    const inner = result.shape.map((_, axis) => axis).slice(1, -1);
    return draw.chance(0.5) ? result.transpose([0, result.rank - 1, ...inner]) : result;
  };

/** Convolutions, pooling and their adjoints, on floats. */
export const WINDOW_MAKERS: readonly Maker[] = [
  onImages((x, draw, geometry) => {
    const channels = x.shape.at(-1) as number;
    const w = numbers([...geometry.window, channels, 1 + draw.integer(20)]);
    return convolve(x, w.mul(0.3), { ...geometry, groups: 1 }).clip(-4, 4);
  }),
  onImages((x, draw, geometry) => {
    // x as the gradient of something larger
    const { window, stride, dilation, before, after } = geometry;
    const size = x.shape.slice(1, -1).map((count, axis) => {
      const at = (list: readonly number[]) => list[axis] as number;
      const covered = (count - 1) * at(stride) + (at(window) - 1) * at(dilation) + 1 - at(before) - at(after);
      return Math.max(1, covered);
    });
    const positions = windowPositions("test", size, geometry);
    if (positions.some((count, axis) => count !== x.shape[axis + 1])) return x;
    const w = numbers([...window, 1 + draw.integer(8), x.shape.at(-1) as number]);
    return convolveTransposed(x, w.mul(0.3), { ...geometry, groups: 1, size }).clip(-4, 4);
  }),
  onImages((x, draw, geometry) => {
    const positions = windowPositions("test", x.shape.slice(1, -1), geometry);
    const g = numbers([x.shape[0] as number, ...positions, 1 + draw.integer(20)]);
    const node = makeNode("convWeight", [x.node, g.node], { ...geometry, groups: 1 });
    return new Tensor(node).mul(0.2).clip(-4, 4);
  }),
  onImages((x, _, geometry) => windowSum(x, geometry).mul(0.3)),
  onImages((x, _, geometry) => windowMax(x, geometry)),
  onImages((x, _, geometry) => windowArgmax(x, geometry).cast("float32").mul(0.2)),
  onImages((x, _, geometry) => {
    const size = x.shape.slice(1, -1);
    const index = windowArgmax(x, geometry);
    const g = x.mean().broadcastTo(index.shape).add(0.5);
    return new Tensor(makeNode("windowScatter", [index.node, g.node], { ...geometry, size })).mul(0.3);
  }),
  onImages((x, _, geometry) => {
    const size = x.shape.slice(1, -1);
    const g = windowMax(x, geometry);
    return new Tensor(makeNode("windowSpread", [g.node], { ...geometry, size })).mul(0.3);
  }),
  onImages((x) => {
    const counts = x.shape.map((_, axis) => (axis === 1 ? 2 : 1));
    return new Tensor(makeNode("interleave", [x.node, x.mul(0.5).node], { counts }));
  }),
  (a) => (a.size < 500 ? stack([a, a.mul(0.5)]) : undefined),
];
