import { GradusError, type Model } from "gradus";

/** Most memory that one network may take, in bytes: pages that ask for more are closed by phones and slow on others. */
export const MOST_BYTES = 2 ** 30;

/** Most steps of recurrent layers together: each step is code of its own. */
export const MOST_STEPS = 1000;

const BYTES_PER_NUMBER = 4;

/** Copies of each parameter: itself, its gradient, two moments, the last sound values, and one on its way to the page. */
const COPIES = 6;

/** Copies of each output: itself and its gradient. */
const PASSES = 2;

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const RECURRENT: readonly string[] = ["rnn", "lstm", "gru"];

/** Numbers that a recurrent layer keeps for each step: its gates and states. */
const GATES = 6;

/** What a network needs to be trained. */
export interface Needs {
  readonly parameters: number;
  /** Weights, moments and outputs of one batch, in bytes. */
  readonly bytes: number;
  /** Steps of all recurrent layers together. */
  readonly steps: number;
}

/** From shapes alone: nothing is allocated. */
export function needsOf({ layers, parameterCount }: Model, batchSize: number): Needs {
  let [outputs, steps] = [0, 0];
  for (const { type, inputShape, outputShape } of layers) {
    const isRecurrent = RECURRENT.includes(type);
    const length = isRecurrent ? (inputShape[0] ?? 1) : 1;
    outputs += isRecurrent ? GATES * length * (outputShape.at(-1) ?? 1) : sizeOf(outputShape);
    if (isRecurrent) steps += length;
  }
  const bytes = BYTES_PER_NUMBER * (COPIES * parameterCount + PASSES * batchSize * outputs);
  return { parameters: parameterCount, bytes, steps };
}

/** @throws GradusError `limit-exceeded` with the numbers, before memory is asked for. */
export function requireRoom(model: Model, batchSize: number): void {
  const { parameters, bytes, steps } = needsOf(model, batchSize);
  if (bytes > MOST_BYTES) {
    throw new GradusError(
      "limit-exceeded",
      `This network has ${parameters} parameters and needs about ${bytes} bytes; the limit is ${MOST_BYTES}. Give it fewer units, or smaller batches.`,
      { parameters, bytes, limit: MOST_BYTES },
    );
  }
  if (steps > MOST_STEPS) {
    throw new GradusError(
      "limit-exceeded",
      `The recurrent layers of this network take ${steps} steps together; the limit is ${MOST_STEPS}. Give shorter sequences, or fewer layers.`,
      { steps, limit: MOST_STEPS },
    );
  }
}
