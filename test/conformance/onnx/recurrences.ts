import type { CellActivation } from "../../../src/nn/recurrent/activations.ts";
import type { BoundCell, CellConfig, CellState } from "../../../src/nn/recurrent/cell.ts";
import { type GruConfig, gruCell } from "../../../src/nn/recurrent/gru.ts";
import { type LstmConfig, lstmCell } from "../../../src/nn/recurrent/lstm.ts";
import { rnnCell } from "../../../src/nn/recurrent/simple-rnn.ts";
import { unroll } from "../../../src/nn/recurrent/unroll.ts";
import { concat, range, stack } from "../../../src/tensor/create.ts";
import { type Tensor, where } from "../../../src/tensor/tensor.ts";
import { Unsupported } from "../case.ts";
import type { Call, Operator } from "./operator.ts";

// D directions, N batch, T steps, H units: W (D, G H, F), R (D, G H, H), B (D, 2 G H), P (D, 3 H)

/** Parameters of one direction, in the order of our gates. */
type Weights = Readonly<Record<string, Tensor>>;

/** The mapping of one operator to our cells. */
interface Recurrence {
  readonly stateCount: number;
  /** our gates in ONNX's order: block k of ours is their block order[k] */
  readonly order: readonly number[];
  /** names of activations when none are given, of one direction */
  readonly activations: readonly string[];
  readonly bind: (call: Call, units: number, weights: Weights, activations: readonly CellActivation[]) => BoundCell;
}

const ACTIVATIONS: Readonly<Record<string, CellActivation>> = {
  Tanh: "tanh",
  Sigmoid: "sigmoid",
  Relu: "relu",
  Softsign: "softsign",
};

function reorder(blocks: Tensor, order: readonly number[]): Tensor {
  const size = (blocks.shape[0] as number) / order.length;
  return concat(order.map((block) => blocks.slice(0, block * size, (block + 1) * size)));
}

/** The part of one direction, without its axis. */
function ofDirection(array: Tensor, axis: number, direction: number): Tensor {
  return array
    .slice(axis, direction, direction + 1)
    .reshape([...array.shape.slice(0, axis), ...array.shape.slice(axis + 1)]);
}

function weightsOf(call: Call, order: readonly number[], direction: number): Weights {
  const [bias, peepholes] = [call.optional(3), call.optional(7)];
  const both = bias && ofDirection(bias, 0, direction);
  const half = ((both?.shape[0] as number | undefined) ?? 0) / 2;
  return {
    inputWeight: reorder(ofDirection(call.input(1), 0, direction), order),
    recurrentWeight: reorder(ofDirection(call.input(2), 0, direction), order),
    ...(both && { bias: reorder(both.slice(0, 0, half), order), recurrentBias: reorder(both.slice(0, half), order) }),
    // theirs i, o, f
    ...(peepholes && { peepholeWeight: reorder(ofDirection(peepholes, 0, direction), [0, 2, 1]) }),
  };
}

function activationsOf(call: Call, defaults: readonly string[], direction: number): readonly CellActivation[] {
  const given = call.vector.attributes.activations;
  const names = Array.isArray(given) ? given.slice(direction * defaults.length).map(String) : defaults;
  return defaults.map((_, index) => {
    const name = names[index] as string;
    const found = ACTIVATIONS[name];
    if (found === undefined) throw new Unsupported(`${call.vector.op} with activation ${name}`);
    return found;
  });
}

function refuse(call: Call, ...names: readonly string[]): void {
  for (const name of names) {
    if (call.has(name) && call.number(name, 0) !== 0) throw new Unsupported(`${call.vector.op} with ${name}`);
  }
}

interface Swept {
  /** (T, N, H) */
  readonly outputs: Tensor;
  readonly final: CellState;
}

function sweep(recurrence: Recurrence, call: Call, direction: number, isReverse: boolean): Swept {
  const isBatchFirst = call.flag("layout", false);
  const x = isBatchFirst ? call.input(0).transpose([1, 0, 2]) : call.input(0);
  const units = call.number("hidden_size", call.input(2).shape.at(-1) as number);
  const weights = weightsOf(call, recurrence.order, direction);
  const lengths = call.optional(4);
  const present =
    lengths &&
    range(x.shape[0] as number)
      .unsqueeze(1)
      .less(lengths.unsqueeze(0))
      .unsqueeze(2);
  const initial = [call.optional(5), recurrence.stateCount > 1 ? call.optional(6) : undefined];
  const given = initial.map((state) => state && ofDirection(state, isBatchFirst ? 1 : 0, direction));
  const first = given.find((state) => state !== undefined);
  const { sequence: outputs, final } = unroll({
    cell: recurrence.bind(call, units, weights, activationsOf(call, recurrence.activations, direction)),
    steps: x,
    inputWeight: weights.inputWeight as Tensor,
    units,
    stateCount: recurrence.stateCount,
    reverse: isReverse,
    present,
    initial: first && given.slice(0, recurrence.stateCount).map((state) => state ?? first.mul(0)),
  });
  const sequence = outputs();
  return { outputs: present ? where(present, sequence, 0) : sequence, final };
}

/** Directions of ONNX: whether each reads from the end. */
const DIRECTIONS: Readonly<Record<string, readonly boolean[]>> = {
  forward: [false],
  reverse: [true],
  bidirectional: [false, true],
};

/** The outputs Y, Y_h and, for an LSTM, Y_c. */
function operatorOf(recurrence: Recurrence): Operator {
  return (call) => {
    refuse(call, "clip", "input_forget");
    const directions = DIRECTIONS[call.text("direction", "forward")];
    if (directions === undefined) throw new Unsupported(`direction ${call.text("direction", "")}`);
    const swept = directions.map((isReverse, direction) => sweep(recurrence, call, direction, isReverse));
    const isBatchFirst = call.flag("layout", false);
    // (T, D, N, H), or (N, T, D, H)
    const y = stack(
      swept.map(({ outputs }) => outputs),
      1,
    );
    // (D, N, H), or (N, D, H)
    const last = Array.from({ length: recurrence.stateCount }, (_, index) =>
      stack(
        swept.map(({ final }) => final[index] as Tensor),
        isBatchFirst ? 1 : 0,
      ),
    );
    return [isBatchFirst ? y.transpose([2, 0, 1, 3]) : y, ...last];
  };
}

const rnn: Recurrence = {
  stateCount: 1,
  order: [0],
  activations: ["Tanh"],
  bind: (_, units, weights, [activation]) =>
    rnnCell.bind({ type: "rnn", units, activation: activation as CellActivation }, weights),
};

const lstm: Recurrence = {
  stateCount: 2,
  // theirs i, o, f, c
  order: [0, 2, 3, 1],
  activations: ["Sigmoid", "Tanh", "Tanh"],
  bind: (call, units, weights, [gate, candidate, output]) => {
    if (candidate !== output) throw new Unsupported(`${call.vector.op} with two activations of the cell`);
    const config: CellConfig<LstmConfig> = {
      type: "lstm",
      units,
      peepholes: weights.peepholeWeight !== undefined,
      forgetBias: 0,
      activation: candidate as CellActivation,
      gateActivation: gate as CellActivation,
    };
    return lstmCell.bind(config, weights);
  },
};

const gru: Recurrence = {
  stateCount: 1,
  // theirs z, r, h
  order: [1, 0, 2],
  activations: ["Sigmoid", "Tanh"],
  bind: (call, units, weights, [gate, candidate]) => {
    const config: CellConfig<GruConfig> = {
      type: "gru",
      units,
      resetAfter: call.flag("linear_before_reset", false),
      activation: candidate as CellActivation,
      gateActivation: gate as CellActivation,
    };
    return gruCell.bind(config, weights);
  },
};

export const RECURRENCES: Readonly<Record<string, Operator>> = {
  RNN: operatorOf(rnn),
  LSTM: operatorOf(lstm),
  GRU: operatorOf(gru),
};
