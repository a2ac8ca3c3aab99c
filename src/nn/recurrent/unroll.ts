import { stack, zeros } from "../../tensor/create.ts";
import { scan } from "../../tensor/scan.ts";
import { type Tensor, where } from "../../tensor/tensor.ts";
import type { BoundCell, CellState } from "./cell.ts";

/** One cell on its way through a batch of sequences. */
export interface Passage {
  readonly cell: BoundCell;
  /** (T, N, F): time first, so that a step is contiguous in memory */
  readonly steps: Tensor;
  /** (G H, F) */
  readonly inputWeight: Tensor;
  readonly units: number;
  readonly stateCount: number;
  /** from the last step to the first */
  readonly reverse: boolean;
  /** bool (T, N, 1): false where a step is padding, which leaves the state unchanged. Default: no padding */
  readonly present?: Tensor | undefined;
  /** the state before the first step. Default: zeros */
  readonly initial?: CellState | undefined;
  /** turns an output into the input of the next recurrent product. Default: unchanged */
  readonly dropState?: ((hidden: Tensor) => Tensor) | undefined;
}

/** With fewer steps than this, each is traced separately: a loop would gain nothing. */
const FEWEST_SCANNED = 4;

/** What a recurrence computes. */
export interface Passed {
  /** the cell's output at every position: (T, N, H) */
  readonly sequence: () => Tensor;
  /** the state after the last step */
  readonly final: CellState;
}

/** The recurrence over a batch of sequences.
 *    z_t = W x_t + b for all t in one matrix product, (T N, F) x (F, G H);   state_t = cell(z_t, state_{t-1}) */
export function unroll(passage: Passage): Passed {
  const { cell, steps, inputWeight } = passage;
  const [length, batch, features] = steps.shape as readonly [number, number, number];
  const products = steps.reshape([length * batch, features]).matmul(inputWeight.transpose());
  const sums = cell.bias === undefined ? products : products.add(cell.bias);
  const inputs = sums.reshape([length, batch, sums.shape[1] as number]);
  return (length < FEWEST_SCANNED ? stepByStep : asLoop)(passage, inputs);
}

/** Every step as a separate part of the graph. */
function stepByStep(
  { cell, units, stateCount, reverse, present, initial, dropState }: Passage,
  inputs: Tensor,
): Passed {
  const [length, batch] = inputs.shape as readonly [number, number];
  const at = (sequence: Tensor, t: number): Tensor => sequence.slice(0, t, t + 1).reshape(sequence.shape.slice(1));
  const outputs = new Array<Tensor>(length);
  let state = initial ?? zeroState(stateCount, batch, units);
  let isZero = initial === undefined;
  for (let count = 0; count < length; count++) {
    const t = reverse ? length - 1 - count : count;
    const [hidden] = state as readonly [Tensor];
    // skips a product with zeros
    const recurrent = isZero ? undefined : (dropState?.(hidden) ?? hidden);
    const next = cell.step(at(inputs, t), state, recurrent);
    state = present === undefined ? next : carry(at(present, t), next, state);
    isZero = false;
    outputs[t] = state[0] as Tensor;
  }
  return { sequence: () => stack(outputs), final: state };
}

/** One step, and a loop around it. */
function asLoop({ cell, units, stateCount, reverse, present, initial, dropState }: Passage, inputs: Tensor): Passed {
  const first = initial ?? zeroState(stateCount, inputs.shape[1] as number, units);
  const step = (state: CellState, [input, isPresent]: readonly Tensor[]): CellState => {
    const [hidden] = state as readonly [Tensor];
    const next = cell.step(input as Tensor, state, dropState?.(hidden) ?? hidden);
    return isPresent === undefined ? next : carry(isPresent, next, state);
  };
  const sequences = present === undefined ? [inputs] : [inputs, present];
  const { final, every } = scan(step, { initial: first, sequences, isReversed: reverse });
  return { sequence: () => every(0), final };
}

function zeroState(count: number, batch: number, units: number): CellState {
  return Array.from({ length: count }, () => zeros([batch, units]));
}

/** The new state where the step is present, the old one where it is padding. */
function carry(present: Tensor, next: CellState, state: CellState): CellState {
  return next.map((value, index) => where(present, value, state[index] as Tensor));
}
