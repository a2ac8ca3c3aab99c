import { gradients } from "../../src/autodiff/gradients.ts";
import { sameShape } from "../../src/core/shape.ts";
import type { Node } from "../../src/graph/node.ts";
import { concat } from "../../src/tensor/create.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { inputNode, randomValues } from "./cases.ts";
import { Draw, type Maker, mulberry } from "./draw.ts";
import type { StateCase } from "./state-cases.ts";

/** Widths of gates, and of several of them side by side. */
const WIDTHS = [1, 3, 8, 16, 32, 64, 64];

const MOST_ELEMENTS = 4000;

/** Slices, concatenations of anything with anything, and what lies between them in a recurrence. */
const MAKERS: readonly Maker[] = [
  (a, draw) => sliced(a, draw),
  (a, draw) => sliced(a, draw),
  (a, draw) => halves(a, draw),
  (a, draw) => joined(a, draw),
  (a, draw) => joined(a, draw),
  (a, draw) => joined(a, draw),
  (a, draw) => a.add(draw.partner(a)).mul(0.5),
  (a, draw) => a.sub(draw.partner(a)).mul(0.5),
  (a, draw) => a.mul(draw.partner(a)),
  (a) => a.tanh(),
  (a) => a.sigmoid(),
  (a, draw) => product(a, draw),
  (a, draw) => product(a, draw),
  (a, draw) => gates(a, draw),
  (a, draw) => runs(a, draw),
  (a) => (a.rank === 2 ? a.transpose() : undefined),
  (a) =>
    a.rank === 3 ? a.reshape([(a.shape[0] as number) * (a.shape[1] as number), a.shape[2] as number]) : undefined,
  (a) => (a.rank === 2 ? a.reshape([1, ...a.shape]) : undefined),
  (a, draw) => (a.rank > 1 ? a.mean(draw.axis(a), true) : undefined),
  (a) => (a.rank === 2 ? a.sub(a.mean(0, true)) : undefined),
];

/** A run of positions of one axis. */
function sliced(a: Tensor, draw: Draw): Tensor | undefined {
  const axis = draw.axis(a);
  const size = a.shape[axis] as number;
  if (size < 2) return undefined;
  const start = draw.integer(size);
  return a.slice(axis, start, start + 1 + draw.integer(size - start));
}

/** Equal parts of an axis, as gates are; one is returned, all may be used. */
function halves(a: Tensor, draw: Draw): Tensor | undefined {
  const axis = draw.axis(a);
  const size = a.shape[axis] as number;
  const count = draw.pick([2, 3, 4]);
  if (size % count !== 0) return undefined;
  const width = size / count;
  const parts = Array.from({ length: count }, (_, index) => a.slice(axis, index * width, (index + 1) * width));
  draw.pool.push(...parts.slice(1).map((part, index) => (index === 0 ? part.tanh() : part.sigmoid())));
  return parts[0];
}

/** Two to four values, this one among them, some perhaps twice, computed or taken as they are. */
function joined(a: Tensor, draw: Draw): Tensor | undefined {
  const axis = draw.axis(a);
  const alike = draw.pool.filter(
    ({ shape }) => shape.length === a.rank && shape.every((size, index) => index === axis || size === a.shape[index]),
  );
  const parts = [a, ...Array.from({ length: 1 + draw.integer(3) }, () => draw.pick(alike))];
  const all = concat(draw.chance(0.5) ? parts : parts.reverse(), axis);
  return all.size > MOST_ELEMENTS ? undefined : all;
}

/** A cell: a product of which the loop takes a column of each gate. */
function gates(a: Tensor, draw: Draw): Tensor | undefined {
  const columns = a.shape[1] as number;
  const weights = draw.pool.filter(
    ({ rank, shape }) => rank === 2 && a.rank === 2 && shape[0] === columns && shape[1] === 4 * columns,
  );
  if (weights.length === 0) return undefined;
  const all = a.mul(columns ** -0.5).matmul(draw.pick(weights));
  const [i, f, g, o] = [0, 1, 2, 3].map((index) => all.slice(1, index * columns, (index + 1) * columns)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const cell = f.sigmoid().mul(draw.partner(a)).add(i.sigmoid().mul(g.tanh()));
  draw.pool.push(cell);
  return o.sigmoid().mul(cell.tanh());
}

/** Values one behind the other, and as many of them without the first or the last ones. */
function runs(a: Tensor, draw: Draw): Tensor | undefined {
  const alike = draw.pool.filter(({ shape }) => sameShape(shape, a.shape));
  const parts = [draw.pick(alike), a, draw.pick(alike), draw.pick(alike)];
  if (4 * a.size > MOST_ELEMENTS) return undefined;
  const start = draw.integer(2);
  draw.pool.push(concat(parts.slice(start, start + 2 + draw.integer(2)), 0));
  return concat(parts, 0);
}

function product(a: Tensor, draw: Draw): Tensor | undefined {
  if (a.rank !== 2) return undefined;
  const fits = draw.pool.filter(({ rank, shape }) => rank === 2 && shape[0] === a.shape[1]);
  const turned = draw.pool.filter(({ rank, shape }) => rank === 2 && shape[1] === a.shape[1]);
  if (fits.length + turned.length === 0) return undefined;
  const index = draw.integer(fits.length + turned.length);
  const right = fits[index] ?? (turned[index - fits.length] as Tensor).transpose();
  return a.mul((a.shape[1] as number) ** -0.5).matmul(right);
}

/** Values that are parts of one another: slices, concatenations and concatenations of these, used in several places, as outputs, as next
 *  values of states, and where wanted with gradients through all of it. */
export function partCase(seed: number): StateCase {
  const random = mulberry(seed);
  const rows = 1 + Math.floor(random() * 9);
  const units = WIDTHS[Math.floor(random() * WIDTHS.length)] as number;
  const shapes = [[rows, units], [rows, units], [rows, 2 * units], [2 * rows, units], [units, 4 * units], [2, rows, units]]; // biome-ignore format: a table
  const states = shapes.map((shape, index) => inputNode(`s${index}`, shape));
  const x = inputNode("x", [rows, 3 * units]);
  const leaves = [...states, x].map((node) => new Tensor(node));
  const draw = new Draw(random, leaves);
  const wanted = leaves.length + 6 + draw.integer(14);
  while (draw.pool.length < wanted) {
    const chosen = draw.chance(0.6) ? draw.pick(draw.pool.slice(-6)) : draw.pick(draw.pool);
    const result = draw.pick(MAKERS)(chosen, draw);
    if (result && result.size <= MOST_ELEMENTS) draw.pool.push(result);
  }
  if (draw.chance(0.4)) {
    const total = draw.pool
      .slice(-3)
      .map((value) => value.tanh().mean())
      .reduce((sum, value) => sum.add(value));
    for (const node of gradients(total.node, states)) draw.pool.push(new Tensor(node).clip(-4, 4));
  }
  const next = states.map((state): Node => {
    const alike = draw.pool.filter(({ shape }) => sameShape(shape, state.shape));
    const built = draw.chance(0.6) ? partOrWhole(state, draw) : undefined;
    return (built ?? draw.pick(alike.slice(-4))).node;
  });
  const outputs = draw.pool.filter(() => draw.chance(0.3));
  return {
    graph: {
      inputs: [x],
      states: states.map((input, index) => ({ input, next: next[index] as Node })),
      outputs: outputs.map(({ node }) => node),
    },
    first: shapes.map((shape) => randomValues(random, shape)),
    fed: randomValues(random, x.shape),
  };
}

/** A value of this shape: a slice of a larger one, or a concatenation of its own two halves with others. */
function partOrWhole({ shape }: Node, draw: Draw): Tensor | undefined {
  // along the first axis, parts are whole runs of memory
  const axis = draw.chance(0.6) ? 0 : draw.integer(shape.length);
  const fits = (size: (wanted: number, index: number, got: number) => boolean) =>
    draw.pool
      .slice(draw.floatLeaves.length)
      .filter(
        (value) =>
          value.rank === shape.length && value.shape.every((got, index) => size(shape[index] as number, index, got)),
      );
  const larger = fits((wanted, index, got) => (index === axis ? got > wanted : got === wanted));
  if (larger.length > 0 && draw.chance(0.5)) {
    const whole = draw.pick(larger);
    const start = draw.integer((whole.shape[axis] as number) - (shape[axis] as number) + 1);
    return whole.slice(axis, start, start + (shape[axis] as number));
  }
  const smaller = fits((wanted, index, got) => (index === axis ? got < wanted : got === wanted));
  const pairs = smaller.flatMap((a) =>
    smaller.filter((b) => (a.shape[axis] as number) + (b.shape[axis] as number) === shape[axis]).map((b) => [a, b]),
  );
  return pairs.length > 0 ? concat(draw.pick(pairs), axis) : undefined;
}
