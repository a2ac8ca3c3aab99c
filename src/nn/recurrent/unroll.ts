import { zeros } from "../../tensor/create.ts";
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

/** The recurrence, step by step, as one graph.
 *    z_t = W x_t + b for all t in one matrix product, (T N, F) x (F, G H);   state_t = cell(z_t, state_{t-1})
 *  @returns the cell's output at each position, (N, H) each, and the state after the last step. */
export function unroll(passage: Passage): { readonly outputs: readonly Tensor[]; readonly final: CellState } {
  const { cell, steps, inputWeight, units, stateCount, reverse, present, initial, dropState } = passage;
  const [length, batch, features] = steps.shape as readonly [number, number, number];
  const products = steps.reshape([length * batch, features]).matmul(inputWeight.transpose());
  const sums = cell.bias === undefined ? products : products.add(cell.bias);
  const inputs = sums.reshape([length, batch, sums.shape[1] as number]);
  const at = (sequence: Tensor, t: number): Tensor => sequence.slice(0, t, t + 1).reshape(sequence.shape.slice(1));

  const outputs = new Array<Tensor>(length);
  let state: CellState = initial ?? Array.from({ length: stateCount }, () => zeros([batch, units]));
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
  return { outputs, final: state };
}

/** The new state where the step is present, the old one where it is padding. */
function carry(present: Tensor, next: CellState, state: CellState): CellState {
  return next.map((value, index) => where(present, value, state[index] as Tensor));
}
