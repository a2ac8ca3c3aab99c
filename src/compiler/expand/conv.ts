import { positionOf, type Shape, sizeOf } from "../../core/shape.ts";
import { makeNode, matmul, mul, permute, reduce, reshape, transposeLast } from "../../graph/build.ts";
import type { ConvAttributes, Node } from "../../graph/node.ts";
import { axesOf, concat, pad, slice, sliceAxis, spreadAxes, sumOf, tapsOf } from "./pieces.ts";
import { interleavePhases, spreadWindows, zeros } from "./spread.ts";

/** Convolutions for which the compiler has kernels: two spatial axes, one group. All others are written with these, with matrix products
 *  and with sums of shifted arrays. */

type Data = ConvAttributes & { readonly size: readonly number[] };

/** The number of parts into which the batch of a weight gradient is cut. Threads share the parts, and the sum does not depend on the
 *  number of threads. */
const MOST_PARTS = 16;
const LEAST_PARTS = 4;

/** Sums of more elements than this, all parts together, would cost more memory traffic than they save. */
const MOST_SUMS = 2 ** 20;

function partsFor(weights: number): number {
  return Math.max(LEAST_PARTS, Math.min(MOST_PARTS, Math.floor(MOST_SUMS / weights)));
}

function isDepthwise(groupChannels: number, { groups }: ConvAttributes): boolean {
  return groups > 1 && groupChannels === 1;
}

/** Does each channel have one weight per tap, over at most two spatial axes? Such a convolution has kernels in all three directions. */
function isPlainDepthwise(channels: number, units: number, { groups, window }: ConvAttributes): boolean {
  return groups > 1 && channels === groups && units === groups && window.length <= 2;
}

/** Is the window one element, at every position? Then the convolution is a matrix product. */
function isPointwise({ window, stride, before, after }: ConvAttributes): boolean {
  const isOne = (list: Shape) => list.every((value) => value === 1);
  return isOne(window) && isOne(stride) && [...before, ...after].every((count) => count === 0);
}

/** Is the weight gradient of a window of one element better summed image by image, as for other windows? A product packs both of its long
 *  factors; but the sums of an image must stay in the cache until the next, and each takes enough positions.
 *  @param g the gradient of the result. */
function isSummedInPlace(weights: Shape, { shape }: Node): boolean {
  const positions = shape.slice(1, -1);
  return positions.length === 2 && sizeOf(weights) <= MOST_SUMS_IN_CACHE && sizeOf(positions) >= LEAST_POSITIONS;
}

const MOST_SUMS_IN_CACHE = 2 ** 16;
const LEAST_POSITIONS = 32;

const rowsOf = (node: Node): Node => reshape(node, [-1, node.shape.at(-1) as number]);

/** The two-dimensional geometry of the last axes; a single axis gets another one of size 1 in front. */
function twoAxes<A extends ConvAttributes>(attributes: A): A {
  const [one, none] = [[1], [0]];
  return {
    ...attributes,
    window: [...one, ...attributes.window],
    stride: [...one, ...attributes.stride],
    dilation: [...one, ...attributes.dilation],
    before: [...none, ...attributes.before],
    after: [...none, ...attributes.after],
  };
}

/** An array with a spatial axis of size 1 in front of its other spatial axes. */
const widened = (node: Node): Node => reshape(node, [node.shape[0] as number, 1, ...node.shape.slice(1)]);

/** The channels (last axis) of one group. */
function groupOf(node: Node, group: number, groups: number, axis = node.shape.length - 1): Node {
  const size = (node.shape[axis] as number) / groups;
  return sliceAxis(node, axis, group * size, size);
}

const each = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, k) => make(k));

/** What the windows' first axis reads at its tap k, joined with the batch: (N P0, …rest, C). */
function planesAt(padded: Node, tap: number, positions: number, attributes: ConvAttributes): Node {
  const [stride, dilation] = [attributes.stride[0] as number, attributes.dilation[0] as number];
  const planes = sliceAxis(padded, 1, tap * dilation, positions, stride);
  return reshape(planes, [-1, ...planes.shape.slice(2)]);
}

/** Padding along the first spatial axis, written out. */
function padFirst(x: Node, { before, after }: ConvAttributes): Node {
  const along = (list: Shape) => x.shape.map((_, axis) => (axis === 1 ? (list[0] as number) : 0));
  return pad(x, along(before), along(after), 0);
}

export function expandConv(node: Node<"conv">): Node {
  const [x, w] = node.inputs as [Node, Node];
  const { attributes } = node;
  const { window, groups } = attributes;
  const positions = node.shape.slice(1, -1);
  if (isPlainDepthwise(x.shape.at(-1) as number, w.shape.at(-1) as number, attributes)) {
    if (window.length === 2) return node;
    return reshape(conv(widened(x), reshape(w, [1, ...w.shape]), twoAxes(attributes)), node.shape);
  }
  if (isDepthwise(w.shape.at(-2) as number, attributes)) return depthwise(x, w, node);
  if (groups > 1) {
    const inputs = window.length + 1;
    const parts = each(groups, (group) =>
      conv(groupOf(x, group, groups), groupOf(w, group, groups), { ...attributes, groups: 1 }),
    );
    return concat(parts, inputs);
  }
  if (isPointwise(attributes)) return reshape(matmul(rowsOf(x), rowsOf(w)), node.shape);
  if (window.length === 1) {
    return reshape(conv(widened(x), reshape(w, [1, ...w.shape]), twoAxes(attributes)), node.shape);
  }
  if (window.length === 2) return node;
  // a sum over the taps of the first axis
  const padded = padFirst(x, attributes);
  const rest = axesOf(attributes, (axis) => axis > 0);
  const parts = each(window[0] as number, (tap) => {
    const kernel = reshape(sliceAxis(w, 0, tap, 1), w.shape.slice(1));
    return conv(planesAt(padded, tap, positions[0] as number, attributes), kernel, rest);
  });
  return reshape(sumOf(parts, (parts[0] as Node).shape), node.shape);
}

function conv(x: Node, w: Node, attributes: ConvAttributes): Node {
  return expandConv(makeNode("conv", [x, w], attributes));
}

/** y[p, c m + j] = sum over taps of x[p at tap, c] w[tap, c m + j]. */
function depthwise(x: Node, w: Node, { shape, attributes }: Node<"conv">): Node {
  const channels = x.shape.at(-1) as number;
  const multiplier = (shape.at(-1) as number) / channels;
  const positions = shape.slice(1, -1);
  const wide = [...shape.slice(0, -1), channels, multiplier];
  const factors = reshape(w, [-1, channels, multiplier]);
  const parts = tapsOf(x, positions, attributes, 0).map((values, tap) =>
    mul(
      spreadAxes(
        values,
        values.shape.map((_, axis) => axis),
        wide,
      ),
      factorAt(factors, tap, wide),
    ),
  );
  return reshape(sumOf(parts, wide), shape);
}

/** The factors (C, m) of one tap, over all positions. */
function factorAt(factors: Node, tap: number, wide: Shape): Node {
  const own = reshape(sliceAxis(factors, 0, tap, 1), factors.shape.slice(1));
  return spreadAxes(own, [wide.length - 2, wide.length - 1], wide);
}

export function expandConvData(node: Node<"convData">): Node {
  const [g, w] = node.inputs as [Node, Node];
  const { attributes } = node;
  const { window, groups, size } = attributes;
  if (isPlainDepthwise(node.shape.at(-1) as number, w.shape.at(-1) as number, attributes)) {
    if (window.length === 2) return node;
    const wide = { ...twoAxes(attributes), size: [1, ...size] };
    return reshape(convData(widened(g), reshape(w, [1, ...w.shape]), wide), node.shape);
  }
  if (isDepthwise(w.shape.at(-2) as number, attributes)) return depthwiseData(g, w, node);
  if (groups > 1) {
    const parts = each(groups, (group) =>
      convData(groupOf(g, group, groups), groupOf(w, group, groups), { ...attributes, groups: 1 }),
    );
    return concat(parts, window.length + 1);
  }
  if (isPointwise(attributes)) return reshape(matmul(rowsOf(g), transposeLast(rowsOf(w))), node.shape);
  if (window.length === 1) {
    const wide = { ...twoAxes(attributes), size: [1, ...size] };
    return reshape(convData(widened(g), reshape(w, [1, ...w.shape]), wide), node.shape);
  }
  if (window.length === 2) return dataByPhases(g, w, attributes);
  return dataByTaps(g, w, node);
}

function convData(g: Node, w: Node, attributes: Data): Node {
  return expandConvData(makeNode("convData", [g, w], attributes));
}

/** Every tap of the first axis adds its planes at the place from which it read them. */
function dataByTaps(g: Node, w: Node, { attributes, shape }: Node<"convData">): Node {
  const { window, stride, dilation, before, after, size } = attributes;
  const rest: Data = { ...axesOf(attributes, (axis) => axis > 0), size: size.slice(1) };
  const positions = g.shape[1] as number;
  const [s, d] = [stride[0] as number, dilation[0] as number];
  const padded = (size[0] as number) + (before[0] as number) + (after[0] as number);
  const planes = reshape(g, [-1, ...g.shape.slice(2)]);
  const parts = each(window[0] as number, (tap) => {
    const kernel = reshape(sliceAxis(w, 0, tap, 1), w.shape.slice(1));
    const part = convData(planes, kernel, rest);
    const own = reshape(part, [-1, positions, ...part.shape.slice(1)]);
    const at = (first: number) => own.shape.map((_, axis) => (axis === 1 ? first : 0));
    const covered = (positions - 1) * s + 1;
    return pad(own, at(tap * d), at(padded - tap * d - covered), 0, at(s - 1));
  });
  const sum = sumOf(parts, (parts[0] as Node).shape);
  return slice(
    sum,
    shape.map((_, axis) => (axis === 1 ? (before[0] as number) : 0)),
    shape,
  );
}

/** The taps of one axis that reach the positions of one phase: the first tap, the distance between taps, their number, and the window
 *  that the first one belongs to, relative to the position. */
interface PhaseTaps {
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly shift: number;
}

function phaseTaps(remainder: number, axis: number, { window, stride, dilation, before }: ConvAttributes): PhaseTaps {
  const [s, d, b] = [stride[axis] as number, dilation[axis] as number, before[axis] as number];
  const reaching = each(window[axis] as number, (tap) => tap).filter((tap) => (remainder + b - tap * d) % s === 0);
  const first = reaching[0] ?? 0;
  const step = reaching.length > 1 ? (reaching[1] as number) - first : 1;
  return { first, step, count: reaching.length, shift: (remainder + b - first * d) / s };
}

/** The data gradient as convolutions of g with the reversed kernel. With a stride, only some of the taps reach the positions of each
 *  phase: one convolution per phase, without multiplications by zero.
 *    y[q stride + r] = sum over j of g[q + shift - j spacing] w[first + j step] */
function dataByPhases(g: Node, w: Node, attributes: Data): Node {
  const { stride, dilation, size } = attributes;
  const [batch, channels] = [g.shape[0] as number, w.shape.at(-2) as number];
  const lengths = size.map((length, axis) => Math.ceil(length / (stride[axis] as number)));
  const phases = each(sizeOf(stride), (number) => {
    const taps = positionOf(number, stride).map((remainder, axis) => phaseTaps(remainder, axis, attributes));
    if (taps.some(({ count }) => count === 0)) return zeros([batch, ...lengths, channels]);
    const kernel = turnedKernel(w, taps);
    // consecutive windows are step dilation / stride apart
    const spacing = taps.map(({ step }, axis) => (step * (dilation[axis] as number)) / (stride[axis] as number));
    const first = taps.map(({ shift, count }, axis) => shift - (count - 1) * (spacing[axis] as number));
    const last = taps.map(({ shift }, axis) => shift + (lengths[axis] as number) - 1);
    const positions = g.shape.slice(1, -1);
    // a window that would begin within the array begins at a slice of it
    const start = first.map((from) => Math.max(0, from));
    const inner = positions.map((length, axis) =>
      Math.max(0, Math.min(length, (last[axis] as number) + 1) - (start[axis] as number)),
    );
    if (inner.some((length) => length === 0)) return zeros([batch, ...lengths, channels]);
    const cut = slice(g, [0, ...start, 0], [batch, ...inner, g.shape.at(-1) as number]);
    return conv(cut, kernel, {
      window: taps.map(({ count }) => count),
      stride: stride.map(() => 1),
      dilation: spacing.map((distance, axis) => ((taps[axis] as PhaseTaps).count > 1 ? distance : 1)),
      before: first.map((from) => Math.max(0, -from)),
      after: last.map((to, axis) => Math.max(0, to - ((start[axis] as number) + (inner[axis] as number) - 1))),
      groups: 1,
    });
  });
  return interleavePhases(phases, stride, size);
}

/** The taps of a phase in reverse order, with inputs and outputs exchanged: (...J, C, O) -> (...J, O, C). */
function turnedKernel(w: Node, taps: readonly PhaseTaps[]): Node {
  const [channels, units] = w.shape.slice(-2) as [number, number];
  const some = slice(
    w,
    [...taps.map(({ first }) => first), 0, 0],
    [...taps.map(({ count }) => count), channels, units],
    [...taps.map(({ step }) => step), 1, 1],
  );
  const counts = some.shape.slice(0, -2);
  const total = sizeOf(counts);
  const rows = reshape(some, [total, channels, units]);
  const index = makeNode("literal", [], {
    data: Int32Array.from({ length: total }, (_, k) => total - 1 - k),
    shape: [total],
    dtype: "int32",
  });
  const turned = total === 1 ? rows : makeNode("gather", [rows, index], {});
  return reshape(permute(turned, [0, 2, 1]), [...counts, units, channels]);
}

function depthwiseData(g: Node, w: Node, { attributes, shape }: Node<"convData">): Node {
  const channels = shape.at(-1) as number;
  const multiplier = (g.shape.at(-1) as number) / channels;
  const factors = reshape(w, [-1, channels, multiplier]);
  const part = (tap: number, [value]: readonly Node[]): Node => {
    const wide = [...(value as Node).shape.slice(0, -1), channels, multiplier];
    return reduce(mul(reshape(value as Node, wide), factorAt(factors, tap, wide)), "sum", [wide.length - 1]);
  };
  return spreadWindows([{ node: g, fill: 0 }], attributes, part, channels);
}

export function expandConvWeight(node: Node<"convWeight">): Node {
  const [x, g] = node.inputs as [Node, Node];
  const { attributes } = node;
  const { window, groups } = attributes;
  if (attributes.parts !== undefined) return node;
  if (isPlainDepthwise(x.shape.at(-1) as number, g.shape.at(-1) as number, attributes)) {
    return window.length === 2 ? inParts(x, g, node) : weightOfOneAxis(x, g, node);
  }
  if (isDepthwise(node.shape.at(-2) as number, attributes)) return depthwiseWeight(x, g, node);
  if (groups > 1) {
    const parts = each(groups, (group) =>
      convWeight(groupOf(x, group, groups), groupOf(g, group, groups), { ...attributes, groups: 1 }),
    );
    return concat(parts, window.length + 1);
  }
  if (isPointwise(attributes) && !isSummedInPlace(node.shape, g)) {
    return reshape(matmul(transposeLast(rowsOf(x)), rowsOf(g)), node.shape);
  }
  if (window.length === 1) return weightOfOneAxis(x, g, node);
  if (window.length === 2) return inParts(x, g, node);
  const padded = padFirst(x, attributes);
  const rest = axesOf(attributes, (axis) => axis > 0);
  const planes = reshape(g, [-1, ...g.shape.slice(2)]);
  const parts = each(window[0] as number, (tap) => {
    const part = convWeight(planesAt(padded, tap, g.shape[1] as number, attributes), planes, rest);
    return reshape(part, [1, ...part.shape]);
  });
  return concat(parts, 0);
}

function weightOfOneAxis(x: Node, g: Node, { attributes, shape }: Node<"convWeight">): Node {
  return reshape(convWeight(widened(x), widened(g), twoAxes(attributes)), shape);
}

/** Sums over parts of the batch, then over the parts. */
function inParts(x: Node, g: Node, { attributes, shape }: Node<"convWeight">): Node {
  const parts = Math.min(x.shape[0] as number, partsFor(sizeOf(shape)));
  return reduce(makeNode("convWeight", [x, g], { ...attributes, parts }), "sum", [0]);
}

function convWeight(x: Node, g: Node, attributes: ConvAttributes): Node {
  return expandConvWeight(makeNode("convWeight", [x, g], attributes));
}

function depthwiseWeight(x: Node, g: Node, { attributes, shape }: Node<"convWeight">): Node {
  const channels = x.shape.at(-1) as number;
  const multiplier = (g.shape.at(-1) as number) / channels;
  const positions = g.shape.slice(1, -1);
  const wide = [...g.shape.slice(0, -1), channels, multiplier];
  const gradient = reshape(g, wide);
  const axes = wide.slice(0, -2).map((_, axis) => axis);
  const parts = tapsOf(x, positions, attributes, 0).map((values) => {
    const spread = spreadAxes(
      values,
      values.shape.map((_, axis) => axis),
      wide,
    );
    return reshape(reduce(mul(spread, gradient), "sum", axes), [1, channels * multiplier]);
  });
  return reshape(concat(parts, 0), shape);
}
