import { adagrad } from "../../../src/optim/adagrad.ts";
import { adam } from "../../../src/optim/adam.ts";
import type { Optimizer } from "../../../src/optim/optimizer.ts";
import { sgd } from "../../../src/optim/sgd.ts";
import { applyUpdates } from "../../../src/optim/transform.ts";
import { full } from "../../../src/tensor/create.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { Unsupported } from "../case.ts";
import type { Call, Operator } from "./operator.ts";

// Inputs: R learning rate, T count of updates before this one, then all weights, all gradients, and all moments, grouped by kind.
// Outputs: all new weights, then the new moments, grouped by kind.

type Group = Readonly<Record<string, Tensor>>;

/** Runs one update with our optimiser, whose moments have these names. */
function update(call: Call, optimizer: Optimizer, moments: readonly string[], step: number): readonly Tensor[] {
  const kinds = 2 + moments.length;
  const count = (call.inputCount - 2) / kinds;
  if (!Number.isInteger(count)) throw new Unsupported(`${call.vector.op} with ${call.inputCount} inputs`);
  const group = (kind: number): Group =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`w${index}`, call.input(2 + kind * count + index)]),
    );
  const parameters = group(0);
  const first = optimizer.init(parameters) as Readonly<Record<string, Tensor | Group>>;
  const state = {
    ...first,
    ...("step" in first ? { step: full([], step, "int32") } : {}),
    ...Object.fromEntries(moments.map((name, index) => [name, group(2 + index)])),
  };
  const learningRate = call.input(0);
  const result = optimizer.update(group(1), state, parameters, { learningRate });
  const moved = applyUpdates(parameters, result.updates);
  const next = result.state as Readonly<Record<string, Group>>;
  return [moved, ...moments.map((name) => next[name] as Group)].flatMap((part) => Object.values(part));
}

const countOf = (call: Call): number => call.constants(1)?.[0] ?? 0;

/** R_t = R / (1 + T decay_factor): our t counts from 1, so T = t - 1. */
const adagradUpdate: Operator = (call) => {
  const optimizer = adagrad({
    l2: call.number("norm_coefficient", 0),
    lrDecay: call.number("decay_factor", 0),
    epsilon: call.number("epsilon", 0),
  });
  return update(call, optimizer, ["squares"], countOf(call));
};

/** Adam with epsilon-hat, corrected with b^T; T = 0 has no correction, as after very many steps. */
const adamUpdate: Operator = (call) => {
  if (call.number("norm_coefficient_post", 0) !== 0) throw new Unsupported("Adam with norm_coefficient_post");
  const optimizer = adam({
    l2: call.number("norm_coefficient", 0),
    beta1: call.number("alpha", 0.9),
    beta2: call.number("beta", 0.999),
    epsilon: call.number("epsilon", 0),
    epsilonHat: true,
  });
  const count = countOf(call);
  return update(call, optimizer, ["first", "second"], count === 0 ? 1_000_000 : count - 1);
};

/** V <- alpha V + beta G, where beta counts only after the first update (T = 0). */
const momentumUpdate: Operator = (call) => {
  const optimizer = sgd({
    l2: call.number("norm_coefficient", 0),
    momentum: call.number("alpha", 0),
    dampening: 1 - call.number("beta", 1),
    nesterov: call.text("mode", "standard") === "nesterov",
  });
  return update(call, optimizer, ["velocity"], countOf(call));
};

export const OPTIMIZERS: Readonly<Record<string, Operator>> = {
  Adagrad: adagradUpdate,
  Adam: adamUpdate,
  Momentum: momentumUpdate,
};
