/** How good a trained network is on samples it did not learn from, by a measure that does not depend on its loss, so that arms with
 *  different losses, output activations or scales can be compared. */
export interface Score {
  /** accuracy: share of samples (of outputs, where each is a yes or no of its own) told right. r2: 1 - squared error / variance of
   *  the targets, in their original units. */
  readonly metric: "accuracy" | "r2";
  /** Never NaN: outputs that are not finite count as wrong; r2 is not below -1. */
  readonly value: number;
  /** What a guess that ignores the input reaches: the share of the most frequent class; 0 for r2. */
  readonly chance: number;
  readonly samples: number;
}
