import type { LossConfig } from "../../src/nn/losses/losses.ts";
import type { RegularizerConfig } from "../../src/nn/regularizer.ts";
import type { OptimizerConfig } from "../../src/optim/optimizers.ts";
import type { Settings, Training } from "../../src/train/training.ts";
import type { CaseLoss, CaseOptimizer, FaultyCase } from "./case.ts";
import { readData } from "./data.ts";
import type { LayerEntry } from "./layers.ts";

/** Takes probabilities, renormalised and clipped. */
const LOSSES = {
  binaryCrossentropy: { type: "binaryCrossEntropy" },
  categoricalCrossentropy: { type: "categoricalCrossEntropy" },
  sparseCategoricalCrossentropy: { type: "categoricalCrossEntropy" },
  meanSquaredError: { type: "mse" },
  meanAbsoluteError: { type: "mae" },
} satisfies Record<CaseLoss, LossConfig>;

/** Keras's defaults and formulas. */
const OPTIMIZERS = {
  sgd: ({ learningRate, momentum = 0, nesterov = false }) => ({
    type: "sgd",
    learningRate,
    ...(momentum > 0 ? { momentum } : {}),
    ...(momentum > 0 && nesterov ? { nesterov } : {}),
  }),
  adam: ({ learningRate }) => ({ type: "adam", learningRate, epsilon: 1e-7, epsilonHat: true }),
  rmsprop: ({ learningRate, momentum = 0 }) => ({
    type: "rmsprop",
    learningRate,
    rho: 0.9,
    ...(momentum > 0 ? { momentum } : {}),
    epsilon: 1e-7,
    epsilonInside: true,
  }),
  adagrad: ({ learningRate }) => ({
    type: "adagrad",
    learningRate,
    initialAccumulator: 0.1,
    epsilon: 1e-7,
    epsilonInside: true,
  }),
  adadelta: ({ learningRate }) => ({ type: "adadelta", learningRate, rho: 0.95, epsilon: 1e-7 }),
} satisfies Record<CaseOptimizer["type"], (options: CaseOptimizer) => OptimizerConfig>;

/** A case as a training for the doctor; nothing is changed or repaired. */
export async function loadTraining(faulty: FaultyCase, seed = 0): Promise<Training> {
  const data = await readData(faulty);
  const settings: Settings = {
    model: { inputShape: data.train.inputShape, layers: faulty.model.flatMap(({ layers }) => layers) },
    loss: LOSSES[faulty.loss],
    optimizer: OPTIMIZERS[faulty.optimizer.type](faulty.optimizer),
    epochs: faulty.epochs,
    batchSize: faulty.batchSize,
    seed,
    ...regularizer(faulty.model),
  };
  return { settings, data };
}

/** The penalties of all layers as one regularizer: the most frequent strength, and the others by layer. */
function regularizer(entries: readonly LayerEntry[]): { readonly regularizer?: RegularizerConfig } {
  let place = 0;
  const strengths = new Map<string, number>();
  for (const { layers, units, l2 = 0 } of entries) {
    if (units !== undefined) strengths.set(String(place), l2);
    place += layers.length;
  }
  const penalised = [...strengths.values()].filter((l2) => l2 > 0);
  if (penalised.length === 0) return {};
  const l2 = mostFrequent(penalised);
  const others = [...strengths].filter(([, own]) => own !== l2).map(([path, own]) => [path, { l2: own }] as const);
  return { regularizer: { l2, ...(others.length === 0 ? {} : { layers: Object.fromEntries(others) }) } };
}

function mostFrequent(values: readonly number[]): number {
  const count = (value: number): number => values.filter((other) => other === value).length;
  return values.reduce((best, value) => (count(value) > count(best) ? value : best));
}
