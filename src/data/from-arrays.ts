import { isRecord } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import {
  ANY_TEXT,
  COUNT,
  checkOptions,
  type Field,
  type Fields,
  field,
  listOf,
  oneOf,
  recordField,
  required,
  TEXT,
} from "../core/fields.ts";
import { requireShape } from "../core/host-array.ts";
import { requireLabels } from "../core/labels.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";
import { type NumericArray, requireNumericArray, requireStoredArray, type StoredArray } from "../io/stored-array.ts";
import { type Dataset, datasetFromParts, type InputTransform } from "./dataset.ts";

/** Rows as nested lists, flat numbers with a separate shape, or an array that has a shape (`readNpy`, `padSequences`). */
export type ArrayInput =
  | NumericArray
  | readonly number[]
  | readonly (readonly number[])[]
  | Pick<StoredArray, "shape" | "data">;

export interface FromArraysOptions {
  /** Default "arrays". */
  readonly name?: string;
  /** (N, …inputShape). Float32Array and Uint8Array are not copied; anything else is converted to float32. */
  readonly inputs: ArrayInput;
  /** Shape of one sample. Default: (row length,) for nested rows, the array's own row shape, else (size / N,). */
  readonly inputShape?: Shape;
  /** (N, …targetShape). */
  readonly targets: ArrayInput;
  /** Whether targets are class labels or values. Default for one number per sample: labels if `classes` or `classNames` is given or
   *  the array has an integer type, else values. Default for nested rows and a targetShape other than (): values. One label per
   *  step of a sequence needs "labels". */
  readonly targetKind?: Dataset["targetKind"];
  /** Shape of one target. Default: () for flat numbers, (row length,) for nested rows, the array's own row shape. */
  readonly targetShape?: Shape;
  /** Number of classes. Default: that of `classNames`, else the highest label plus one. */
  readonly classes?: number;
  readonly classNames?: readonly string[];
  /** One per number of an input, or one per place on its last axis. Datasets used together are matched by them. */
  readonly featureNames?: readonly string[];
  /** The network sees (input - center) / divisor. Default 0 and 1. For bytes, `{ center: 0, divisor: 255 }` gives [0, 1]. */
  readonly transform?: InputTransform;
}

const ARRAY: Field<ArrayInput> = field(
  "a list of rows, a list of numbers, a typed array, or an array { shape, data }",
  (value) =>
    Array.isArray(value) || ArrayBuffer.isView(value) || (isRecord(value) && "shape" in value && "data" in value),
);
const LIST: Field<readonly string[]> = listOf(ANY_TEXT);
const SHAPE: Field<Shape> = listOf(COUNT);

const FIELDS: Fields<FromArraysOptions> = {
  name: TEXT,
  inputs: required(ARRAY),
  inputShape: SHAPE,
  targets: required(ARRAY),
  targetKind: oneOf("labels", "values"),
  targetShape: SHAPE,
  classes: COUNT,
  classNames: LIST,
  featureNames: LIST,
  transform: recordField("a transform { center, divisor }"),
};

/** A dataset from numbers in memory, checked.
 *  @throws GradusError `empty-dataset` without samples; `shape-mismatch` if lengths or rows disagree; `not-finite` with row and
 *  column of the first NaN or infinity; `label-out-of-range` with row and value.
 *  @example fromArrays({ inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [0, 1, 1, 0], classes: 2 }) */
export function fromArrays(options: FromArraysOptions): Dataset {
  checkOptions<FromArraysOptions>("fromArrays", options ?? {}, FIELDS);
  const where = `dataset ${options.name ?? "arrays"}`;
  const targets = flatten(`${where}, targets`, options.targets);
  const targetShape = options.targetShape ?? targets.rowShape ?? [];
  const inputs = flatten(`${where}, inputs`, options.inputs);
  if (inputs.data.length === 0 || targets.data.length === 0) {
    throw new GradusError(
      "empty-dataset",
      `${where}: there are no samples. Give at least one row of inputs and its target.`,
      {
        where,
        inputs: inputs.data.length,
        targets: targets.data.length,
      },
    );
  }
  const length = rowCount(`${where}, targets`, targets.data.length, targetShape);
  const inputShape = options.inputShape ?? inputs.rowShape ?? inferredShape(where, inputs.data.length, length);
  const inputRows = rowCount(`${where}, inputs`, inputs.data.length, inputShape);
  if (inputRows !== length) {
    throw new GradusError(
      "shape-mismatch",
      `${where}: ${inputRows} rows of inputs ${formatShape(inputShape)}, but ${length} targets ${formatShape(targetShape)}. Give one target for each row.`,
      { where, inputs: inputRows, targets: length },
    );
  }
  const labelled = isLabelled(options, targets.data, targetShape);
  const classes = options.classes ?? options.classNames?.length ?? (labelled ? highest(targets.data) + 1 : undefined);
  checkClasses(where, classes, options.classNames);
  checkFeatureNames(where, options.featureNames, inputShape);
  if (labelled && classes !== undefined) requireLabels(where, targets.data, classes, sizeOf(targetShape));
  else requireFinite(`${where}, targets`, targets.data, sizeOf(targetShape));
  requireFinite(`${where}, inputs`, inputs.data, sizeOf(inputShape));
  const dataset = datasetFromParts({
    name: options.name ?? "arrays",
    inputShape: [...inputShape],
    targetShape: [...targetShape],
    storage: { inputs: asInputs(inputs.data), targets: labelled ? asInt32(targets.data) : asFloat32(targets.data) },
    ...(classes === undefined ? {} : { classes }),
    ...(options.classNames === undefined ? {} : { classNames: options.classNames }),
    ...(options.featureNames === undefined ? {} : { featureNames: options.featureNames }),
  });
  return options.transform === undefined ? dataset : dataset.transformInputs(options.transform);
}

type Flat = NumericArray | readonly number[];

/** One flat list, and the shape of a row if the rows were nested. */
function flatten(where: string, source: ArrayInput): { readonly data: Flat; readonly rowShape?: Shape } {
  if (ArrayBuffer.isView(source)) {
    requireNumericArray(where, source);
    return { data: source };
  }
  if (!Array.isArray(source)) {
    requireStoredArray(where, source);
    return { data: source.data, rowShape: source.shape.slice(1) };
  }
  const [first] = source as readonly (number | readonly number[])[];
  if (!Array.isArray(first)) return { data: source as readonly number[] };
  const rows = source as readonly (readonly number[])[];
  const ragged = rows.findIndex((row) => !Array.isArray(row) || row.length !== first.length);
  if (ragged >= 0) {
    throw new GradusError(
      "shape-mismatch",
      `${where}: row 0 has ${first.length} numbers, row ${ragged} has ${rows[ragged]?.length ?? "none"}. Give rows of equal length.`,
      { where, row: ragged, expected: first.length, got: rows[ragged]?.length },
    );
  }
  return { data: rows.flat(), rowShape: [first.length] };
}

function rowCount(where: string, size: number, shape: Shape): number {
  requireShape(where, shape);
  const rowSize = sizeOf(shape);
  if (rowSize >= 1 && size % rowSize === 0) return size / rowSize;
  throw new GradusError(
    "shape-mismatch",
    `${where}: ${size} numbers are not whole rows of shape ${formatShape(shape)}.`,
    {
      where,
      size,
      shape,
    },
  );
}

function inferredShape(where: string, size: number, length: number): Shape {
  if (size % length === 0) return [size / length];
  throw new GradusError(
    "shape-mismatch",
    `${where}: ${size} input numbers do not divide among ${length} targets. Give inputShape, or inputs and targets of equal length.`,
    { where, size, length },
  );
}

function isLabelled(
  { targetKind, classes, classNames }: FromArraysOptions,
  targets: Flat,
  targetShape: Shape,
): boolean {
  if (targetKind !== undefined) return targetKind === "labels";
  if (targetShape.length > 0) return false;
  if (classes !== undefined || classNames !== undefined) return true;
  return ArrayBuffer.isView(targets) && !(targets instanceof Float32Array) && !(targets instanceof Float64Array);
}

function checkClasses(where: string, classes: number | undefined, classNames: readonly string[] | undefined): void {
  if (classes === undefined) return;
  requireArgument(
    Number.isInteger(classes) && classes >= 1 && classes < 2 ** 31,
    `${where}: classes must be a whole number from 1 to 2^31 - 1, got ${classes}.`,
    {
      classes,
    },
  );
  requireArgument(
    classNames === undefined || classNames.length === classes,
    `${where}: ${classNames?.length} class names for ${classes} classes. Give one name for each class.`,
    { classes, classNames },
  );
}

function checkFeatureNames(where: string, names: readonly string[] | undefined, inputShape: Shape): void {
  if (names === undefined) return;
  const size = sizeOf(inputShape);
  requireArgument(
    names.length === size || names.length === inputShape.at(-1),
    `${where}: ${names.length} feature names for inputs ${formatShape(inputShape)}. Give one name for each feature.`,
    { featureNames: names, inputShape },
  );
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  requireArgument(twice === undefined, `${where}: two features are named "${twice}". Give each its own name.`, {
    featureNames: names,
    name: twice,
  });
}

/** Integers are always finite. Doubles can exceed float32, which would make them infinite. */
function requireFinite(where: string, data: Flat, rowSize: number): void {
  if (ArrayBuffer.isView(data) && !(data instanceof Float32Array) && !(data instanceof Float64Array)) return;
  for (let index = 0; index < data.length; index++) {
    const value = data[index] as number;
    if (Number.isFinite(Math.fround(value))) continue;
    const row = Math.floor(index / rowSize);
    const column = index % rowSize;
    const what = Number.isFinite(value) ? "beyond the range of float32 (3.4e38)" : "not finite";
    throw new GradusError(
      "not-finite",
      `${where}: row ${row}, column ${column} is ${value}, ${what}. Networks need finite float32 numbers. Use another unit, drop the row or fill the gap.`,
      { where, row, column, value },
    );
  }
}

function highest(data: Flat): number {
  let highest = 0;
  for (let index = 0; index < data.length; index++) highest = Math.max(highest, data[index] as number);
  return highest;
}

function asInputs(data: Flat): Float32Array | Uint8Array {
  return data instanceof Uint8Array ? data : asFloat32(data);
}

function asFloat32(data: Flat): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

function asInt32(data: Flat): Int32Array {
  return data instanceof Int32Array ? data : Int32Array.from(data);
}
