import { GradusError } from "../core/errors.ts";
import { COUNT, checkOptions, type Fields, number, oneOf, required, TEXT } from "../core/fields.ts";
import type { Dataset } from "../data/dataset.ts";
import { fromArrays } from "../data/from-arrays.ts";
import { readCsv, readCsvLike, readIdx, readNpy } from "../files/files.ts";
import { READ_FIELDS, type ReadOptions } from "../files/limits.ts";
import { COLUMN, CSV_FIELDS, type CsvOptions, type CsvTable } from "../io/csv.ts";
import type { StoredArray } from "../io/stored-array.ts";

/** The data of a run, with an optional test part. */
export interface LoadedData {
  readonly train: Dataset;
  readonly test?: Dataset;
  /** For CSV files: the names of the other columns; the datasets name the features. */
  readonly columns?: { readonly target?: string; readonly ignored: readonly string[] };
  /** Text about rows and columns that were skipped or ignored automatically. */
  readonly notes?: readonly string[];
}

export interface CsvFiles extends Omit<CsvOptions, "target">, ReadOptions {
  readonly train: string;
  /** Read with the classes of the training file. */
  readonly test?: string;
  /** As in `CsvOptions`, but required. Default -1, the last column. */
  readonly target?: string | number;
}

const CSV_FILE_FIELDS: Fields<CsvFiles> = {
  ...CSV_FIELDS,
  ...READ_FIELDS,
  target: COLUMN,
  train: required(TEXT),
  test: TEXT,
};

/** Datasets from CSV files with one target column. Inputs (features,), float32. The test file's columns may be in any order: if both
 *  files have a header, they are matched by name, else by position.
 *  @param notify receives the notes.
 *  @throws GradusError as `parseCsv`; `shape-mismatch` with `{ file, missing, foreign }` if the test file has different features. */
export function loadCsv(files: CsvFiles, notify: (message: string) => void = () => {}): LoadedData {
  checkOptions<CsvFiles>("loadCsv", files ?? {}, CSV_FILE_FIELDS);
  const { train, test, ...options } = files;
  const table = readCsv(train, options);
  const { featureNames, hasHeader, targetName, ignoredNames: ignored } = table;
  const names = hasHeader ? featureNames : undefined;
  const columns = { ...(targetName !== undefined && hasHeader ? { target: targetName } : {}), ignored };
  const loaded = { train: fromTable(train, table, names), columns, notes: table.notes };
  if (test === undefined) {
    loaded.notes.forEach(notify);
    return loaded;
  }
  // Named classes are matched by name. Unnamed classes are numbers, which are read as values and checked below.
  const sameClasses =
    table.classNames === undefined ? { task: "regression" as const } : { classNames: table.classNames };
  const like = {
    features: featureNames.length,
    featureNames: names,
    target: targetName,
    ignored,
    needsTarget: true,
  };
  const testTable = readCsvLike(test, { ...options, ...sameClasses }, like);
  const notes = [...table.notes, ...testTable.notes];
  notes.forEach(notify);
  return { ...loaded, test: fromTable(test, testTable, names, table.classes), notes };
}

function fromTable(
  file: string,
  table: CsvTable,
  featureNames: readonly string[] | undefined,
  classes = table.classes,
): Dataset {
  return fromArrays({
    name: file,
    inputs: table.inputs,
    inputShape: [table.featureNames.length],
    targets: table.targets ?? [],
    ...(featureNames === undefined ? {} : { featureNames }),
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
  /** Inputs are divided by this number: 255 scales bytes to [0, 1]. Default 1. */
  readonly divisor?: number;
}

const ARRAY_FILE_FIELDS: Fields<ArrayFiles> = {
  ...READ_FIELDS,
  inputs: required(TEXT),
  targets: required(TEXT),
  targetKind: oneOf("labels", "values"),
  testInputs: TEXT,
  testTargets: TEXT,
  classes: COUNT,
  divisor: number("a number other than 0", (value) => value !== 0),
};

/** Datasets from .npy files, with inputs and targets in separate files.
 *  @throws GradusError as `decodeNpy` and `fromArrays`; `bad-argument` if only one of the test files is given. */
export function loadNpy(files: ArrayFiles): LoadedData {
  return loadArrays("loadNpy", files, readNpy);
}

/** Datasets from IDX files, with inputs and targets in separate files.
 *  @throws GradusError as `decodeIdx` and `fromArrays`; `bad-argument` if only one of the test files is given. */
export function loadIdx(files: ArrayFiles): LoadedData {
  return loadArrays("loadIdx", files, readIdx);
}

function loadArrays(
  where: string,
  files: ArrayFiles,
  readWith: (file: string, options: ReadOptions) => StoredArray,
): LoadedData {
  checkOptions<ArrayFiles>(where, files ?? {}, ARRAY_FILE_FIELDS);
  const { maxBytes } = files;
  const read = (file: string) => readWith(file, { maxBytes });
  const train = fromStored(files.inputs, read(files.inputs), read(files.targets), files);
  const { testInputs, testTargets } = files;
  if (testInputs === undefined && testTargets === undefined) return { train };
  if (testInputs === undefined || testTargets === undefined) {
    throw new GradusError("bad-argument", "data: give both testInputs and testTargets, or neither.", {
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
