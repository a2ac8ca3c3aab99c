import type { Settings } from "../../../train/training.ts";
import { CLASSES, COMMON, FLAT, type Patient, repeat } from "./patient.ts";

export const DEPTH = 20;
export const WIDTH = 100;

/** Twenty sigmoid layers: deeper than any that could be trained before 2010. With batch normalisation before each sigmoid, every unit works
 *  where its sigmoid is steep, whatever the layers below do. */
const settings = (withBatchNorm: boolean): Settings => ({
  ...COMMON,
  model: {
    inputShape: FLAT,
    layers: [
      ...repeat(DEPTH, [
        { type: "linear", units: WIDTH, init: "glorotUniform" },
        ...(withBatchNorm ? ([{ type: "batchNorm" }] as const) : []),
        { type: "sigmoid" },
      ]),
      { type: "linear", units: CLASSES, init: "glorotUniform" },
    ],
  },
  optimizer: { type: "sgd", learningRate: 0.05 },
  epochs: 3,
});

export const batchNormalisation: Patient = {
  cure: "batch-normalisation",
  problem: "vanishing-gradient",
  remedy: "batch-norm",
  samples: 10_000,
  sick: settings(false),
  cured: settings(true),
};
