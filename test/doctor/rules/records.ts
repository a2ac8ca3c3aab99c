// Hand-written runs to test rules on.
import type { Patient } from "../../../src/doctor/patient.ts";
import type {
  Census,
  EpochRecord,
  LayerCensus,
  LayerReading,
  Reading,
  RunRecord,
  Score,
} from "../../../src/watch/record.ts";

export const score = (value: number, options: Partial<Score> = {}): Score => ({
  metric: "accuracy",
  value,
  chance: 0.5,
  samples: 1000,
  ...options,
});

/** A layer as it looks in a network that learns. */
export const healthyLayer: LayerReading = {
  gradientNorm: 0.1,
  weightNorm: 5,
  updateNorm: 0.005,
  mean: 0.3,
  variance: 0.5,
  zeros: 0.4,
  dead: 0.02,
  distinct: 0.6,
};

/** Readings of steps 1, 11, 21, … with the same four layers; `change` changes them. */
export function readings(
  count: number,
  change: (layer: LayerReading, depth: number, index: number) => LayerReading = (layer) => layer,
  whole: (index: number) => Partial<Reading> = () => ({}),
): Reading[] {
  return Array.from({ length: count }, (_, index) => ({
    step: 1 + 10 * index,
    epoch: 1 + Math.floor(index / 4),
    loss: 1 / (1 + index),
    gradientNorm: 0.2,
    layers: Object.fromEntries(["0", "2", "4", "6"].map((path, depth) => [path, change(healthyLayer, depth, index)])),
    ...whole(index),
  }));
}

export function epochs(
  losses: readonly (readonly [train: number, validation: number, accuracy?: number])[],
): EpochRecord[] {
  return losses.map(([trainLoss, validationLoss, validationAccuracy], index) => ({
    epoch: index + 1,
    step: 40 * (index + 1),
    trainLoss,
    validationLoss,
    validationAccuracy,
  }));
}

export function census(step: number, change: (depth: number) => Partial<LayerCensus>): Census {
  return {
    step,
    samples: 256,
    loss: 0.7,
    layers: ["0", "1", "2", "3", "4", "5", "6"].map((path, depth) => ({
      path,
      type: depth % 2 === 0 ? "linear" : "relu",
      isActivation: depth % 2 === 1,
      hasParameters: depth % 2 === 0,
      mean: 0.3,
      variance: 0.5,
      zeros: 0.4,
      dead: 0.02,
      distinct: 0.6,
      histogram: { low: 0, high: 1, counts: [1] },
      outputGradientNorm: 0.1,
      outputGradientVariance: 1e-4,
      ...change(depth),
    })),
  };
}

/** A run that fails at the task but is otherwise unremarkable. */
export function run(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    seed: 0,
    steps: 400,
    plannedSteps: 400,
    readings: readings(40),
    epochs: epochs(Array.from({ length: 10 }, () => [0.69, 0.69, 0.5] as const)),
    score: score(0.5),
    trainScore: score(0.5),
    seconds: 1,
    ...changes,
  };
}

/** The same with a score above that of simple learners. */
export const healthyRun = (changes: Partial<RunRecord> = {}): RunRecord =>
  run({
    epochs: epochs(Array.from({ length: 10 }, (_, index) => [1 / (index + 1), 1.1 / (index + 1), 0.97] as const)),
    score: score(0.97),
    trainScore: score(0.98),
    ...changes,
  });

export const patient = (...runs: readonly RunRecord[]): Patient => ({
  runs,
  attainable: { score: score(0.9), learner: "nearest-neighbours" },
});
