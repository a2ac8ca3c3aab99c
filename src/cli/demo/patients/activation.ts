import type { LayerConfig } from "../../../nn/layers.ts";
import type { Settings } from "../../../train/training.ts";
import { CLASSES, COMMON, FLAT, type Patient, repeat } from "./patient.ts";

/** Eight sigmoid layers with Glorot initialisation. The slope of a sigmoid is at most 1/4, and almost 0 if the unit is saturated; the
 *  gradient loses that factor in every layer. The slope of LeakyReLU is 1 or 0.01, and it never saturates. */
const settings = (activation: LayerConfig): Settings => ({
  ...COMMON,
  model: {
    inputShape: FLAT,
    layers: [
      ...repeat(8, [{ type: "linear", units: 100, init: "glorotUniform" }, activation]),
      { type: "linear", units: CLASSES, init: "glorotUniform" },
    ],
  },
  optimizer: { type: "sgd", learningRate: 0.1 },
  epochs: 4,
});

export const activation: Patient = {
  cure: "activation",
  problem: "vanishing-gradient",
  remedy: "activation",
  samples: 10_000,
  sick: settings({ type: "sigmoid" }),
  cured: settings({ type: "leakyRelu", slope: 0.01 }),
};
