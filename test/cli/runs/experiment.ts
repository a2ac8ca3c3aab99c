import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/** A scratch folder that is removed after the tests of a file. */
export function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `gradus-${name}-`));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A small network with dropout, batch normalisation and Adam: 3 epochs of 6 steps. */
export const EXPERIMENT = {
  name: "blobs",
  data: { name: "blobs", samples: 60, testSamples: 12, spread: 0.5 },
  model: {
    layers: [
      { type: "linear", units: 6 },
      { type: "batchNorm" },
      "tanh",
      { type: "dropout", rate: 0.2 },
      { type: "linear", units: 3 },
    ],
  },
  loss: "softmaxCrossEntropy",
  optimizer: { type: "adam", learningRate: 0.05 },
  validationSplit: 12,
  epochs: 3,
  batchSize: 8,
  seed: 2,
} as const;

/** Writes the experiment with the changes of a test. */
export function experimentFile(folder: string, change: object = {}, name = "experiment.json"): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ ...EXPERIMENT, ...change }));
  return file;
}
