import { createOptimizer, type OptimizerConfig, type OptimizerType } from "../../optim/optimizers.ts";

/** The rate that an optimiser works with. */
export function rateOf(config: OptimizerConfig): number {
  return createOptimizer(config).defaultLearningRate;
}

/** The rate that an optimiser's authors propose, and we take where none is given. */
export function usualRate(type: OptimizerType): number {
  return createOptimizer(type).defaultLearningRate;
}

/** Steps are as long as the rate says, whatever the size of the gradient. */
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
