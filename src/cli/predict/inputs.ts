import { GradusError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { areNames } from "../../data/align-features.ts";
import type { Dataset } from "../../data/dataset.ts";
import { fromArrays } from "../../data/from-arrays.ts";
import { type DataSpec, datasets, loadDataset } from "../../data/registry.ts";
import type { CsvOptions } from "../../io/csv.ts";
import { readCsvLike, readIdx, readNpy } from "../../io/files.ts";
import type { StoredArray } from "../../io/stored-array.ts";
import { loadPicture } from "./picture.ts";

/** What the checkpoint says of its inputs. */
export interface Wanted {
  /** How the training file was laid out and scaled. */
  readonly experiment?: unknown;
  /** Numbers in one input. */
  readonly features: number;
  /** What the network takes, for pictures. */
  readonly inputShape: Shape;
  /** Of the training file's columns, where it had a header. */
  readonly featureNames?: readonly string[];
  readonly targetName?: string;
  readonly ignoredNames?: readonly string[];
}

/** Inputs without targets, as a dataset whose targets mean nothing. */
function unlabelled(
  name: string,
  inputs: Float32Array | StoredArray["data"],
  inputShape: readonly number[],
  divisor = 1,
): Dataset {
  const length = inputs.length / inputShape.reduce((product, size) => product * size, 1);
  return fromArrays({ name, inputs, inputShape, targets: new Float32Array(length), transform: { center: 0, divisor } });
}

/** The data that the model was trained on, where the experiment says so. */
function trainingData(experiment: unknown): { readonly name?: string; readonly [option: string]: unknown } {
  const data = (experiment as { readonly data?: DataSpec } | undefined)?.data;
  return typeof data === "string" ? { name: data } : (data ?? {});
}

/** A table laid out as the training file was, with its target column or without; columns by name, where both files have a header. */
function fromCsv(file: string, wanted: Wanted, notify: (text: string) => void): Dataset {
  const { experiment, features, featureNames, targetName, ignoredNames } = wanted;
  if (featureNames !== undefined && !areNames(featureNames, features)) {
    throw new GradusError(
      "bad-data",
      `predict: the checkpoint's featureNames are not the names of ${features} features. Train and save it anew.`,
      { featureNames },
    );
  }
  const { target, header, ignore, delimiter, decimal, missingValues } = trainingData(experiment) as CsvOptions;
  const options = { target, header, ignore, delimiter, decimal, missingValues };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as CsvOptions;
  const table = readCsvLike(file, given, {
    features: featureNames ?? Array.from({ length: features }, (_, column) => `column ${column}`),
    isNamed: featureNames !== undefined,
    target: targetName,
    ignored: ignoredNames ?? [],
    needsTarget: false,
  });
  table.notes.forEach(notify);
  return unlabelled(file, table.inputs, [table.featureNames.length]);
}

interface Reader {
  readonly pattern: RegExp;
  readonly read: (file: string, wanted: Wanted, notify: (text: string) => void) => Dataset | Promise<Dataset>;
}

const READERS: readonly Reader[] = [
  { pattern: /\.(csv|tsv|txt)(\.gz)?$/i, read: fromCsv },
  { pattern: /\.npy(\.gz)?$/i, read: (file, wanted) => fromStored(file, readNpy(file), wanted) },
  { pattern: /(ubyte|\.idx\d*)(\.gz)?$/i, read: (file, wanted) => fromStored(file, readIdx(file), wanted) },
  { pattern: /\.(png|jpe?g)$/i, read: (file, { inputShape }) => loadPicture(file, inputShape) },
];

function fromStored(file: string, { data, shape }: StoredArray, { experiment }: Wanted): Dataset {
  const { divisor } = trainingData(experiment);
  return unlabelled(file, data, shape.slice(1), typeof divisor === "number" ? divisor : 1);
}

/** What to predict from: a file by its ending, or the test part of a data set (its training part where it has no other).
 *  @throws GradusError `bad-argument` for what is neither; and as the readers. */
export async function loadInputs(what: string, wanted: Wanted, notify: (text: string) => void): Promise<Dataset> {
  const reader = READERS.find(({ pattern }) => pattern.test(what));
  if (reader) return reader.read(what, wanted, notify);
  if (!Object.keys(datasets).includes(what)) {
    throw new GradusError(
      "bad-argument",
      `predict: --data ${what} is neither a file (.csv, .npy, …-ubyte, .png, .jpg) nor the name of a data set (${Object.keys(datasets).join(", ")}).`,
      { data: what },
    );
  }
  const used = trainingData(wanted.experiment);
  const { train, test } = await loadDataset(used.name === what ? (used as DataSpec) : what, notify);
  return test ?? train;
}
