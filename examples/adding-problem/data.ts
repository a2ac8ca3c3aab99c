// The adding problem: sequences of random numbers, two of which are marked; the target is the sum of the two.
import { randomStream } from "../../src/data/random-stream.ts";
import { type Dataset, fromArrays, GradusError } from "../../src/index.ts";
import { readCsv } from "../../src/node.ts";

/** Numbers per step: the value, in [0, 1), and its mark, 0 or 1. */
const FEATURES = 2;

export interface AddingData {
  readonly train: Dataset;
  readonly validation: Dataset;
}

/** Sequences (T, 2), targets (1,): each step holds a number from [0, 1) and a mark. Two randomly drawn steps are marked, and the
 *  target is the sum of their numbers. Always predicting the mean leaves the variance, 1/6, as error.
 *  Source: Hochreiter & Schmidhuber, "Long Short-Term Memory", 1997, task 4; the form with marks of 0 and 1 is that of Le, Jaitly,
 *  Hinton, "A Simple Way to Initialize Recurrent Networks of Rectified Linear Units", 2015. */
export function addingProblem(samples: number, steps: number, seed: number): Dataset {
  const stream = randomStream(seed, "synthetic");
  const inputs = new Float32Array(samples * steps * FEATURES);
  const targets = new Float32Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    const start = sample * steps * FEATURES;
    for (let t = 0; t < steps; t++) inputs[start + t * FEATURES] = stream.uniform();
    const first = stream.below(steps);
    // any step but the first drawn one
    const other = stream.below(steps - 1);
    const second = other < first ? other : other + 1;
    for (const t of [first, second]) {
      inputs[start + t * FEATURES + 1] = 1;
      targets[sample] = (targets[sample] as number) + (inputs[start + t * FEATURES] as number);
    }
  }
  return fromArrays({ name: "adding", inputs, inputShape: [steps, FEATURES], targets, targetShape: [1] });
}

/** The same problem from a file with columns x0, x1, … (value, mark, value, mark, …), y0 and split ("train" or "validation"). */
export function readAddingProblem(file: string): AddingData {
  const { inputs, featureNames, targets } = readCsv(file, { target: "y0", ignore: ["split"], task: "regression" });
  const parts = readCsv(file, { target: "split", ignore: ["y0"], task: "classification" });
  const all = fromArrays({
    name: file,
    inputs,
    inputShape: [featureNames.length / FEATURES, FEATURES],
    targets: targets ?? [],
    targetShape: [1],
  });
  const part = (name: string): Dataset => {
    const label = parts.classNames?.indexOf(name);
    const rows = [...(parts.targets ?? []).keys()].filter((row) => parts.targets?.[row] === label);
    if (rows.length === 0) {
      throw new GradusError("empty-dataset", `${file}: no row is marked "${name}" in the column split.`, {
        file,
        name,
      });
    }
    return all.subset(rows);
  };
  return { train: part("train"), validation: part("validation") };
}

/** Mean squared distance of the targets from their mean: the error of a network that learned only the mean. */
export function varianceOf(data: Dataset): number {
  const targets = Array.from(data.toTargets());
  const mean = targets.reduce((sum, target) => sum + target, 0) / targets.length;
  return targets.reduce((sum, target) => sum + (target - mean) ** 2, 0) / targets.length;
}
