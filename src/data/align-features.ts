import { GradusError } from "../core/errors.ts";
import { listed } from "../core/listed.ts";
import { sizeOf } from "../core/shape.ts";
import { type Dataset, datasetFromParts } from "./dataset.ts";
import { identityOrder } from "./permutation.ts";

/** The same samples with their features in the order of the given names. If either side has no names, or the names already match,
 *  returns the dataset unchanged; otherwise a copy.
 *  @param names feature names of what the dataset is used with: training data, scaling, weights.
 *  @throws GradusError `shape-mismatch` with `{ missing, foreign, expected, got }` if the sets of names differ. */
export function alignFeatures(dataset: Dataset, names: readonly string[] | undefined): Dataset {
  const own = dataset.featureNames;
  if (own === undefined || names === undefined || isSame(own, names)) return dataset;
  const places = new Map(own.map((name, place) => [name, place]));
  const missing = names.filter((name) => !places.has(name));
  const expected = new Set(names);
  const foreign = own.filter((name) => !expected.has(name));
  if (missing.length > 0 || foreign.length > 0 || own.length !== names.length) {
    throw new GradusError(
      "shape-mismatch",
      `dataset ${dataset.name}: its features do not match the expected ones. Missing: ${listed(missing)}; unexpected: ${listed(foreign)}. ` +
        "Give it the same columns with the same names.",
      { name: dataset.name, missing, foreign, expected: names, got: own },
    );
  }
  const from = Int32Array.from(names, (name) => places.get(name) as number);
  const { name, inputShape, targetShape, classes, classNames } = dataset;
  const inputs = new Float32Array(dataset.length * sizeOf(inputShape));
  dataset.readInputs(identityOrder(dataset.length), inputs);
  reorderEach(inputs, from);
  return datasetFromParts({
    name,
    inputShape,
    targetShape,
    storage: { inputs, targets: dataset.toTargets() },
    featureNames: names,
    ...(classes === undefined ? {} : { classes }),
    ...(classNames === undefined ? {} : { classNames }),
  });
}

/** Whether a parsed value can be the names of this many features: distinct strings, one per feature or one per place on the last axis. */
export function areNames(value: unknown, features: number): value is readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || features % value.length !== 0) return false;
  return value.every((name) => typeof name === "string") && new Set(value).size === value.length;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

/** Reorders each run of `from.length` values. */
function reorderEach(values: Float32Array, from: Int32Array): void {
  const run = new Float32Array(from.length);
  for (let start = 0; start < values.length; start += run.length) {
    for (let place = 0; place < run.length; place++) run[place] = values[start + (from[place] as number)] as number;
    values.set(run, start);
  }
}
