import { createReadStream, statSync } from "node:fs";
import { GradusError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { areNames } from "../../data/align-features.ts";
import type { Dataset } from "../../data/dataset.ts";
import { fromArrays } from "../../data/from-arrays.ts";
import { type DataSpec, datasets, loadDataset } from "../../datasets/registry.ts";
import { fileChunks } from "../../files/file-chunks.ts";
import { readIdx, readNpy } from "../../files/files.ts";
import { readStart, readText } from "../../files/read-bytes.ts";
import { type CsvOptions, readTable } from "../../io/csv.ts";
import type { StoredArray } from "../../io/stored-array.ts";
import { textChunks } from "../../io/text-chunks.ts";
import { type InputKind, KIND_BYTES, kindByContent, kindByName } from "./input-kind.ts";
import { readJsonSamples } from "./json-lines.ts";
import { loadPicture } from "./picture.ts";
import { isStandardInput, withStandardInput } from "./standard-input.ts";

/** What the checkpoint says about its inputs. */
export interface Wanted {
  /** How the training file was laid out and scaled. */
  readonly experiment?: unknown;
  /** Numbers per input. */
  readonly features: number;
  /** Input shape of the network, for pictures. */
  readonly inputShape: Shape;
  /** Column names of the training file if it had a header. */
  readonly featureNames?: readonly string[];
  readonly targetName?: string;
  readonly ignoredNames?: readonly string[];
}

/** Inputs without targets, as a dataset with meaningless targets. */
function unlabelled(
  name: string,
  inputs: Float32Array | StoredArray["data"],
  inputShape: readonly number[],
  divisor = 1,
): Dataset {
  const length = inputs.length / inputShape.reduce((product, size) => product * size, 1);
  return fromArrays({ name, inputs, inputShape, targets: new Float32Array(length), transform: { center: 0, divisor } });
}

/** The data that the model was trained on, if the experiment names it. */
function trainingData(experiment: unknown): { readonly name?: string; readonly [option: string]: unknown } {
  const data = (experiment as { readonly data?: DataSpec } | undefined)?.data;
  return typeof data === "string" ? { name: data } : (data ?? {});
}

type Notify = (text: string) => void;

/** A table in the layout of the training file, with or without its target column; columns are matched by name if both files have a
 *  header.
 *  @param chunks the text of the table.
 *  @param own options of this table. */
function fromTable(
  file: string,
  chunks: Iterable<string>,
  wanted: Wanted,
  notify: Notify,
  own: CsvOptions = {},
): Dataset {
  const { experiment, features, featureNames, targetName, ignoredNames } = wanted;
  if (featureNames !== undefined && !areNames(featureNames, features)) {
    throw new GradusError(
      "bad-data",
      `predict: the featureNames of the checkpoint are not the names of ${features} features. Train and save it again.`,
      { featureNames },
    );
  }
  const { target, header, ignore, delimiter, decimal, missingValues } = trainingData(experiment) as CsvOptions;
  const options = { target, header, ignore, delimiter, decimal, missingValues, ...own };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as CsvOptions;
  const table = readTable(chunks, given, file, {
    features,
    featureNames,
    target: targetName,
    ignored: ignoredNames ?? [],
    needsTarget: false,
  });
  table.notes.forEach(notify);
  return unlabelled(file, table.inputs, [table.featureNames.length]);
}

function fromJsonLines(file: string, wanted: Wanted, notify: Notify): Dataset {
  const samples = readJsonSamples(file, readText(file), wanted.features);
  if (samples.kind === "arrays")
    return fromStored(file, { data: samples.inputs, shape: [samples.count, wanted.features] }, wanted);
  return fromTable(file, [samples.text], wanted, notify, { header: true, delimiter: ",", decimal: "." });
}

const READERS = {
  csv: (file, wanted, notify) => fromTable(file, textChunks(fileChunks(file)), wanted, notify),
  "json-lines": fromJsonLines,
  npy: (file, wanted) => fromStored(file, readNpy(file), wanted),
  idx: (file, wanted) => fromStored(file, readIdx(file), wanted),
  picture: (file, { inputShape }) => loadPicture(file, inputShape),
} satisfies Record<InputKind, (file: string, wanted: Wanted, notify: Notify) => Dataset | Promise<Dataset>>;

function fromStored(file: string, { data, shape }: StoredArray, { experiment }: Wanted): Dataset {
  const { divisor } = trainingData(experiment);
  return unlabelled(file, data, shape.slice(1), typeof divisor === "number" ? divisor : 1);
}

/** Loads the inputs to predict from: a file, recognised by its extension or else its content; "-" for the standard input; or the test
 *  part of a data set (its training part if it has no test part).
 *  @param input the standard input.
 *  @throws GradusError `bad-argument` for anything else, and the errors of the readers. */
export async function loadInputs(
  what: string,
  wanted: Wanted,
  notify: Notify,
  input: AsyncIterable<Uint8Array | string> = process.stdin,
): Promise<Dataset> {
  const known = kindByName(what);
  if (known !== undefined) return READERS[known](what, wanted, notify);
  if (isStandardInput(what)) return withStandardInput(input, (file) => readByContent(file, wanted, notify));
  if (Object.hasOwn(datasets, what)) {
    const used = trainingData(wanted.experiment);
    const { train, test } = await loadDataset(used.name === what ? (used as DataSpec) : what, notify);
    return test ?? train;
  }
  const found = statSync(what, { throwIfNoEntry: false });
  // a pipe can be read only once, so its content is stored
  if (found?.isFIFO()) return withStandardInput(createReadStream(what), (file) => readByContent(file, wanted, notify));
  if (found?.isFile()) return readByContent(what, wanted, notify);
  throw new GradusError(
    "bad-argument",
    `predict: --data ${what} is neither a file (.csv, .npy, .jsonl, …-ubyte, .png, .jpg), nor - for the standard input, nor a data set (${Object.keys(datasets).join(", ")}).`,
    { data: what },
  );
}

async function readByContent(file: string, wanted: Wanted, notify: Notify): Promise<Dataset> {
  return READERS[kindByContent(readStart(file, KIND_BYTES))](file, wanted, notify);
}
