import type { LayerConfig } from "../../../nn/layers.ts";
import type { Settings } from "../../../train/training.ts";
import { CLASSES, COMMON, FLAT, type Patient, repeat } from "./patient.ts";

/** Two wide layers and 500 images, which the network memorises: the loss on them goes to 0, the loss on others turns and rises. If each
 *  unit is dropped half of the time and each pixel a fifth, no unit can rely on others, and the network cannot rely on single images.
 *  Source of the rates: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014. */
const settings = (inputRate: number, rate: number): Settings => {
  const dropped = (share: number): readonly LayerConfig[] => (share > 0 ? [{ type: "dropout", rate: share }] : []);
  return {
    ...COMMON,
    model: {
      inputShape: FLAT,
      layers: [
        ...dropped(inputRate),
        ...repeat(2, [{ type: "linear", units: 256, init: "heNormal" }, { type: "relu" }, ...dropped(rate)]),
        { type: "linear", units: CLASSES },
      ],
    },
    optimizer: { type: "adam", learningRate: 1e-3 },
    batchSize: 50,
    epochs: 30,
  };
};

export const dropout: Patient = {
  cure: "dropout",
  problem: "overfitting",
  remedy: "dropout",
  samples: 500,
  sick: settings(0, 0),
  cured: settings(0.2, 0.5),
};
