import { gradients } from "../../src/autodiff/gradients.ts";
import type { Node } from "../../src/graph/node.ts";
import { concat, stack } from "../../src/tensor/create.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { type Case, inputNode, randomValues } from "./cases.ts";
import { mulberry } from "./random-graph.ts";

/** The sizes of an unrolled recurrence. */
export interface Recurrence {
  /** 4: the gates of an LSTM; 3: of a GRU, which scales its product before it is added */
  readonly gates: 3 | 4;
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly units: number;
  /** from the last step to the first */
  readonly reverse: boolean;
  /** input products are (T, N, G H), where a step is one piece, or (N, T, G H) */
  readonly isTimeFirst: boolean;
  /** what the loss looks at: the last state, or all of them one after another or side by side */
  readonly reads: "last" | "stacked" | "beside";
}

/** A recurrence with gates, its weights shared through time: its loss, its states, and the gradients of all that goes in. */
export function recurrenceCase(seed: number, recurrence: Recurrence): Case {
  const { gates, steps, batch, features, units, reverse, isTimeFirst, reads } = recurrence;
  const random = mulberry(seed);
  const shapes = {
    x: isTimeFirst ? [steps, batch, features] : [batch, steps, features],
    weight: [gates * units, features],
    recurrent: [gates * units, units],
    bias: [gates * units],
    stepBias: [gates * units],
    first: [batch, units],
  };
  const inputs = Object.entries(shapes).map(([name, shape]) => inputNode(name, shape));
  const values = inputs.map(({ shape, attributes: { name } }) => {
    const drawn = randomValues(random, shape);
    // larger ones make the states chaotic: roundings would grow from step to step
    const scale = name === "recurrent" ? units ** -0.5 : 1;
    return { ...drawn, data: drawn.data.map((value) => Math.fround(value * scale)) };
  });
  const [x, weight, recurrent, bias, stepBias, first] = inputs.map((node) => new Tensor(node)) as [
    ...[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor],
  ];
  const products = x
    .reshape([steps * batch, features])
    .matmul(weight.transpose())
    .add(bias)
    .reshape([...x.shape.slice(0, 2), gates * units]);
  const timeAxis = isTimeFirst ? 0 : 1;
  let [h, c] = [first, first.mul(0.5)];
  const states = new Array<Tensor>(steps);
  for (let count = 0; count < steps; count++) {
    const t = reverse ? steps - 1 - count : count;
    const input = products.slice(timeAxis, t, t + 1).reshape([batch, gates * units]);
    const product = h.matmul(recurrent.transpose()).add(stepBias.mul(0.5));
    const gate = (of: Tensor, index: number) => of.slice(1, index * units, (index + 1) * units);
    if (gates === 4) {
      const z = input.add(product);
      c = gate(z, 1)
        .sigmoid()
        .mul(c)
        .add(gate(z, 0).sigmoid().mul(gate(z, 2).tanh()));
      h = gate(z, 3).sigmoid().mul(c.tanh());
    } else {
      const [r, z] = [0, 1].map((index) => gate(input, index).add(gate(product, index)).sigmoid()) as [Tensor, Tensor];
      const n = gate(input, 2)
        .add(r.mul(gate(product, 2)))
        .tanh();
      h = n.add(z.mul(h.sub(n)));
    }
    states[t] = h;
  }
  const all = reads === "last" ? h : reads === "stacked" ? stack(states, 0) : concat(states, 1);
  const loss = all.square().mul(0.5).mean().add(c.mean());
  const outputs: Node[] = [loss.node, all.node, ...gradients(loss.node, inputs)];
  return { graph: { inputs, states: [], outputs }, values };
}
