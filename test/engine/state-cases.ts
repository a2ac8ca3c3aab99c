import type { HostArray } from "../../src/core/dtype.ts";
import { sameShape } from "../../src/core/shape.ts";
import type { Graph } from "../../src/graph/node.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { inputNode, randomValues } from "./cases.ts";
import { Draw, type Maker, mulberry } from "./draw.ts";

export interface StateCase {
  readonly graph: Graph;
  readonly first: readonly HostArray[];
  readonly fed: HostArray;
}

/** Few operations over few shapes, so that most of them land in one kernel: whole matrices meet their own sums over rows and columns. */
const MAKERS: readonly Maker[] = [
  (a, draw) => a.add(draw.partner(a)).mul(0.5),
  (a, draw) => a.sub(draw.partner(a)).mul(0.7),
  (a, draw) => a.mul(draw.partner(a)),
  (a) => a.add(1),
  (a) => a.mul(0.9),
  (a) => a.tanh(),
  (a) => a.exp().add(1).log(),
  (a) => (a.rank === 2 ? a.mean(0) : undefined),
  (a) => (a.rank === 2 ? a.mean(1, true) : undefined),
  (a) => (a.rank > 0 ? a.max(a.rank - 1, true) : undefined),
  (a) => (a.rank > 0 ? a.mean() : undefined),
  (a, draw) => (a.rank === 2 ? a.mul(draw.partner(a)).mean(0) : undefined),
  (a, draw) => (a.rank === 2 ? a.mul(draw.partner(a)).mean(1, true) : undefined),
  (a) => (a.rank === 2 && a.shape[0] === a.shape[1] ? a.transpose() : undefined),
];

/** States shaped like matrices, rows, columns and scalars, whose next values are drawn from a random graph over all of them: old values are
 *  read before, beside and after the place where the new ones are written. */
export function stateCase(seed: number): StateCase {
  const random = mulberry(seed);
  const rows = 1 + Math.floor(random() * 20);
  const columns = random() < 0.3 ? rows : 1 + Math.floor(random() * 20);
  const shapes = [[rows, columns], [rows, columns], [columns], [rows, 1], []];
  const states = shapes.map((shape, index) => inputNode(`s${index}`, shape));
  const x = inputNode("x", [rows, columns]);
  const leaves = [...states, x].map((node) => new Tensor(node));
  const draw = new Draw(random, leaves);
  const steps = leaves.length + 3 + draw.integer(10);
  while (draw.pool.length < steps) {
    const result = draw.pick(MAKERS)(draw.pick(draw.pool), draw);
    if (result) draw.pool.push(result.clip(-4, 4));
  }
  const next = states.map((state) => {
    const alike = draw.pool.filter(({ shape }) => sameShape(shape, state.shape));
    const chosen = draw.pick(alike);
    return draw.chance(0.6) ? chosen : chosen.mul(0.5).add(draw.pick(alike).mul(0.3));
  });
  const outputs = draw.pool.filter(() => draw.chance(0.3));
  return {
    graph: {
      inputs: [x],
      states: states.map((input, index) => ({ input, next: (next[index] as Tensor).node })),
      outputs: outputs.map(({ node }) => node),
    },
    first: shapes.map((shape) => randomValues(random, shape)),
    fed: randomValues(random, x.shape),
  };
}
