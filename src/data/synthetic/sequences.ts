import { GradusError, requireArgument, requireInRange } from "../../core/errors.ts";
import { COUNT, COUNT_OR_ZERO, type Fields, NOT_NEGATIVE, withHelp } from "../../core/fields.ts";
import type { Dataset } from "../dataset.ts";
import { fromArrays } from "../from-arrays.ts";
import { type RandomStream, randomStream } from "../random-stream.ts";

/** Options of every synthetic data set of sequences. */
export interface SequenceOptions {
  /** Default 1000. */
  readonly samples?: number;
  /** Steps T of each sequence. */
  readonly length?: number;
  /** Standard deviation of normal noise, >= 0. Default 0. */
  readonly noise?: number;
  /** Default 0. */
  readonly seed?: number;
}

export const SEQUENCE_FIELDS: Fields<SequenceOptions> = {
  samples: withHelp("sequences (default: 1000)", COUNT),
  length: withHelp("steps of each sequence", COUNT),
  noise: withHelp("standard deviation of the noise (default: 0)", NOT_NEGATIVE),
  seed: withHelp("seed of the random numbers (default: 0)", COUNT_OR_ZERO),
};

/** 400 MB: far more than such data sets need. */
const MOST_NUMBERS = 1e8;

/** Fills in one sequence (T, features), row-major, and returns its target. */
export type DrawSequence = (sequence: Float32Array, stream: RandomStream) => number;

/** Draws sequences one by one. Inputs (length, features), one value as target. */
export function drawSequences(
  name: string,
  features: number,
  leastLength: number,
  { samples = 1000, length = leastLength, noise = 0, seed = 0 }: SequenceOptions,
  draw: DrawSequence,
): Dataset {
  requireArgument(
    Number.isInteger(length) && length >= leastLength,
    `${name}: length must be a whole number of at least ${leastLength}, got ${length}.`,
    { length, least: leastLength },
  );
  const size = length * features;
  if (samples * size > MOST_NUMBERS) {
    throw new GradusError(
      "limit-exceeded",
      `${name}: ${samples} sequences of ${length} steps are ${samples * size} numbers; the limit is ${MOST_NUMBERS}. Give fewer.`,
      { samples, length, limit: MOST_NUMBERS, option: "samples" },
    );
  }
  requireInRange(name, "noise", noise, (value) => value >= 0 && Number.isFinite(value), "0 or more");
  const stream = randomStream(seed, "synthetic");
  const inputs = new Float32Array(samples * size);
  const targets = new Float32Array(samples);
  for (let row = 0; row < samples; row++) {
    targets[row] = draw(inputs.subarray(row * size, (row + 1) * size), stream);
  }
  return fromArrays({
    name,
    inputs,
    inputShape: [length, features],
    targets,
    targetShape: [1],
    targetKind: "values",
  });
}
