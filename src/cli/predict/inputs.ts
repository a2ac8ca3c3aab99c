import { GradusError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { fromArrays } from "../../data/from-arrays.ts";
import { type DataSpec, datasets, loadDataset } from "../../data/registry.ts";
import type { CsvOptions, CsvTable } from "../../io/csv.ts";
import { readCsv, readIdx, readNpy } from "../../io/files.ts";
import type { StoredArray } from "../../io/stored-array.ts";
import { loadPicture } from "./picture.ts";

/** What the checkpoint says of its inputs. */
export interface Wanted {
  /** How the training file was laid out and scaled. */
  readonly experiment: unknown;
  /** Numbers in one input. */
  readonly features: number;
  /** What the network takes, for pictures. */
  readonly inputShape: Shape;
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

/** A table laid out as the training file was, with its target column or without. */
function fromCsv(file: string, { experiment, features }: Wanted): Dataset {
  const { target = -1, header, ignore = [], delimiter } = trainingData(experiment) as Partial<CsvOptions>;
  const shared: CsvOptions = {
    target: null,
    ...(header === undefined ? {} : { header }),
    ...(delimiter === undefined ? {} : { delimiter }),
  };
  const read = (ignored: readonly (string | number)[]): CsvTable => readCsv(file, { ...shared, ignore: ignored });
  const fits = (table: CsvTable | undefined) => table?.featureNames.length === features;
  const withoutTarget = attempt(() => read(ignore));
  const table = fits(withoutTarget)
    ? withoutTarget
    : attempt(() => read([...ignore, ...(target === null ? [] : [target])]));
  const found = fits(table) ? (table as CsvTable) : read(ignore);
  return unlabelled(file, found.inputs, [found.featureNames.length]);
}

/** The value, or undefined where the file is not laid out so. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof GradusError && (error.code === "bad-data" || error.code === "unknown-field")) return undefined;
    throw error;
  }
}

interface Reader {
  readonly pattern: RegExp;
  readonly read: (file: string, wanted: Wanted) => Dataset | Promise<Dataset>;
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
  if (reader) return reader.read(what, wanted);
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
