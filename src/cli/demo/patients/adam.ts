import type { Settings } from "../../../train/training.ts";
import { CLASSES, COMMON, FLAT, type Patient, type Rival, repeat } from "./patient.ts";

/** Three sigmoid layers: few enough for the gradient to arrive, but each layer reduces it, so the loss is steep along the upper weights and
 *  flat along the lower ones. One rate for all weights is too large for the steep ones or too small for the flat ones. Momentum alone
 *  helps with the valley, RMSProp alone with the scales, Adam with both. Large batches and few steps leave no time to make up for it. */
const settings = (optimizer: Settings["optimizer"]): Settings => ({
  ...COMMON,
  model: {
    inputShape: FLAT,
    layers: [
      ...repeat(3, [{ type: "linear", units: 100, init: "glorotUniform" }, { type: "sigmoid" }]),
      { type: "linear", units: CLASSES, init: "glorotUniform" },
    ],
  },
  optimizer,
  batchSize: 1_000,
  epochs: 6,
});

/** Rates double from one to the next; the best of each optimiser lies inside its list. */
const RIVALS: readonly Rival[] = [
  { name: "sgd", optimizer: { type: "sgd" }, rates: [0.5, 1, 2, 4] },
  { name: "momentum", optimizer: { type: "sgd", momentum: 0.9 }, rates: [0.1, 0.2, 0.4, 0.8] },
  { name: "rmsprop", optimizer: { type: "rmsprop" }, rates: [0.003, 0.006, 0.012, 0.024] },
  { name: "adam", optimizer: { type: "adam" }, rates: [0.003, 0.006, 0.012, 0.024] },
];

export const adam: Patient = {
  cure: "adam",
  problem: "slow-convergence",
  remedy: "optimizer",
  samples: 20_000,
  sick: settings({ type: "sgd", learningRate: 1 }),
  cured: settings({ type: "adam", learningRate: 0.012 }),
  rivals: RIVALS,
};
