import { sizeOf } from "../../src/core/shape.ts";
import { makeNode } from "../../src/graph/build.ts";
import { concat, full, range, stack, tensor } from "../../src/tensor/create.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import type { Draw, Maker } from "./draw.ts";
import { standardise } from "./float-makers.ts";

/** Small fixed weights, all different. */
function weights(shape: readonly number[]): Tensor {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, index) => Math.fround(Math.sin(1.7 * index) / 2));
  return tensor({ shape, dtype: "float32", data });
}

function swapLast(a: Tensor): Tensor {
  return a.transpose(a.shape.map((_, axis) => (axis < a.rank - 2 ? axis : 2 * a.rank - 3 - axis)));
}

const small =
  (least: number, make: Maker): Maker =>
  (a, draw) =>
    a.rank >= least && a.size < 3000 ? make(a, draw) : undefined;

/** A value that does not change type, so that padding and tables work for every type. */
function filler(a: Tensor, draw: Draw): number {
  return a.dtype === "float32" ? draw.pick([0, 0.5, -1]) : draw.integer(2);
}

function padding(a: Tensor, draw: Draw, inside: number): Tensor {
  const counts = (limit: number) => a.shape.map(() => draw.integer(limit));
  const [before, after, interior] = [counts(3), counts(3), counts(inside)];
  return new Tensor(makeNode("pad", [a.node], { before, after, interior, value: filler(a, draw) }));
}

/** Movement and tables, for every type. */
export const MOVEMENT_MAKERS: readonly Maker[] = [
  small(2, (a) => a.transpose()),
  small(2, (a, draw) => a.transpose(draw.order(a))),
  small(2, (a, draw) => a.transpose(draw.order(a)).flatten(draw.integer(2))),
  (a) => a.flatten(),
  (a, draw) => a.unsqueeze(draw.integer(a.rank + 1)),
  small(1, (a, draw) => a.broadcastTo([1 + draw.integer(3), ...a.shape])),
  small(0, (a, draw) => {
    const wide = a.unsqueeze(draw.integer(a.rank + 1));
    return wide.broadcastTo(wide.shape.map((size) => (size === 1 ? 1 + draw.integer(3) : size)));
  }),
  small(1, (a, draw) => {
    // two axes from one, where its size allows
    const axis = draw.axis(a);
    const size = a.shape[axis] as number;
    const factor = [2, 3, 5, 4].find((count) => size % count === 0) ?? 1;
    return a.reshape([...a.shape.slice(0, axis), factor, size / factor, ...a.shape.slice(axis + 1)]);
  }),
  small(1, (a, draw) => {
    const axis = draw.axis(a);
    return a.slice(axis, draw.integer(Math.min(3, a.shape[axis] as number)), undefined, 1 + draw.integer(3));
  }),
  small(1, (a, draw) => a.slice(draw.axis(a), 0, -draw.integer(3) || undefined)),
  small(0, (a, draw) => padding(a, draw, 1)),
  small(0, (a, draw) => padding(a, draw, 3)),
  small(1, (a, draw) => concat([a, a.slice(draw.axis(a), 0), a], draw.axis(a))),
  small(1, (a, draw) => {
    const axis = draw.axis(a);
    return concat([a.slice(axis, 0, 2), a, a.slice(axis, -1)], axis);
  }),
  small(0, (a, draw) => stack([a, a, a], draw.integer(a.rank + 1))),
  small(1, (a, draw) => {
    const rows = a.shape[0] as number;
    const indices = Array.from({ length: 1 + draw.integer(6) }, () => draw.integer(rows));
    return a.gather(tensor(indices, "int32").reshape(draw.pick([[-1], [1, -1], [-1, 1]])));
  }),
];

/** Products and sums by index, on floats. */
export const PRODUCT_MAKERS: readonly Maker[] = [
  small(2, (a) => a.matmul(swapLast(a)).mul(1 / (a.shape.at(-1) as number))),
  small(2, (a) =>
    swapLast(a)
      .matmul(a)
      .mul(1 / (a.shape.at(-2) as number)),
  ),
  small(1, (a, draw) => a.matmul(weights([a.shape.at(-1) as number, 1 + draw.integer(40)])).tanh()),
  small(2, (a, draw) =>
    weights([1 + draw.integer(20), a.shape.at(-2) as number])
      .matmul(a)
      .tanh(),
  ),
  // batch axes on either side grow
  small(2, (a, draw) =>
    a
      .unsqueeze(-3)
      .matmul(weights([3, a.shape.at(-1) as number, 1 + draw.integer(9)]))
      .tanh(),
  ),
  small(2, (a, draw) => {
    const left = weights([2, 1, 1 + draw.integer(9), a.shape.at(-2) as number]);
    return a.rank < 4 ? left.matmul(a).tanh() : undefined;
  }),
  // vectors are rows on the left and columns on the right
  small(1, (a) => a.matmul(weights([a.shape.at(-1) as number])).tanh()),
  small(2, (a) =>
    weights([a.shape.at(-2) as number])
      .matmul(a)
      .tanh(),
  ),
  // a formula, one value everywhere, every second row, a repeated row as operands
  small(1, (a) =>
    a
      .matmul(
        range((a.shape.at(-1) as number) * 4)
          .cast("float32")
          .mul(1e-3)
          .reshape([-1, 4]),
      )
      .tanh(),
  ),
  small(2, (a) => a.matmul(full([a.shape.at(-1) as number, 5], 0.1)).tanh()),
  small(2, (a) =>
    a
      .slice(a.rank - 2, 0, undefined, 2)
      .matmul(weights([a.shape.at(-1) as number, 6]))
      .tanh(),
  ),
  small(2, (a) => {
    const row = a.slice(a.rank - 2, 0, 1);
    return row
      .broadcastTo([...a.shape.slice(0, -2), 7, a.shape.at(-1) as number])
      .matmul(swapLast(a))
      .tanh();
  }),
  small(1, (a, draw) => {
    const rows = 1 + draw.integer(6);
    const indices = Array.from({ length: a.shape[0] as number }, () => draw.integer(rows + 2) - 1);
    return new Tensor(makeNode("scatterAdd", [tensor(indices, "int32").node, a.node], { rows })).mul(0.3).clip(-4, 4);
  }),
  small(1, (a, draw) => {
    // batch normalisation over images: channels stay
    const images = a
      .flatten()
      .broadcastTo([6, a.size])
      .mul(weights([6, a.size]))
      .reshape([2, 3, -1, 1 + (a.size % 2 === 0 ? 1 : 0)]);
    return draw.chance(0.5)
      ? standardise(images, [0, 2, 3])
      : images.max([2, 3], true).sub(images.mean([0, 2, 3], true));
  }),
  (a) =>
    a.rank > 0
      ? a.add(
          range(a.shape.at(-1) as number)
            .cast("float32")
            .mul(0.01),
        )
      : undefined,
];
