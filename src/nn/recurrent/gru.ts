import { concat, zeros } from "../../tensor/create.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { booleanField } from "../fields.ts";
import { CELL_ACTIVATIONS, type CellActivation, cellActivationField } from "./activations.ts";
import { type BoundCell, type Cell, type CellConfig, gateOf, type RecurrentOptions, sumOf } from "./cell.ts";
import { recurrentRule } from "./recurrent.ts";

/** Gated recurrent unit.
 *    r = sigmoid(W_r x_t + b_r + R_r h_{t-1})
 *    z = sigmoid(W_z x_t + b_z + R_z h_{t-1})
 *    n = tanh(W_n x_t + b_n + r (R_n h_{t-1} + d))        resetAfter, the form of cuDNN and PyTorch
 *    n = tanh(W_n x_t + b_n + R_n (r h_{t-1}))            otherwise, the paper's
 *    h_t = (1 - z) n + z h_{t-1}
 *  Parameters: inputWeight W (3 H, F), recurrentWeight R (3 H, H), bias b (3 H,), rows r, z, n as in PyTorch. With
 *  resetAfter the candidate's second bias d cannot be merged with b_n: it is candidateBias (H,), or the last rows of
 *  recurrentBias (3 H,) if `recurrentBias` is on. Without `bias` there are none of them.
 *  Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014 (which exchanges z and 1 - z). */
export interface GruConfig extends RecurrentOptions {
  readonly type: "gru";
  /** whether the reset gate acts after the recurrent product, or before it. Default true */
  readonly resetAfter?: boolean;
  /** of the candidate n. Default "tanh" */
  readonly activation?: CellActivation;
  /** of r and z. Default "sigmoid" */
  readonly gateActivation?: CellActivation;
}

type Parameters = Readonly<Record<string, Tensor>>;

/** (1 - z) n + z h */
function blend(z: Tensor, n: Tensor, hidden: Tensor): Tensor {
  return n.add(z.mul(hidden.sub(n)));
}

function bindResetAfter(config: CellConfig<GruConfig>, parameters: Parameters): BoundCell {
  const { units, activation, gateActivation } = config;
  const { bias, recurrentBias } = parameters;
  const recurrentWeight = (parameters.recurrentWeight as Tensor).transpose();
  const squash = CELL_ACTIVATIONS[activation];
  const open = CELL_ACTIVATIONS[gateActivation];
  const candidateBias = recurrentBias === undefined ? parameters.candidateBias : gateOf(recurrentBias, 2, units);
  // adds the second bias of r and z to the first, once
  const gateBias =
    recurrentBias === undefined ? undefined : concat([recurrentBias.slice(0, 0, 2 * units), zeros([units])]);
  return {
    bias: sumOf(bias, gateBias),
    step: (inputs, state, recurrent) => {
      const product = recurrent?.matmul(recurrentWeight);
      const sum = (gate: number): Tensor => {
        const input = gateOf(inputs, gate, units);
        return product === undefined ? input : input.add(gateOf(product, gate, units));
      };
      const r = open(sum(0));
      const z = open(sum(1));
      // n = tanh(W_n x_t + b_n + r (R_n h_{t-1} + d))
      const candidate = sumOf(product === undefined ? undefined : gateOf(product, 2, units), candidateBias);
      const n = squash(sumOf(gateOf(inputs, 2, units), candidate?.mul(r)) as Tensor);
      return [blend(z, n, state[0] as Tensor)];
    },
  };
}

function bindResetBefore(config: CellConfig<GruConfig>, parameters: Parameters): BoundCell {
  const { units, activation, gateActivation } = config;
  const recurrentWeight = parameters.recurrentWeight as Tensor;
  const gateWeight = recurrentWeight.slice(0, 0, 2 * units).transpose();
  const candidateWeight = recurrentWeight.slice(0, 2 * units).transpose();
  const squash = CELL_ACTIVATIONS[activation];
  const open = CELL_ACTIVATIONS[gateActivation];
  return {
    bias: sumOf(parameters.bias, parameters.recurrentBias),
    step: (inputs, state, recurrent) => {
      const product = recurrent?.matmul(gateWeight);
      const sum = (gate: number): Tensor =>
        sumOf(gateOf(inputs, gate, units), product && gateOf(product, gate, units)) as Tensor;
      const r = open(sum(0));
      const z = open(sum(1));
      // n = tanh(W_n x_t + b_n + R_n (r h_{t-1}))
      const candidate = recurrent?.mul(r).matmul(candidateWeight);
      const n = squash(sumOf(gateOf(inputs, 2, units), candidate) as Tensor);
      return [blend(z, n, state[0] as Tensor)];
    },
  };
}

export const gruCell: Cell<GruConfig> = {
  gates: 3,
  stateCount: 1,
  activation: ({ activation }) => activation,
  isGated: true,
  parameters: ({ units, bias, recurrentBias, resetAfter }) => ({
    ...(bias ? { bias: { shape: [3 * units], init: "zeros" } } : {}),
    ...(recurrentBias ? { recurrentBias: { shape: [3 * units], init: "zeros" } } : {}),
    ...(bias && !recurrentBias && resetAfter ? { candidateBias: { shape: [units], init: "zeros" } } : {}),
  }),
  bind: (config, parameters) =>
    config.resetAfter ? bindResetAfter(config, parameters) : bindResetBefore(config, parameters),
};

export const gruRule = recurrentRule<GruConfig>(gruCell, {
  resetAfter: booleanField(true),
  activation: cellActivationField("tanh"),
  gateActivation: cellActivationField("sigmoid"),
});
