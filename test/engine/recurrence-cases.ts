import { gradients } from "../../src/autodiff/gradients.ts";
import type { Node } from "../../src/graph/node.ts";
import { concat, stack } from "../../src/tensor/create.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { type Case, inputNode, randomValues } from "./cases.ts";
import { mulberry } from "./random-graph.ts";

/** The sizes of an unrolled recurrence. */
export interface Recurrence {
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly units: number;
  /** from the last step to the first */
  readonly reverse: boolean;
  /** input products are (T, N, 4H), where a step is one piece, or (N, T, 4H) */
  readonly isTimeFirst: boolean;
  /** what the loss looks at: the last state, or all of them one after another or side by side */
  readonly reads: "last" | "stacked" | "beside";
}

/** A recurrence with four gates, its weights shared through time: its loss, its states, and the gradients of all that goes in. */
export function recurrenceCase(seed: number, recurrence: Recurrence): Case {
  const { steps, batch, features, units, reverse, isTimeFirst, reads } = recurrence;
  const random = mulberry(seed);
  const shapes = {
    x: isTimeFirst ? [steps, batch, features] : [batch, steps, features],
    weight: [4 * units, features],
    recurrent: [4 * units, units],
    bias: [4 * units],
    stepBias: [4 * units],
    first: [batch, units],
  };
  const inputs = Object.entries(shapes).map(([name, shape]) => inputNode(name, shape));
  const values = inputs.map(({ shape }) => randomValues(random, shape));
  const [x, weight, recurrent, bias, stepBias, first] = inputs.map((node) => new Tensor(node)) as [
    ...[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor],
  ];
  const products = x
    .reshape([steps * batch, features])
    .matmul(weight.transpose())
    .add(bias)
    .reshape([...x.shape.slice(0, 2), 4 * units]);
  const timeAxis = isTimeFirst ? 0 : 1;
  let [h, c] = [first, first.mul(0.5)];
  const states = new Array<Tensor>(steps);
  for (let count = 0; count < steps; count++) {
    const t = reverse ? steps - 1 - count : count;
    const input = products.slice(timeAxis, t, t + 1).reshape([batch, 4 * units]);
    const z = input.add(h.matmul(recurrent.transpose())).add(stepBias.mul(0.5));
    const gate = (index: number) => z.slice(1, index * units, (index + 1) * units);
    c = gate(1)
      .sigmoid()
      .mul(c)
      .add(gate(0).sigmoid().mul(gate(2).tanh()));
    h = gate(3).sigmoid().mul(c.tanh());
    states[t] = h;
  }
  const all = reads === "last" ? h : reads === "stacked" ? stack(states, 0) : concat(states, 1);
  const loss = all.square().mul(0.5).mean().add(c.mean());
  const outputs: Node[] = [loss.node, all.node, ...gradients(loss.node, inputs)];
  return { graph: { inputs, states: [], outputs }, values };
}
