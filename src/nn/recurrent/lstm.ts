import type { Tensor } from "../../tensor/tensor.ts";
import { booleanField, numberField } from "../fields.ts";
import { CELL_ACTIVATIONS, type CellActivation, cellActivationField } from "./activations.ts";
import { type Cell, gateOf, type RecurrentOptions, sumOf } from "./cell.ts";
import { recurrentRule } from "./recurrent.ts";

/** Long short-term memory, with forget gates.
 *    z = W x_t + b + R h_{t-1},   split into z_i, z_f, z_g, z_o
 *    i = sigmoid(z_i)   f = sigmoid(z_f)   g = tanh(z_g)   o = sigmoid(z_o)
 *    c_t = f c_{t-1} + i g
 *    h_t = o tanh(c_t)
 *  With peepholes the gates see the cell: p_i c_{t-1} is added to z_i, p_f c_{t-1} to z_f, p_o c_t to z_o.
 *  Parameters: inputWeight W (4 H, F), recurrentWeight R (4 H, H), bias b (4 H,), recurrentBias (4 H,) if it is on, rows
 *  i, f, g, o as in PyTorch; peepholeWeight (3 H,), i, f, o. There is one bias; PyTorch has two.
 *  Sources: Hochreiter & Schmidhuber, "Long Short-Term Memory", 1997; forget gate: Gers, Schmidhuber, Cummins, "Learning to
 *  Forget", 2000; peepholes: Gers & Schmidhuber, "Recurrent Nets that Time and Count", 2000. */
export interface LstmConfig extends RecurrentOptions {
  readonly type: "lstm";
  /** whether gates see the cell. Their weights start at 0, which equals an LSTM without peepholes. Default false */
  readonly peepholes?: boolean;
  /** initial value of the forget gate's bias; 1 lets the cell remember from the start. Default 1.
   *  Source: Jozefowicz, Zaremba, Sutskever, "An Empirical Exploration of Recurrent Network Architectures", 2015. */
  readonly forgetBias?: number;
  /** of z_g and c_t. Default "tanh" */
  readonly activation?: CellActivation;
  /** of z_i, z_f, z_o. Default "sigmoid" */
  readonly gateActivation?: CellActivation;
}

export const lstmCell: Cell<LstmConfig> = {
  gates: 4,
  stateCount: 2,
  activation: ({ activation }) => activation,
  isGated: true,
  parameters: ({ units, bias, recurrentBias, peepholes, forgetBias }) => {
    const shape = [4 * units];
    const remembering = {
      type: "blocks",
      blocks: [{ type: "zeros" }, { type: "constant", value: forgetBias }, { type: "zeros" }, { type: "zeros" }],
    } as const;
    return {
      ...(bias ? { bias: { shape, init: remembering } } : {}),
      ...(recurrentBias ? { recurrentBias: { shape, init: "zeros" } } : {}),
      ...(peepholes ? { peepholeWeight: { shape: [3 * units], init: "zeros" } } : {}),
    };
  },
  bind: ({ units, activation, gateActivation }, parameters) => {
    const recurrentWeight = (parameters.recurrentWeight as Tensor).transpose();
    const { peepholeWeight } = parameters;
    const squash = CELL_ACTIVATIONS[activation];
    const open = CELL_ACTIVATIONS[gateActivation];
    /** z + p c for the peephole at a position */
    const peep = (sum: Tensor, position: number, cell: Tensor): Tensor =>
      peepholeWeight === undefined ? sum : sum.add(cell.mul(gateOf(peepholeWeight, position, units)));
    return {
      bias: sumOf(parameters.bias, parameters.recurrentBias),
      step: (inputs, state, recurrent) => {
        const cell = state[1] as Tensor;
        // z = W x_t + b + R h_{t-1}
        const z = recurrent === undefined ? inputs : inputs.add(recurrent.matmul(recurrentWeight));
        const i = open(peep(gateOf(z, 0, units), 0, cell));
        const f = open(peep(gateOf(z, 1, units), 1, cell));
        const g = squash(gateOf(z, 2, units));
        // c_t = f c_{t-1} + i g
        const nextCell = f.mul(cell).add(i.mul(g));
        const o = open(peep(gateOf(z, 3, units), 2, nextCell));
        // h_t = o tanh(c_t)
        return [o.mul(squash(nextCell)), nextCell];
      },
    };
  },
};

export const lstmRule = recurrentRule<LstmConfig>(lstmCell, {
  peepholes: booleanField(false),
  forgetBias: numberField(1),
  activation: cellActivationField("tanh"),
  gateActivation: cellActivationField("sigmoid"),
});
