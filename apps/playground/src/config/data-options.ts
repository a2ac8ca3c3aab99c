import type { PlaneData, SequenceData } from "./config.ts";

/** A drawn data set by its name in Gradus, with its options: what an experiment file holds. */
export interface DrawnOptions {
  readonly name: PlaneData["name"] | SequenceData["name"];
  readonly samples: number;
  readonly testSamples: number;
  readonly seed: number;
  readonly length?: number;
  readonly noise?: number;
  readonly spread?: number;
}

/** What a noise of 1 is in each data set: a standard deviation, in the units of the points or values. */
const FULL_NOISE: Readonly<Record<DrawnOptions["name"], number>> = {
  circles: 0.25,
  moons: 0.5,
  spirals: 0.2,
  blobs: 5,
  xor: 1,
  adding: 0.2,
  sine: 0.5,
};

/** Clouds have a width even without noise. */
const LEAST_SPREAD = 0.01;

/** The options of a drawn data set. Training and test samples together are those of the configuration; each part has at least one. */
export function drawnOptions(data: PlaneData | SequenceData): DrawnOptions {
  const { name, samples, testShare, seed } = data;
  const testSamples = Math.max(1, Math.min(samples - 1, Math.round(samples * testShare)));
  const noise = FULL_NOISE[name] * data.noise;
  const common = { name, samples: samples - testSamples, testSamples, seed };
  if (name === "blobs") return { ...common, spread: Math.max(LEAST_SPREAD, noise) };
  return "length" in data ? { ...common, length: data.length, noise } : { ...common, noise };
}
