import type { DenseBlock, NetworkConfig, PlaygroundConfig } from "./config.ts";

/** A block as it is added first. */
export const DEFAULT_BLOCK: DenseBlock = {
  kind: "dense",
  units: 16,
  activation: "relu",
  init: { type: "auto" },
  norm: "none",
  dropout: 0,
  skip: false,
};

/** Learns spirals in seconds. */
export const DEFAULT_NETWORK: NetworkConfig = {
  blocks: [DEFAULT_BLOCK, DEFAULT_BLOCK, DEFAULT_BLOCK],
  outputInit: { type: "auto" },
  outputActivation: "identity",
  loss: "auto",
  optimizer: { type: "adam", learningRate: 0.01 },
  schedule: "constant",
  l2: 0,
  standardize: false,
  batchSize: 32,
};

/** What the page shows first. */
export const DEFAULT_CONFIG: PlaygroundConfig = {
  data: { name: "spirals", samples: 600, noise: 0.1, testShare: 0.3, seed: 1 },
  seed: 1,
  epochs: 200,
  networks: [DEFAULT_NETWORK],
};
