/** The problems of a training. */
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

/** The remedies. `more-data`, `architecture` and `data-fault` are advice, which no rewrite of the settings expresses. */
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
