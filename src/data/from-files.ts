import { GradusError } from "../core/errors.ts";
import type { CsvOptions, CsvTable } from "../io/csv.ts";
import { readCsv, readIdx, readNpy } from "../io/files.ts";
import type { ReadOptions } from "../io/limits.ts";
import type { StoredArray } from "../io/stored-array.ts";
import type { Dataset } from "./dataset.ts";
import { fromArrays } from "./from-arrays.ts";

/** What a run is fed with; a test part where there is one. */
export interface LoadedData {
  readonly train: Dataset;
  readonly test?: Dataset;
}

export interface CsvFiles extends Omit<CsvOptions, "target">, ReadOptions {
  readonly train: string;
  /** Read with the classes of the training file. */
  readonly test?: string;
  /** As in `CsvOptions`, but there must be one. Default -1, the last column. */
  readonly target?: string | number;
}

/** Datasets from CSV files with one target column. Inputs (features,), float32.
 *  @throws GradusError as `parseCsv`; `shape-mismatch` where the test file has other features. */
export function loadCsv({ train, test, ...options }: CsvFiles): LoadedData {
  const table = readCsv(train, options);
  const trainSet = fromTable(train, table);
  if (test === undefined) return { train: trainSet };
  // Classes with names are matched by them. Classes without are their own numbers, read as values and checked below.
  const sameClasses =
    table.classNames === undefined ? { task: "regression" as const } : { classNames: table.classNames };
  const testTable = readCsv(test, { ...options, ...sameClasses });
  if (testTable.featureNames.length !== table.featureNames.length) {
    throw new GradusError(
      "shape-mismatch",
      `${test}: ${testTable.featureNames.length} features, but ${train} has ${table.featureNames.length}. Give both files the same columns.`,
      { file: test, expected: table.featureNames, got: testTable.featureNames },
    );
  }
  return { train: trainSet, test: fromTable(test, testTable, table.classes) };
}

function fromTable(file: string, table: CsvTable, classes = table.classes): Dataset {
  return fromArrays({
    name: file,
    inputs: table.inputs,
    inputShape: [table.featureNames.length],
    targets: table.targets ?? [],
    featureNames: table.featureNames,
    ...(classes === undefined ? {} : { classes }),
    ...(table.classNames === undefined ? {} : { classNames: table.classNames }),
  });
}

export interface ArrayFiles extends ReadOptions {
  /** (N, …inputShape). */
  readonly inputs: string;
  /** (N,) integers: class labels. (N,) floats or (N, …targetShape): values, unless `targetKind` says otherwise. */
  readonly targets: string;
  /** Whether targets are class labels or values, as in `fromArrays`. */
  readonly targetKind?: Dataset["targetKind"];
  readonly testInputs?: string;
  readonly testTargets?: string;
  /** Number of classes. Default: the highest training label plus one. */
  readonly classes?: number;
  /** Inputs are read as value / divisor: 255 brings bytes to [0, 1]. Default 1. */
  readonly divisor?: number;
}

/** Datasets from .npy files, inputs and targets apart.
 *  @throws GradusError as `decodeNpy` and `fromArrays`; `bad-argument` where one of the test files is missing. */
export function loadNpy(files: ArrayFiles): LoadedData {
  return loadArrays(files, readNpy);
}

/** Datasets from IDX files, inputs and targets apart.
 *  @throws GradusError as `decodeIdx` and `fromArrays`; `bad-argument` where one of the test files is missing. */
export function loadIdx(files: ArrayFiles): LoadedData {
  return loadArrays(files, readIdx);
}

function loadArrays(files: ArrayFiles, readWith: (file: string, options: ReadOptions) => StoredArray): LoadedData {
  const read = (file: string) => readWith(file, files);
  const train = fromStored(files.inputs, read(files.inputs), read(files.targets), files);
  const { testInputs, testTargets } = files;
  if (testInputs === undefined && testTargets === undefined) return { train };
  if (testInputs === undefined || testTargets === undefined) {
    throw new GradusError("bad-argument", "data: give testInputs and testTargets both, or neither.", {
      testInputs,
      testTargets,
    });
  }
  const { classes } = train;
  const options = classes === undefined ? files : { ...files, classes };
  return { train, test: fromStored(testInputs, read(testInputs), read(testTargets), options) };
}

function fromStored(
  name: string,
  inputs: StoredArray,
  targets: StoredArray,
  { classes, targetKind, divisor = 1 }: Pick<ArrayFiles, "classes" | "targetKind" | "divisor">,
): Dataset {
  if (inputs.shape.length === 0) {
    throw new GradusError("shape-mismatch", `${name}: expected inputs (N, …), got a single number.`, { file: name });
  }
  return fromArrays({
    name,
    inputs: inputs.data,
    inputShape: inputs.shape.slice(1),
    targets: targets.data,
    targetShape: targets.shape.slice(1),
    ...(classes === undefined ? {} : { classes }),
    ...(targetKind === undefined ? {} : { targetKind }),
    transform: { center: 0, divisor },
  });
}
