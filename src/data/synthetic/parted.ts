import type { Dataset } from "../dataset.ts";

/** Training and test samples of a synthetic data set. */
export interface Parted {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** Draws training and test samples together, so that both come from the same clouds, and holds the test samples out, evenly among the
 *  classes. Experiment files that name a synthetic data set get the same samples.
 *    partedSamples(spirals, { samples: 500, testSamples: 200, turns: 2 })
 *  @param options those of `make`, where `samples` counts training samples alone (default 1000), and `testSamples` (default 200).
 *  @throws GradusError as `make`, and `bad-argument` if a class would be left without training samples. */
export function partedSamples<
  Options extends { readonly samples?: number; readonly testSamples?: number; readonly seed?: number },
>(make: (options: Omit<Options, "testSamples">) => Dataset, options: Options): Parted {
  const { testSamples = 200, ...own } = options;
  const { samples = 1000, seed = 0 } = own;
  const whole = make({ ...own, samples: samples + testSamples });
  const stratify = whole.targetKind === "labels";
  const { train, validation } = whole.split({ validation: testSamples, seed, stratify });
  return { train, test: validation };
}
