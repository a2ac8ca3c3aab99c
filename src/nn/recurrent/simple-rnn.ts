import type { Tensor } from "../../tensor/tensor.ts";
import { CELL_ACTIVATIONS, type CellActivation, cellActivationField } from "./activations.ts";
import type { Cell, RecurrentOptions } from "./cell.ts";
import { sumOf } from "./cell.ts";
import { recurrentRule } from "./recurrent.ts";

/** The simple recurrent layer.
 *    h_t = tanh(W x_t + b + R h_{t-1})
 *  Parameters: inputWeight W (H, F), recurrentWeight R (H, H), bias b (H,), recurrentBias (H,) if it is on.
 *  Its gradient through time is a product of T Jacobians, which vanishes or explodes: for more than ten or twenty steps use
 *  `lstm` or `gru`, and clip.
 *  Source: Elman, "Finding Structure in Time", 1990. */
export interface RnnConfig extends RecurrentOptions {
  readonly type: "rnn";
  /** default "tanh" */
  readonly activation?: CellActivation;
}

export const rnnCell: Cell<RnnConfig> = {
  gates: 1,
  stateCount: 1,
  activation: ({ activation }) => activation,
  isGated: false,
  parameters: ({ units, bias, recurrentBias }) => ({
    ...(bias ? { bias: { shape: [units], init: "zeros" } } : {}),
    ...(recurrentBias ? { recurrentBias: { shape: [units], init: "zeros" } } : {}),
  }),
  bind: ({ activation }, parameters) => {
    const recurrentWeight = (parameters.recurrentWeight as Tensor).transpose();
    const squash = CELL_ACTIVATIONS[activation];
    return {
      bias: sumOf(parameters.bias, parameters.recurrentBias),
      step: (inputs, _, recurrent) => [
        squash(recurrent === undefined ? inputs : inputs.add(recurrent.matmul(recurrentWeight))),
      ],
    };
  },
};

export const rnnRule = recurrentRule<RnnConfig>(rnnCell, { activation: cellActivationField("tanh") });
