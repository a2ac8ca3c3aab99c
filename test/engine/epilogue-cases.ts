import type { HostArray } from "../../src/core/dtype.ts";
import { sameShape } from "../../src/core/shape.ts";
import type { Graph } from "../../src/graph/node.ts";
import { randomBernoulli, randomKey } from "../../src/tensor/random.ts";
import { Tensor, where } from "../../src/tensor/tensor.ts";
import { inputNode, randomValues } from "./cases.ts";
import { Draw, type Maker, mulberry } from "./draw.ts";

export interface EpilogueCase {
  readonly graph: Graph;
  readonly first: readonly HostArray[];
  readonly fed: readonly HostArray[];
}

/** What is computed from products: maps, sums over rows (and over columns, which no product's kernel takes), other products. */
const MAKERS: readonly Maker[] = [
  (a, draw) => a.add(draw.partner(a)).mul(0.5),
  (a, draw) => a.sub(draw.partner(a)).mul(0.7),
  (a, draw) => a.mul(draw.partner(a)),
  (a) => a.tanh(),
  (a) => a.mul(0.9).add(0.1),
  (a) => (a.rank === 2 ? a.mean(0) : undefined),
  (a) => (a.rank === 2 ? a.sub(a.mean(0, true)) : undefined),
  (a, draw) => (a.rank === 2 ? a.mul(draw.partner(a)).sum(0, true).mul(0.1) : undefined),
  (a) => (a.rank === 2 ? a.max(1, true) : undefined),
  (a) => (a.rank === 2 ? a.transpose() : undefined),
  (a, draw) => (a.rank === 2 ? productWith(a, draw) : undefined),
  // positions of random numbers lie as the values do
  (a, draw) => (a.rank === 2 ? where(randomBernoulli(randomKey(draw.integer(100)), a.shape, 0.7), a, 0) : undefined),
];

function productWith(a: Tensor, draw: Draw): Tensor | undefined {
  const partners = draw.pool.filter((b) => b.rank === 2 && b.shape[0] === a.shape[1]);
  return partners.length === 0 ? undefined : a.matmul(draw.pick(partners)).mul(0.2);
}

/** A product of a fed matrix and a weight, what is computed from it, and the weight's update with a gradient that is a product, too.
 *  The other states are shaped like the product, like its transpose and like its columns. */
export function epilogueCase(seed: number, largest = 70): EpilogueCase {
  const random = mulberry(seed);
  const draw = new Draw(random, []);
  const size = () => 2 + draw.integer(draw.chance(0.3) ? largest : Math.min(largest, 20));
  // more columns than a map's part of them, and more rows than one block
  const columns = draw.chance(0.15) ? 4 * largest + size() : size();
  const rows = draw.chance(0.1) && columns <= largest ? 2 * largest : size();
  // longer sums than one block holds
  const inner = draw.chance(0.15) ? 8 * largest : size();
  const x = inputNode("x", [rows, inner]);
  // weights lie one way or the other
  const isTurned = draw.chance(0.5);
  const weightShape = isTurned ? [columns, inner] : [inner, columns];
  const states = [weightShape, [rows, columns], [columns, rows], [columns], [rows, 1]].map((shape, index) =>
    inputNode(`s${index}`, shape),
  );
  const [w, like, turned, ...others] = states.map((node) => new Tensor(node)) as [Tensor, Tensor, Tensor, ...Tensor[]];
  const fed = new Tensor(x);
  const product = fed.matmul(isTurned ? w.transpose() : w);
  draw.pool.push(like, turned, ...others, draw.chance(0.5) ? product : product.mul(0.1));
  const steps = draw.pool.length + 2 + draw.integer(8);
  while (draw.pool.length < steps) {
    // mostly from what was made last: long ways from one product to the next
    const result = draw.pick(MAKERS)(draw.chance(0.6) ? (draw.pool.at(-1) as Tensor) : draw.pick(draw.pool), draw);
    if (result) draw.pool.push(result.clip(-4, 4));
  }
  const matrices = draw.pool.filter(({ shape }) => sameShape(shape, [rows, columns]));
  const straight = fed.transpose().matmul(draw.pick(matrices));
  const gradient = isTurned ? straight.transpose() : straight;
  const chosen = [like, turned, ...others].map((state) => {
    const alike = draw.pool.filter(({ shape }) => sameShape(shape, state.shape));
    return state.mul(0.5).add(draw.pick(alike).mul(0.3));
  });
  const outputs = draw.pool.filter(() => draw.chance(0.2));
  const next = [w.sub(gradient.mul(0.01)).clip(-4, 4), ...chosen];
  return {
    graph: {
      inputs: [x],
      states: states.map((input, index) => ({ input, next: (next[index] as Tensor).node })),
      outputs: outputs.map(({ node }) => node),
    },
    first: states.map(({ shape }) => randomValues(random, shape)),
    fed: [randomValues(random, x.shape)],
  };
}
