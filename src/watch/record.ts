/** Quality of a trained network on samples it did not learn from, by a measure that does not depend on its loss, so that arms with
 *  different losses, output activations or scales can be compared. */
export interface Score {
  /** accuracy: share of correct samples (of outputs, if each is a separate yes or no). r2: 1 - squared error / variance of the
   *  targets, in their original units. */
  readonly metric: "accuracy" | "r2";
  /** Never NaN: outputs that are not finite count as wrong; r2 is not below -1. */
  readonly value: number;
  /** The value of a guess that ignores the input: the share of the most frequent class; 0 for r2. */
  readonly chance: number;
  readonly samples: number;
}

/** A probe's measurements of one layer in a sampled step. Undefined: does not apply to the layer. */
export interface LayerReading {
  /** Norms over all parameters of the layer: of their gradient before clipping, of their values, of the change in the step. */
  readonly gradientNorm?: number | undefined;
  readonly weightNorm?: number | undefined;
  readonly updateNorm?: number | undefined;
  /** Of the layer's output over batch and units. */
  readonly mean?: number | undefined;
  readonly variance?: number | undefined;
  /** Share of outputs that are exactly 0. */
  readonly zeros?: number | undefined;
  /** Share of outputs at which the activation is saturated, by the activation's own definition. */
  readonly saturated?: number | undefined;
  /** Share of units that were exactly 0 for every sample of the batch. */
  readonly dead?: number | undefined;
  /** Difference between samples: sum over units of the variance between samples / sum of mean squares, 0 to 1. Near 0, the layer
   *  gives the same output for every sample: the information of the input is lost. */
  readonly distinct?: number | undefined;
}

/** One sampled step. */
export interface Reading {
  /** From 1. */
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  /** Of the whole gradient before clipping. */
  readonly gradientNorm?: number | undefined;
  /** By layer path, in the model's order. */
  readonly layers: Readonly<Record<string, LayerReading>>;
}

/** The place of the first value that is not finite. */
export interface Failure {
  readonly step: number;
  readonly epoch: number;
  /** Layer path; undefined for the batch and the loss. */
  readonly layer?: string | undefined;
  /** "output", "gradient of weight", "updated weight", "loss", … */
  readonly tensor: string;
}

/** One completed epoch. */
export interface EpochRecord {
  readonly epoch: number;
  /** Steps done when it ended. */
  readonly step: number;
  readonly trainLoss: number;
  readonly validationLoss?: number | undefined;
  /** If the targets are classes, or yes and no. */
  readonly trainAccuracy?: number | undefined;
  readonly validationAccuracy?: number | undefined;
}

/** A histogram of equally wide bins over [low, high]. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** A layer inspected closely, on a few hundred samples. */
export interface LayerCensus {
  readonly path: string;
  readonly type: string;
  /** Whether it is an activation; a recurrent layer counts as one. */
  readonly isActivation: boolean;
  readonly hasParameters: boolean;
  /** Of its output, over samples and units, as in LayerReading; likewise the next ones. */
  readonly mean: number;
  readonly variance: number;
  readonly zeros: number;
  readonly saturated?: number | undefined;
  /** Share of units that are exactly 0 for every sample. */
  readonly dead: number;
  readonly distinct: number;
  readonly histogram: Histogram;
  /** Norm of dL/d(output), and the variance of its elements: the back-propagated gradient of Glorot & Bengio 2010. */
  readonly outputGradientNorm: number;
  readonly outputGradientVariance: number;
  /** Of the layer's parameters together; undefined if it has none. */
  readonly gradientNorm?: number | undefined;
  readonly weightNorm?: number | undefined;
  /** Of its weight (rank >= 2): standard deviation, and the share of units whose incoming weights equal another unit's. */
  readonly weightDeviation?: number | undefined;
  readonly twins?: number | undefined;
  /** Recurrent layers only: norm of dL/d(input of step t), t = 0 … T - 1. */
  readonly throughTime?: readonly number[] | undefined;
}

/** All layers inspected closely, in training mode without randomness, at one state of the weights. */
export interface Census {
  readonly step: number;
  readonly samples: number;
  /** Mean loss of these samples. May be NaN or infinite. */
  readonly loss: number;
  readonly layers: readonly LayerCensus[];
}

/** The facts about one training run: one of ours, or one read from a log, with everything absent that the log lacks. */
export interface RunRecord {
  readonly seed?: number | undefined;
  /** Steps done, and steps of a full run. */
  readonly steps: number;
  readonly plannedSteps?: number | undefined;
  readonly readings: readonly Reading[];
  readonly epochs: readonly EpochRecord[];
  readonly failure?: Failure | undefined;
  /** Before the first step, and at the last finite weights. */
  readonly start?: Census | undefined;
  readonly end?: Census | undefined;
  /** Of the validation part at the end (or of the epoch that early stopping chose). */
  readonly score?: Score | undefined;
  /** The same on the training part, in prediction mode. */
  readonly trainScore?: Score | undefined;
  /** Validation loss at the end, in prediction mode. */
  readonly validationLoss?: number | undefined;
  /** Why the run was cut short, if it was. */
  readonly cut?: "budget" | "hopeless" | undefined;
  readonly seconds: number;
}
