import { positionOf, sizeOf } from "../../core/shape.ts";
import { add, binary, broadcastTo, constant, makeNode, mul, reshape, select, unary } from "../../graph/build.ts";
import type { Node, WindowAttributes } from "../../graph/node.ts";
import { padSpatial, slice, spreadAxes, tapsOf } from "./pieces.ts";
import { spreadWindows, zeros } from "./spread.ts";

/** Windows of more elements than this are processed one axis after the other. */
const MOST_TAPS_AT_ONCE = 9;

function positionsOf(node: Node): readonly number[] {
  return node.shape.slice(1, -1);
}

/** The geometry of one axis, with all others unchanged. */
function alongAxis(attributes: WindowAttributes, axis: number): WindowAttributes {
  const only = (list: readonly number[], neutral: number) => list.map((value, k) => (k === axis ? value : neutral));
  return {
    window: only(attributes.window, 1),
    stride: only(attributes.stride, 1),
    dilation: only(attributes.dilation, 1),
    before: only(attributes.before, 0),
    after: only(attributes.after, 0),
  };
}

function isSeparated({ window }: WindowAttributes): boolean {
  return sizeOf(window) > MOST_TAPS_AT_ONCE && window.filter((size) => size > 1).length > 1;
}

/** The input after the windows of the last axis, then of the one before it, and so on to the first, have been processed. */
function axisByAxis(
  x: Node,
  positions: readonly number[],
  attributes: WindowAttributes,
  step: (x: Node, positions: readonly number[], along: WindowAttributes) => Node,
): Node {
  let result = x;
  for (let axis = positions.length - 1; axis >= 0; axis--) {
    const sizes = positionsOf(result).map((size, k) => (k === axis ? (positions[k] as number) : size));
    result = step(result, sizes, alongAxis(attributes, axis));
  }
  return result;
}

export function expandSum(node: Node<"windowSum">): Node {
  const { attributes } = node;
  const sum = (x: Node, positions: readonly number[], along: WindowAttributes): Node =>
    tapsOf(x, positions, along, 0).reduce((total, tap) => add(total, tap));
  const x = node.inputs[0] as Node;
  return isSeparated(attributes)
    ? axisByAxis(x, positionsOf(node), attributes, sum)
    : sum(x, positionsOf(node), attributes);
}

/** The largest element of each window. */
function expandMax(x: Node, positions: readonly number[], attributes: WindowAttributes): Node {
  const most = (source: Node, sizes: readonly number[], along: WindowAttributes): Node =>
    tapsOf(source, sizes, along, Number.NEGATIVE_INFINITY).reduce((best, tap) => binary("max", best, tap));
  return isSeparated(attributes) ? axisByAxis(x, positions, attributes, most) : most(x, positions, attributes);
}

/** The best value so far and its place. */
interface Best {
  readonly value: Node;
  readonly index: Node;
}

/** The better of two, the first if they are equal; NaN is better than any number. */
function better(best: Best, next: Best): Best {
  const isNumber = (value: Node) => binary("equal", value, value);
  const isFirstNaN = binary("and", unary("not", isNumber(next.value)), isNumber(best.value));
  const wins = binary("or", binary("less", best.value, next.value), isFirstNaN);
  return { value: select(wins, next.value, best.value), index: select(wins, next.index, best.index) };
}

function integer(value: number, shape: readonly number[]): Node {
  return broadcastTo(constant(value, "int32"), shape);
}

export function expandArgmax(node: Node<"windowArgmax">): Node {
  const x = node.inputs[0] as Node;
  return neverPadding(bestOf(x, positionsOf(node), node.attributes), positionsOf(x), node.attributes);
}

/** One axis after the other: the first largest element of each row, then the first row that has the largest one. Padding counts as
 *  -Infinity. */
function bestOf(x: Node, positions: readonly number[], attributes: WindowAttributes): Best {
  const floor = Number.NEGATIVE_INFINITY;
  if (!isSeparated(attributes)) {
    const taps = tapsOf(x, positions, attributes, floor).map((value, tap) => ({
      value,
      index: integer(tap, value.shape),
    }));
    return taps.reduce(better);
  }
  let value = x;
  let index: Node | undefined;
  let weight = 1;
  for (let axis = positions.length - 1; axis >= 0; axis--) {
    const along = alongAxis(attributes, axis);
    const sizes = positionsOf(value).map((size, k) => (k === axis ? (positions[k] as number) : size));
    const values = tapsOf(value, sizes, along, floor);
    const indices = index === undefined ? undefined : tapsOf(index, sizes, along, 0);
    const factor = weight;
    const best = values
      .map((tap, place) => {
        const own = integer(place * factor, tap.shape);
        return { value: tap, index: indices === undefined ? own : add(own, indices[place] as Node) };
      })
      .reduce(better);
    ({ value, index } = best);
    weight *= attributes.window[axis] as number;
  }
  return { value, index: index as Node };
}

/** If the largest element is -Infinity, all elements are, and padding looks like one. The index is then that of the first tap on the
 *  input. */
function neverPadding({ value, index }: Best, size: readonly number[], attributes: WindowAttributes): Node {
  if (attributes.before.every((count) => count === 0)) return index;
  const positions = positionsOf(index);
  const perAxis = firstTaps(size, positions, attributes);
  const data = Int32Array.from({ length: sizeOf(positions) }, (_, position) => {
    const taps = positionOf(position, positions).map((at, axis) => perAxis[axis]?.[at]);
    // a window that holds only padding gets its first position
    if (taps.includes(undefined)) return 0;
    return taps.reduce<number>((flat, tap, axis) => flat * (attributes.window[axis] as number) + (tap as number), 0);
  });
  const first = spreadAxes(
    makeNode("literal", [], { data, shape: positions, dtype: "int32" }),
    positions.map((_, axis) => axis + 1),
    index.shape,
  );
  const isLeast = binary("equal", value, broadcastTo(constant(Number.NEGATIVE_INFINITY), value.shape));
  return select(isLeast, first, index);
}

/** For each axis, the first tap of each window that lies on the input; undefined if all of them lie on padding. */
function firstTaps(
  size: readonly number[],
  positions: readonly number[],
  { window, stride, dilation, before }: WindowAttributes,
): (number | undefined)[][] {
  return positions.map((count, axis) =>
    Array.from({ length: count }, (_, position) => {
      const start = position * (stride[axis] as number) - (before[axis] as number);
      const tap = Math.max(0, Math.ceil(-start / (dilation[axis] as number)));
      const isOnInput = start + tap * (dilation[axis] as number) < (size[axis] as number);
      return tap < (window[axis] as number) && isOnInput ? tap : undefined;
    }),
  );
}

export function expandGather(node: Node<"windowGather">, { inputs: [source, chosen] }: Node<"windowGather">): Node {
  const [x, index] = node.inputs as [Node, Node];
  const { attributes } = node;
  const positions = positionsOf(node);
  // the largest value itself needs no index; for a window that holds only padding the definition reads 0
  const isMax = chosen?.op === "windowArgmax" && chosen.inputs[0] === source && sameWindows(chosen, node);
  const isFilled = () => !firstTaps(positionsOf(x), positions, attributes).some((taps) => taps.includes(undefined));
  if (isMax && isFilled()) return expandMax(x, positions, attributes);
  return tapsOf(x, positions, attributes, 0).reduce(
    (result, value, tap) => select(binary("equal", index, integer(tap, value.shape)), value, result),
    zeros(node.shape),
  );
}

/** Do both read the same elements? */
function sameWindows(a: Node, b: Node): boolean {
  const lists = ["window", "stride", "dilation", "before", "after"] as const;
  const [left, right] = [a.attributes as WindowAttributes, b.attributes as WindowAttributes];
  return lists.every((name) => left[name].every((value, axis) => value === right[name][axis]));
}

type Spreading = WindowAttributes & { readonly size: readonly number[] };

/** Do the windows not overlap? Then every position belongs to at most one window. */
function isTiling({ window, stride, dilation, before }: WindowAttributes): boolean {
  return window.every(
    (size, axis) => size === stride[axis] && (dilation[axis] === 1 || size === 1) && before[axis] === 0,
  );
}

/** Windows that do not overlap: each value goes to one block, in one pass over (N, P, K, P, K, C) without index arithmetic.
 *  @param part makes the content of a block, from the values broadcast over all blocks and the number of each position within its block. */
function spreadTiles(
  sources: readonly Node[],
  { window, size }: Spreading,
  part: (values: readonly Node[], tap: Node) => Node,
): Node {
  const first = sources[0] as Node;
  const [batch, channels] = [first.shape[0] as number, first.shape.at(-1) as number];
  const positions = positionsOf(first);
  const blocks = [batch, ...positions.flatMap((count, axis) => [count, window[axis] as number]), channels];
  const spread = (node: Node): Node => {
    const thin = [batch, ...positions.flatMap((count) => [count, 1]), channels];
    return broadcastTo(reshape(node, thin), blocks);
  };
  const tap = window.reduce<Node>(
    (flat, length, axis) => {
      const line = makeNode("iota", [], { shape: [length], axis: 0 });
      return add(mul(flat, integer(length, blocks)), spreadAxes(line, [2 * axis + 2], blocks));
    },
    integer(0, blocks),
  );
  const covered = [batch, ...positions.map((count, axis) => count * (window[axis] as number)), channels];
  const whole = reshape(part(sources.map(spread), tap), covered);
  // the part of a last window beyond the edge is cut off; positions that no window reaches are 0
  const kept = [batch, ...size.map((length, axis) => Math.min(length, covered[axis + 1] as number)), channels];
  const inside = slice(
    whole,
    kept.map(() => 0),
    kept,
  );
  return padSpatial(
    inside,
    size.map(() => 0),
    size.map((length, axis) => length - (kept[axis + 1] as number)),
    0,
  );
}

export function expandSpread(node: Node<"windowSpread">): Node {
  const g = node.inputs[0] as Node;
  const { attributes } = node;
  if (isTiling(attributes)) return spreadTiles([g], attributes, ([value]) => value as Node);
  if (!isSeparated(attributes)) return spreadWindows([{ node: g, fill: 0 }], attributes, (_, [value]) => value as Node);
  // the adjoint of one axis after the other is one axis after the other
  let result = g;
  for (let axis = 0; axis < attributes.size.length; axis++) {
    const size = positionsOf(result).map((length, k) => (k === axis ? (attributes.size[k] as number) : length));
    result = spreadWindows(
      [{ node: result, fill: 0 }],
      { ...alongAxis(attributes, axis), size },
      (_, [value]) => value as Node,
    );
  }
  return result;
}

export function expandScatter(node: Node<"windowScatter">): Node {
  const [index, g] = node.inputs as [Node, Node];
  const { attributes } = node;
  const chosen = (at: Node, value: Node, tap: Node): Node =>
    select(binary("equal", at, tap), value, zeros(value.shape));
  if (isTiling(attributes)) {
    return spreadTiles([index, g], attributes, ([at, value], tap) => chosen(at as Node, value as Node, tap));
  }
  return spreadWindows(
    [
      { node: index, fill: -1 },
      { node: g, fill: 0 },
    ],
    attributes,
    (tap, [at, value]) => chosen(at as Node, value as Node, integer(tap, (value as Node).shape)),
  );
}
