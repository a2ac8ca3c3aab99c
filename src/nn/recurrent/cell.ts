import { COUNT, number, required, withDefault } from "../../core/fields.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { SHARE } from "../dropout.ts";
import { booleanField, type Fields, integerField, type Resolved } from "../fields.ts";
import { type InitInput, initField } from "../init/init.ts";
import type { ParameterSpec } from "../layer.ts";
import type { CellActivation } from "./cell-activation.ts";

// N batch, T steps, F features, H units, G gates of a cell

/** The fields that all recurrent layers share.
 *  Shapes: x (N, T, F) -> (N, H), or (N, T, H) with `returnSequences`; with both directions 2 H instead of H.
 *  A layer starts every sequence from a state of zeros.
 *  Parameters of one direction of one layer, in PyTorch's layouts: inputWeight (G H, F), recurrentWeight (G H, H), bias (G H,).
 *  With several layers they are under the layer's number (`0`, `1`, …), with both directions under `forward` and `backward`. */
export interface RecurrentOptions {
  /** H, at least 1 */
  readonly units: number;
  /** number of stacked layers, each of which reads the outputs of the one below. Default 1 */
  readonly layers?: number;
  /** a second cell reads the sequence from its end; the outputs are concatenated, forward first. Default false.
   *  Source: Schuster & Paliwal, "Bidirectional Recurrent Neural Networks", 1997. */
  readonly bidirectional?: boolean;
  /** reads the sequence from its end; outputs stay at their positions, and the last step is position 0. Default false */
  readonly reverse?: boolean;
  /** true: every step's output; false: the last step's, each direction's own. Default false */
  readonly returnSequences?: boolean;
  /** share of the numbers dropped between layers in training, drawn for every step. Default 0; needs layers > 1 */
  readonly dropout?: number;
  /** share of the first layer's inputs dropped in training, drawn for every step and direction. Default 0 */
  readonly inputDropout?: number;
  /** share of the state dropped in training, where it enters the recurrent product: one mask for all steps of a
   *  sequence. Default 0. Source: Gal & Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural
   *  Networks", 2016. */
  readonly recurrentDropout?: number;
  /** whether b is learned. Default true */
  readonly bias?: boolean;
  /** a second bias, added to the recurrent product, as in PyTorch (one bias can do the same, except in `gru` with
   *  `resetAfter`). Default false */
  readonly recurrentBias?: boolean;
  /** marks padding: a step whose features all equal this number leaves the state unchanged, and its output is this number
   *  again, so that a following recurrent layer with the same mask skips it too. A sequence of padding only gives the initial
   *  state, zeros. Choose a number that no whole step of data (or of outputs, if layers follow) consists of. Default: none */
  readonly mask?: number;
  /** initialiser of inputWeight, with the fans of one gate: F and H. Default "glorotUniform" */
  readonly init?: InitInput;
  /** initialiser of recurrentWeight, drawn for each gate. Default "orthogonal". Source: Saxe et al., 2014. */
  readonly recurrentInit?: InitInput;
}

const shareField = withDefault(SHARE, 0);

export const RECURRENT_FIELDS: Fields<RecurrentOptions> = {
  units: required(COUNT),
  layers: integerField(1, 1),
  bidirectional: booleanField(false),
  reverse: booleanField(false),
  returnSequences: booleanField(false),
  dropout: shareField,
  inputDropout: shareField,
  recurrentDropout: shareField,
  bias: booleanField(true),
  recurrentBias: booleanField(false),
  mask: number(),
  init: initField("glorotUniform"),
  recurrentInit: initField("orthogonal"),
};

/** The arrays that a cell carries from step to step, each (N, H); the first is its output. */
export type CellState = readonly Tensor[];

/** A cell with its parameter values. */
export interface BoundCell {
  /** (G H,), added to the input products of all steps at once */
  readonly bias: Tensor | undefined;
  /** One step.
   *  @param inputs (N, G H): inputWeight x_t + bias.
   *  @param state after the previous step.
   *  @param recurrent (N, H), the output of the previous step as the recurrent product sees it; undefined if it is 0. */
  readonly step: (inputs: Tensor, state: CellState, recurrent: Tensor | undefined) => CellState;
}

/** The configuration of a cell: its size, and the fields that are its own. */
export type CellConfig<C extends RecurrentOptions> = Omit<Resolved<C>, Exclude<keyof RecurrentOptions, "units">>;

/** What distinguishes one kind of recurrent layer from another. */
export interface Cell<C extends RecurrentOptions> {
  /** G: the number of blocks of H rows in its weights */
  readonly gates: number;
  /** number of arrays in its state */
  readonly stateCount: number;
  /** the activation that its output goes through */
  readonly activation: (config: Resolved<C>) => CellActivation;
  /** gates multiply the state, so that outputs are not those of the activation */
  readonly isGated: boolean;
  /** parameters besides the two weights */
  readonly parameters: (config: Resolved<C>) => Readonly<Record<string, ParameterSpec>>;
  readonly bind: (config: CellConfig<C>, parameters: Readonly<Record<string, Tensor>>) => BoundCell;
}

/** The block of columns of one gate: (N, G H) -> (N, H). */
export function gateOf(sums: Tensor, gate: number, units: number): Tensor {
  return sums.slice(-1, gate * units, (gate + 1) * units);
}

/** Sum of the terms that are present; undefined if none is. */
export function sumOf(...terms: readonly (Tensor | undefined)[]): Tensor | undefined {
  return terms.reduce(
    (sum, term) => (sum === undefined || term === undefined ? (sum ?? term) : sum.add(term)),
    undefined,
  );
}
