// Trainings that are stopped and continued: between them they have all that a run must remember.
import { randomBits } from "../../src/core/random.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import type { Model } from "../../src/nn/model.ts";
import { createModel } from "../../src/nn/model.ts";
import type { FitOptions } from "../../src/train/options.ts";

export interface LastingTraining {
  readonly model: Model;
  readonly options: FitOptions;
}

/** Samples whose class can be learned in part, and one value in [-1, 1) for each number of an input. */
function samples(count: number, inputShape: readonly number[], classes: number, seed: number): Dataset {
  const size = inputShape.reduce((a, b) => a * b, 1);
  const bits = randomBits([seed, 7], count * size);
  const inputs = Float32Array.from(bits, (word) => word / 2 ** 31 - 1);
  const labels = Array.from({ length: count }, (_, row) => {
    const sum = inputs.subarray(row * size, row * size + size).reduce((a, b) => a + b, 0);
    return Math.abs(Math.round(sum * 2)) % classes;
  });
  return fromArrays({ inputs, inputShape, targets: labels, classes });
}

/** @param epochs of the whole run. */
export const LASTING: Readonly<Record<string, (epochs: number) => LastingTraining>> = {
  "mlp, dropout, adam, clip": (epochs) => ({
    model: createModel({
      inputShape: [12],
      layers: [
        { type: "linear", units: 24 },
        "relu",
        { type: "dropout", rate: 0.3 },
        { type: "linear", units: 16 },
        "tanh",
        { type: "linear", units: 3 },
      ],
    }),
    options: {
      data: samples(101, [12], 3, 1),
      validationSplit: 0.2,
      loss: { type: "softmaxCrossEntropy", labelSmoothing: 0.05 },
      optimizer: { type: "adam", learningRate: 0.01 },
      clip: { type: "globalNorm", maxNorm: 1 },
      schedule: { type: "warmup", length: 7, after: "cosine" },
      regularizer: { l2: 1e-4 },
      metrics: ["accuracy"],
      batchSize: 16,
      epochs,
      seed: 3,
    },
  }),
  "cnn, batch norm, augmentation": (epochs) => ({
    model: createModel({
      inputShape: [2, 8, 8],
      layers: [
        { type: "conv2d", filters: 6, kernel: 3, padding: 1 },
        "batchNorm",
        "relu",
        { type: "maxPool2d", window: 2 },
        { type: "conv2d", filters: 8, kernel: 3, padding: 1 },
        "batchNorm",
        { type: "leakyRelu", slope: 0.1 },
        "globalAvgPool",
        { type: "linear", units: 4 },
      ],
    }),
    options: {
      data: { train: samples(70, [2, 8, 8], 4, 2), validation: samples(21, [2, 8, 8], 4, 9) },
      loss: "softmaxCrossEntropy",
      optimizer: { type: "sgd", learningRate: 0.05, momentum: 0.9, nesterov: true },
      augment: ["flip", { type: "crop", padding: 1 }],
      schedule: { type: "oneCycle", peak: 0.1 },
      batchSize: 16,
      epochs,
      seed: 5,
    },
  }),
  "lstm, plateau, early stopping": (epochs) => ({
    model: createModel({
      inputShape: [9, 3],
      layers: [
        { type: "lstm", units: 10 },
        { type: "linear", units: 2 },
      ],
    }),
    options: {
      data: { train: samples(60, [9, 3], 2, 4), validation: samples(40, [9, 3], 2, 8) },
      loss: "softmaxCrossEntropy",
      optimizer: { type: "rmsprop", learningRate: 0.02 },
      schedule: { type: "plateau", patience: 0, factor: 0.5 },
      earlyStopping: { patience: 3 },
      batchSize: 8,
      epochs,
      seed: 11,
    },
  }),
  "cnn, batch norm, dropout, both averages": (epochs) => ({
    model: createModel({
      inputShape: [2, 8, 8],
      layers: [
        { type: "conv2d", filters: 5, kernel: 3, padding: 1 },
        { type: "batchNorm", decay: "cumulative" },
        "relu",
        { type: "dropout", rate: 0.2 },
        {
          type: "skip",
          layers: [{ type: "conv2d", filters: 7, kernel: 3, padding: 1 }],
          projection: true,
          projectionNorm: true,
        },
        "relu",
        "globalAvgPool",
        { type: "linear", units: 4 },
      ],
    }),
    options: {
      data: { train: samples(70, [2, 8, 8], 4, 2), validation: samples(21, [2, 8, 8], 4, 9) },
      loss: "softmaxCrossEntropy",
      optimizer: { type: "sgd", learningRate: 0.05, momentum: 0.9 },
      augment: ["flip"],
      ema: 0.9,
      swa: { startEpoch: 2, every: 2 },
      earlyStopping: { of: "ema", patience: 4 },
      batchSize: 16,
      epochs,
      seed: 7,
    },
  }),
  "mlp, swa, labels that do not count": (epochs) => ({
    model: createModel({
      inputShape: [12],
      layers: [{ type: "linear", units: 10 }, "tanh", { type: "linear", units: 3 }],
    }),
    options: {
      data: samples(53, [12], 3, 6),
      loss: { type: "softmaxCrossEntropy", ignoreIndex: 2 },
      optimizer: "adam",
      ema: 0.99,
      swa: {},
      batchSize: 3,
      epochs,
      seed: 2,
    },
  }),
};
