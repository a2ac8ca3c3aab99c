import { circles } from "../../../src/data/synthetic/circles.ts";
import type { LayerInput } from "../../../src/nn/layers.ts";
import { createModel } from "../../../src/nn/model.ts";
import type { Training } from "../../../src/train/training.ts";

const { train, validation } = circles({ samples: 240, seed: 3 }).split({ validation: 80, seed: 1 });

/** Two circles, and a stack of thin layers. */
export function circlesTraining(activation: "sigmoid" | "relu", epochs = 20, depth = 6): Training {
  const hidden = Array.from({ length: depth }, (): readonly LayerInput[] => [
    { type: "linear" as const, units: 10, init: activation === "relu" ? "heNormal" : "glorotNormal" },
    { type: activation },
  ]).flat();
  const layers: readonly LayerInput[] = [...hidden, { type: "linear", units: 2 }];
  return {
    settings: {
      model: createModel({ inputShape: [2], layers }).config,
      loss: { type: "softmaxCrossEntropy" },
      optimizer: { type: "adam", learningRate: 0.005 },
      epochs,
      batchSize: 16,
      seed: 5,
    },
    data: { train, validation },
  };
}
