import type { InitInput } from "../../../nn/init/init.ts";
import type { Settings } from "../../../train/training.ts";
import { CLASSES, COMMON, FLAT, type Patient, repeat } from "./patient.ts";

/** Ten ReLU layers whose weights are all drawn with one small standard deviation, as in AlexNet. Each layer makes the signal ten times
 *  smaller, and nothing of the image reaches the output. The standard deviation of He initialisation preserves the size of the signal.
 *  Source: Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012 (N(0, 0.01)). */
const settings = (init: InitInput): Settings => ({
  ...COMMON,
  model: {
    inputShape: FLAT,
    layers: [
      ...repeat(10, [{ type: "linear", units: 100, init }, { type: "relu" }]),
      { type: "linear", units: CLASSES, init },
    ],
  },
  optimizer: { type: "sgd", learningRate: 0.05 },
  epochs: 3,
});

export const initialisation: Patient = {
  cure: "initialisation",
  problem: "poor-initialisation",
  remedy: "init",
  samples: 10_000,
  sick: settings({ type: "normal", std: 0.01 }),
  cured: settings("heNormal"),
};
