import { gradients } from "../../src/autodiff/gradients.ts";
import type { Node } from "../../src/graph/node.ts";
import { concat, stack } from "../../src/tensor/create.ts";
import { scan } from "../../src/tensor/scan.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { type Case, inputNode, randomValues } from "./cases.ts";
import { mulberry } from "./random-graph.ts";

/** The sizes of a recurrence. */
export interface Recurrence {
  /** 4: the gates of an LSTM; 3: of a GRU, which scales its product before it is added */
  readonly gates: 3 | 4;
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly units: number;
  /** a loop in the graph; otherwise every step is a separate part of it */
  readonly isLoop: boolean;
  /** from the last step to the first */
  readonly reverse: boolean;
  /** input products are (T, N, G H), where a step is one piece, or (N, T, G H) */
  readonly isTimeFirst: boolean;
  /** what the loss looks at: the last state, or all of them one after another or side by side */
  readonly reads: "last" | "stacked" | "beside";
}

/** A recurrence with gates, its weights shared through time: its loss, its states, and the gradients of all that goes in. */
export function recurrenceCase(seed: number, recurrence: Recurrence): Case {
  const { gates, steps, batch, features, units, isLoop, reverse, isTimeFirst, reads } = recurrence;
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
  const step = ([h, c]: readonly Tensor[], [input]: readonly Tensor[]): readonly [Tensor, Tensor] => {
    const product = (h as Tensor).matmul(recurrent.transpose()).add(stepBias.mul(0.5));
    const gate = (of: Tensor, index: number) => of.slice(1, index * units, (index + 1) * units);
    if (gates === 4) {
      const z = (input as Tensor).add(product);
      const next = gate(z, 1)
        .sigmoid()
        .mul(c as Tensor)
        .add(gate(z, 0).sigmoid().mul(gate(z, 2).tanh()));
      return [gate(z, 3).sigmoid().mul(next.tanh()), next];
    }
    const [r, z] = [0, 1].map((index) =>
      gate(input as Tensor, index)
        .add(gate(product, index))
        .sigmoid(),
    ) as [Tensor, Tensor];
    const n = gate(input as Tensor, 2)
      .add(r.mul(gate(product, 2)))
      .tanh();
    return [n.add(z.mul((h as Tensor).sub(n))), c as Tensor];
  };
  const initial = [first, first.mul(0.5)] as const;
  const timeAxis = isTimeFirst ? 0 : 1;
  const [all, c] = isLoop ? asLoop() : stepByStep();

  function asLoop(): [Tensor, Tensor] {
    const sequence = isTimeFirst ? products : products.transpose([1, 0, 2]);
    const { final, every } = scan(step, { initial, sequences: [sequence], isReversed: reverse });
    const last = final as readonly [Tensor, Tensor];
    if (reads === "last") return [last[0], last[1]];
    return [
      reads === "stacked"
        ? every(0)
        : every(0)
            .transpose([1, 0, 2])
            .reshape([batch, steps * units]),
      last[1],
    ];
  }

  function stepByStep(): [Tensor, Tensor] {
    let state: readonly [Tensor, Tensor] = initial;
    const states = new Array<Tensor>(steps);
    for (let count = 0; count < steps; count++) {
      const t = reverse ? steps - 1 - count : count;
      state = step(state, [products.slice(timeAxis, t, t + 1).reshape([batch, gates * units])]);
      states[t] = state[0];
    }
    return [reads === "last" ? state[0] : reads === "stacked" ? stack(states, 0) : concat(states, 1), state[1]];
  }
  const loss = all.square().mul(0.5).mean().add(c.mean());
  const outputs: Node[] = [loss.node, all.node, ...gradients(loss.node, inputs)];
  return { graph: { inputs, states: [], outputs }, values };
}
