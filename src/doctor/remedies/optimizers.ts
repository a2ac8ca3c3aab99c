import { createOptimizer, type OptimizerConfig, type OptimizerType } from "../../optim/optimizers.ts";

/** The learning rate of an optimiser. */
export function rateOf(config: OptimizerConfig): number {
  return createOptimizer(config).defaultLearningRate;
}

/** The default rate of an optimiser, which its authors propose. */
export function usualRate(type: OptimizerType): number {
  return createOptimizer(type).defaultLearningRate;
}

/** Optimisers whose steps do not depend on the size of the gradient. */
export const NORMALISING: readonly OptimizerType[] = [
  "adam",
  "adamw",
  "nadam",
  "adamax",
  "radam",
  "lion",
  "lamb",
  "adafactor",
  "rmsprop",
];

/** The momentum of plain gradient descent. */
export function momentumOf(config: OptimizerConfig): number {
  return "momentum" in config && typeof config.momentum === "number" ? config.momentum : 0;
}
