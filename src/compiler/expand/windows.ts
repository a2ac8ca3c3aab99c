import { sizeOf } from "../../core/shape.ts";
import { add, binary, broadcastTo, constant, makeNode, mul, reshape, select, unary } from "../../graph/build.ts";
import type { Node, WindowAttributes } from "../../graph/node.ts";
import { padSpatial, spreadAxes, tapsOf } from "./pieces.ts";
import { spreadWindows, zeros } from "./spread.ts";

/** Windows of more elements than this are worked off one axis after the other. */
const MOST_TAPS_AT_ONCE = 9;

function positionsOf(node: Node): readonly number[] {
  return node.shape.slice(1, -1);
}

/** The geometry of one axis, all others left alone. */
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

/** The input after the windows of the last axis, then of the one before, … have been worked off. */
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

/** The largest of each window. */
function expandMax(x: Node, positions: readonly number[], attributes: WindowAttributes): Node {
  const most = (source: Node, sizes: readonly number[], along: WindowAttributes): Node =>
    tapsOf(source, sizes, along, Number.NEGATIVE_INFINITY).reduce((best, tap) => binary("max", best, tap));
  return isSeparated(attributes) ? axisByAxis(x, positions, attributes, most) : most(x, positions, attributes);
}

/** A best value so far and where it is. */
interface Best {
  readonly value: Node;
  readonly index: Node;
}

/** The better of two, the first where they are equal; NaN is better than any number. */
function better(best: Best, next: Best): Best {
  const isNumber = (value: Node) => binary("equal", value, value);
  const isFirstNaN = binary("and", unary("not", isNumber(next.value)), isNumber(best.value));
  const wins = binary("or", binary("less", best.value, next.value), isFirstNaN);
  return { value: select(wins, next.value, best.value), index: select(wins, next.index, best.index) };
}

function integer(value: number, shape: readonly number[]): Node {
  return broadcastTo(constant(value, "int32"), shape);
}

/** One axis after the other: in a row the first largest element, then the first row with the largest one. */
export function expandArgmax(node: Node<"windowArgmax">): Node {
  const { attributes } = node;
  const positions = positionsOf(node);
  const isFloor = Number.NEGATIVE_INFINITY;
  const x = node.inputs[0] as Node;
  if (!isSeparated(attributes)) {
    const taps = tapsOf(x, positions, attributes, isFloor).map((value, tap) => ({
      value,
      index: integer(tap, value.shape),
    }));
    return taps.reduce(better).index;
  }
  let value = x;
  let index: Node | undefined;
  let weight = 1;
  for (let axis = positions.length - 1; axis >= 0; axis--) {
    const along = alongAxis(attributes, axis);
    const sizes = positionsOf(value).map((size, k) => (k === axis ? (positions[k] as number) : size));
    const values = tapsOf(value, sizes, along, isFloor);
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
  return index as Node;
}

export function expandGather(node: Node<"windowGather">): Node {
  const [x, index] = node.inputs as [Node, Node];
  const { attributes } = node;
  const positions = positionsOf(node);
  // the largest itself needs no index
  const isMax = index.op === "windowArgmax" && index.inputs[0] === x;
  if (isMax) return expandMax(x, positions, attributes);
  return tapsOf(x, positions, attributes, 0).reduce(
    (result, value, tap) => select(binary("equal", index, integer(tap, value.shape)), value, result),
    zeros(node.shape),
  );
}

type Spreading = WindowAttributes & { readonly size: readonly number[] };

/** Do the windows lie side by side? Then every position belongs to one window at most. */
function isTiling({ window, stride, dilation, before }: WindowAttributes): boolean {
  return window.every(
    (size, axis) => size === stride[axis] && (dilation[axis] === 1 || size === 1) && before[axis] === 0,
  );
}

/** Windows side by side: each value goes to one block, in one pass over (N, P, K, P, K, C) without any index arithmetic.
 *  @param part from the values spread over all blocks, and the number of each position within its block, what a block holds. */
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
  const isCut = size.some((length, axis) => length < (covered[axis + 1] as number));
  const wanted = [batch, ...size, channels];
  if (isCut) {
    const kept = covered.map((length, axis) => Math.min(length, wanted[axis] as number));
    const part = makeNode("slice", [whole], { start: kept.map(() => 0), size: kept, step: kept.map(() => 1) });
    return padSpatial(
      part,
      size.map(() => 0),
      size.map((length, axis) => length - (kept[axis + 1] as number)),
      0,
    );
  }
  return padSpatial(
    whole,
    size.map(() => 0),
    size.map((length, axis) => length - (covered[axis + 1] as number)),
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
