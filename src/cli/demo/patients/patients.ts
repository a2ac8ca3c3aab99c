import type { Settings } from "../../../train/training.ts";
import { activation } from "./activation.ts";
import { adam } from "./adam.ts";
import { batchNormalisation, DEPTH, WIDTH } from "./batch-normalisation.ts";
import { clipping } from "./clipping.ts";
import { dropout } from "./dropout.ts";
import { initialisation } from "./initialisation.ts";
import { CLASSES, COMMON, type CureName, FLAT, type Patient, repeat } from "./patient.ts";

/** One patient for each remedy. */
export const PATIENTS = {
  initialisation,
  activation,
  "batch-normalisation": batchNormalisation,
  clipping,
  adam,
  dropout,
} as const satisfies Record<CureName, Patient>;

/** The deep network of the third patient with all six remedies at once. */
export const TOGETHER: Settings = {
  ...COMMON,
  batchSize: 128,
  model: {
    inputShape: FLAT,
    layers: [
      ...repeat(DEPTH, [
        { type: "linear", units: WIDTH, init: "heNormal" },
        { type: "batchNorm" },
        { type: "leakyRelu", slope: 0.01 },
        { type: "dropout", rate: 0.02 },
      ]),
      { type: "linear", units: CLASSES, init: "heNormal" },
    ],
  },
  optimizer: { type: "adam", learningRate: 3e-3 },
  clip: { type: "globalNorm", maxNorm: 1 },
  schedule: { type: "cosine" },
  epochs: 8,
};

/** Settings with so small a budget that everything runs within seconds; the results mean nothing. */
export function quick(settings: Settings): Settings {
  return { ...settings, epochs: 1, batchSize: Math.min(settings.batchSize, 64) };
}

export const QUICK_SAMPLES = 256;
