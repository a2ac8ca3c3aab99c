/** What a training can suffer from. */
export const PROBLEMS = [
  "vanishing-gradient",
  "exploding-gradient",
  "dead-units",
  "saturated-units",
  "poor-initialisation",
  "symmetric-initialisation",
  "output-activation-mismatch",
  "loss-mismatch",
  "unscaled-input",
  "unscaled-target",
  "learning-rate-too-high",
  "learning-rate-too-low",
  "slow-convergence",
  "oscillating-loss",
  "overfitting",
  "underfitting",
  "numerical-error",
  "label-fault",
] as const;

export type Problem = (typeof PROBLEMS)[number];

/** What can be done about it. `more-data`, `architecture` and `data-fault` are advice: no rewrite of the settings does them. */
export const REMEDIES = [
  "init",
  "activation",
  "batch-norm",
  "clip",
  "optimizer",
  "learning-rate",
  "dropout",
  "l2",
  "early-stopping",
  "output-activation",
  "loss",
  "scale-inputs",
  "scale-targets",
  "batch-size",
  "more-epochs",
  "more-data",
  "architecture",
  "data-fault",
] as const;

export type RemedyName = (typeof REMEDIES)[number];
