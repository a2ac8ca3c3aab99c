/** What a network must know of its data. */
export interface DataFacts {
  readonly task: "classification" | "regression";
  /** Of one sample: (F,), (channels, height, width), or (T, F). */
  readonly inputShape: readonly number[];
  /** classification: number of classes. */
  readonly classes?: number | undefined;
  /** regression: values per sample. Default 1. */
  readonly outputs?: number | undefined;
  readonly trainSamples: number;
}

/** Numbers that the output layer gives. */
export function outputSize({ task, classes = 2, outputs = 1 }: DataFacts): number {
  return task === "classification" ? classes : outputs;
}
