import { GradusError, requireArgument, requireInRange } from "../../core/errors.ts";
import { COUNT, COUNT_OR_ZERO, type Fields, NOT_NEGATIVE, withHelp } from "../../core/fields.ts";
import type { Dataset } from "../dataset.ts";
import { fromArrays } from "../from-arrays.ts";
import { type RandomStream, randomStream } from "../random-stream.ts";

/** Options of every synthetic dataset. */
export interface SyntheticOptions {
  /** Total points, divided evenly among the classes; the first classes get one more if it does not divide. Default 1000. */
  readonly samples?: number;
  /** Standard deviation of the normal noise added to each coordinate, >= 0. */
  readonly noise?: number;
  /** Default 0. */
  readonly seed?: number;
}

export const SYNTHETIC_FIELDS: Fields<SyntheticOptions> = {
  samples: withHelp("points (default: 1000)", COUNT),
  noise: withHelp("standard deviation of the noise", NOT_NEGATIVE),
  seed: withHelp("seed of the random numbers (default: 0)", COUNT_OR_ZERO),
};

/** One point of class `label`; `index` of `count` points of that class. */
export type PlacePoint = (label: number, index: number, count: number, stream: RandomStream) => readonly number[];

/** 400 MB, drawn in a few seconds: far more than such datasets need. */
const MOST_NUMBERS = 1e8;

/** Draws points class by class, adds noise, and alternates the classes (0, 1, …, 0, 1, …), so that any prefix is balanced. */
export function drawClasses(
  name: string,
  classes: number,
  features: number,
  { samples = 1000, noise = 0, seed = 0 }: SyntheticOptions,
  place: PlacePoint,
): Dataset {
  requireArgument(
    Number.isInteger(classes) && classes >= 1,
    `${name}: classes must be a whole number of 1 or more, got ${classes}.`,
    { classes },
  );
  requireArgument(
    Number.isInteger(samples) && samples >= classes,
    `${name}: samples must be a whole number of at least ${classes} (one per class), got ${samples}.`,
    { samples, classes },
  );
  if (samples * features > MOST_NUMBERS) {
    throw new GradusError(
      "limit-exceeded",
      `${name}: ${samples} samples of ${features} features are ${samples * features} numbers; the limit is ${MOST_NUMBERS}. Give fewer samples.`,
      { samples, features, limit: MOST_NUMBERS, option: "samples" },
    );
  }
  requireInRange(name, "noise", noise, (value) => value >= 0 && Number.isFinite(value), "0 or more");
  const stream = randomStream(seed, "synthetic");
  const inputs = new Float32Array(samples * features);
  const targets = new Int32Array(samples);
  for (let row = 0; row < samples; row++) {
    const label = row % classes;
    const count = Math.ceil((samples - label) / classes);
    const point = place(label, Math.floor(row / classes), count, stream);
    for (let i = 0; i < features; i++) {
      inputs[row * features + i] = (point[i] as number) + (noise === 0 ? 0 : stream.normal(noise));
    }
    targets[row] = label;
  }
  return fromArrays({ name, inputs, inputShape: [features], targets, classes });
}
