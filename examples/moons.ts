import type { Experiment } from "../src/cli/experiment.ts";

// An experiment may be code, so repeated layers are written once.
const block = (units: number) => [{ type: "linear", units }, { type: "layerNorm" }, { type: "silu" }] as const;

export const experiment: Experiment = {
  name: "Two moons, residual blocks, one output: the probability of one class",
  data: { name: "moons", samples: 400, noise: 0.15, seed: 2 },
  model: {
    layers: [
      ...block(16),
      ...[0, 1].map(() => ({ type: "skip", layers: [...block(16)] }) as const),
      { type: "linear", units: 1 },
    ],
  },
  loss: "binaryCrossEntropyWithLogits",
  optimizer: { type: "adamw", learningRate: 0.01 },
  epochs: 30,
  batchSize: 32,
  metrics: ["accuracy"],
  validationSplit: 0.2,
  earlyStopping: { patience: 8, monitor: "loss" },
};
