import { broadcastShapes } from "../../src/core/shape.ts";
import { full, range } from "../../src/tensor/create.ts";
import { randomBits, randomKey } from "../../src/tensor/random.ts";
import { type Tensor, where } from "../../src/tensor/tensor.ts";
import type { Draw, Maker } from "./draw.ts";

/** To a float of moderate size, exactly rounded on both sides. */
function moderate(a: Tensor): Tensor {
  return a.cast("float32").mul(2 ** -31);
}

function choose(a: Tensor, draw: Draw): Tensor | undefined {
  const condition = draw.partnerOf("bool", a);
  return condition && where(condition, a, draw.partner(a.broadcastTo(broadcastShapes("", a.shape, condition.shape))));
}

const WRAPPING: readonly Maker[] = [
  (a, draw) => a.add(draw.partner(a)),
  (a, draw) => a.sub(draw.partner(a)),
  (a, draw) => a.mul(draw.partner(a)),
  (a, draw) => a.mul(draw.pick([3, 0x10001, 1])),
  (a, draw) => a.maximum(draw.partner(a)),
  (a, draw) => a.minimum(draw.partner(a)),
  (a, draw) => a.less(draw.partner(a)),
  (a, draw) => a.lessEqual(draw.partner(a)),
  (a, draw) => a.equal(draw.partner(a)),
  choose,
  moderate,
  moderate,
];

/** int32 wraps around, as in JavaScript's `| 0`. */
export const INT_MAKERS: readonly Maker[] = [
  ...WRAPPING,
  (a) => a.neg(),
  (a) => a.abs(),
  (a) => a.cast("uint32"),
  (a) => a.cast("bool"),
  (a, draw) => (a.rank > 0 ? a.sum(draw.axes(a), draw.chance(0.5)) : undefined),
  (a, draw) => (a.rank > 0 ? a.max(draw.axes(a), draw.chance(0.5)) : undefined),
  (a, draw) => (a.rank > 0 ? a.min(draw.axes(a), draw.chance(0.5)) : undefined),
  (a, draw) => (a.rank > 0 ? a.prod(draw.axes(a), draw.chance(0.5)) : undefined),
  (a, draw) => (a.rank > 0 ? a.argMax(draw.axis(a)) : undefined),
  // of given values only: these are the same on both sides to the last bit
  (_, draw) => draw.pick(draw.floatLeaves).cast("int32"),
  (_, draw) => draw.pick(draw.floatLeaves).mul(4).floor().cast("int32"),
  (_, draw) => draw.pick(draw.floatLeaves).mul(4).cast("uint32").cast("int32"),
  (_, draw) => {
    const leaf = draw.pick(draw.floatLeaves);
    return leaf.rank > 0 ? leaf.argMax(draw.axis(leaf), draw.chance(0.5)) : undefined;
  },
  (a, draw) => (a.size < 1000 ? a.neg().oneHot(1 + draw.integer(9)) : undefined),
  (a, draw) => {
    const tables = draw.of("float32").filter(({ rank }) => rank > 0);
    return a.size < 300 && tables.length > 0 ? draw.pick(tables).gather(a.neg()) : undefined;
  },
];

export const UINT_MAKERS: readonly Maker[] = [
  ...WRAPPING,
  (a, draw) => a.shiftRight(draw.pick([0, 1, 8, 31])),
  (a) => a.cast("int32"),
  (a) => a.cast("bool"),
];

export const BOOL_MAKERS: readonly Maker[] = [
  (a, draw) => a.and(draw.partner(a)),
  (a, draw) => a.or(draw.partner(a)),
  (a, draw) => a.equal(draw.partner(a)),
  (a) => a.not(),
  choose,
  (a) => a.cast("float32"),
  (a) => a.cast("int32"),
  (a) => a.cast("uint32"),
  (a, draw) => {
    const x = draw.partnerOf("float32", a);
    return x && where(a, x, draw.pick([0, 1.5]));
  },
];

/** Leaves of the other types: positions, random words, and tests of given values. */
export function otherLeaves(draw: Draw): Tensor[] {
  const leaves = [...draw.pool];
  const shapes = leaves.map(({ shape }) => shape);
  const ints = shapes.map((shape) =>
    range(shape.reduce((size, count) => size * count, 1))
      .sub(7)
      .reshape(shape),
  );
  const words = shapes.map((shape) => randomBits(randomKey(draw.integer(1000)), shape));
  const tests = leaves.filter(({ dtype }) => dtype === "float32").map((leaf) => leaf.less(draw.pick([0, 0.75])));
  return [...ints, ...words, ...tests, full([], 5, "int32"), full([], 0x9e3779b9, "uint32")];
}
