import { describe, isRecord } from "../core/describe.ts";
import type { HostArray } from "../core/dtype.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { type Field, field } from "../core/fields.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";
import { composeTransforms, type Gather, gatherFor, type InputTransform } from "./gather.ts";
import { epochOrder, identityOrder } from "./permutation.ts";
import { type SplitOptions, splitRows } from "./split.ts";

export type { InputTransform, SplitOptions };

/** How samples are stored in memory: N rows; a dataset may be a view of some of them in any order.
 *  Images stay bytes (60,000 x 784 bytes are 47 MB, as float32 188 MB); batches are converted to float32 when they are read. */
export interface DatasetStorage {
  /** (N, …inputShape), flat. */
  readonly inputs: Float32Array | Uint8Array;
  /** (N, …targetShape), flat: class labels as int32, anything else as float32. */
  readonly targets: Int32Array | Float32Array;
}

/** Rows from `from` up to, but not including, `to`. Default: from the first, to the end. */
export interface RowRange {
  readonly from?: number;
  readonly to?: number;
}

/** Inputs and targets, row by row. Immutable: methods that change it return a view that shares the storage. */
export interface Dataset {
  readonly name: string;
  /** Samples. */
  readonly length: number;
  /** Shape of one input: (784,) or (1, 28, 28). */
  readonly inputShape: Shape;
  /** Shape of one target: () for class labels and single values. */
  readonly targetShape: Shape;
  /** `labels`: int32 classes from 0 to classes - 1. `values`: float32 numbers for regression, or one-hot rows. */
  readonly targetKind: "labels" | "values";
  /** Number of classes; always defined for labels. */
  readonly classes?: number;
  readonly classNames?: readonly string[];
  /** Distinct names, one per number of an input or one per place on its last axis. Datasets used together are matched by them. */
  readonly featureNames?: readonly string[];
  readonly storage: DatasetStorage;
  readonly transform: InputTransform;

  /** Copies the inputs of `count` rows into the start of `into`, transformed. Allocates no numbers.
   *  @param rows indices in this dataset. @param count number of `rows` to read; default all. */
  readInputs(rows: ArrayLike<number>, into: Float32Array, count?: number): void;
  /** Copies the targets of `count` rows into the start of `into`. Allocates no numbers. */
  readTargets(rows: ArrayLike<number>, into: Int32Array | Float32Array, count?: number): void;
  /** All targets in this dataset's order, flat: int32 for labels, float32 for values. A copy. */
  toTargets(): Int32Array | Float32Array;
  /** Everything at once, copied: inputs (N, …inputShape) float32, targets (N, …targetShape) int32 or float32. */
  toArrays(): { readonly inputs: HostArray; readonly targets: HostArray };
  /** The given rows, in their order; a row may appear more than once. */
  subset(rows: ArrayLike<number> | RowRange): Dataset;
  /** The first `count` samples, or all if there are fewer. */
  take(count: number): Dataset;
  /** Two parts without a common row, drawn with the seed; each keeps the order of this dataset. */
  split(options?: SplitOptions): { readonly train: Dataset; readonly validation: Dataset };
  /** The same samples in an order drawn with the seed. */
  shuffle(seed: number): Dataset;
  /** The same samples with each input reshaped to a shape of the same size. */
  reshape(inputShape: Shape): Dataset;
  /** The same samples with (input - center) / divisor applied after any earlier transforms. */
  transformInputs(transform: InputTransform): Dataset;
  /** The same samples, each target value replaced by `change(value, place in the sample)`. For `values` only. */
  mapTargets(change: (value: number, feature: number) => number): Dataset;
}

/** A dataset, as made by `fromArrays` or `loadCsv`. */
export const DATASET: Field<Dataset> = field(
  "a dataset, such as fromArrays({ inputs, targets }) makes from arrays",
  (value) => isRecord(value) && "readInputs" in value,
);

/** @throws GradusError `bad-argument` for anything but a dataset. */
export function requireDataset(where: string, value: unknown): asserts value is Dataset {
  requireArgument(
    DATASET.accepts(value),
    `${where}: expected a dataset, got ${describe(value)}. fromArrays({ inputs, targets }) makes one from arrays.`,
    { where },
  );
}

/** All parts of a dataset. `rows`: indices into the storage, in order; default: all rows. `fromArrays` builds and checks these parts. */
export interface DatasetParts {
  readonly name: string;
  readonly inputShape: Shape;
  readonly targetShape: Shape;
  readonly storage: DatasetStorage;
  readonly transform?: InputTransform;
  readonly rows?: Int32Array;
  readonly classes?: number;
  readonly classNames?: readonly string[];
  readonly featureNames?: readonly string[];
}

const IDENTITY: InputTransform = { center: 0, divisor: 1 };

class ArrayDataset implements Dataset {
  readonly name: string;
  readonly length: number;
  readonly inputShape: Shape;
  readonly targetShape: Shape;
  readonly targetKind: "labels" | "values";
  readonly classes?: number;
  readonly classNames?: readonly string[];
  readonly featureNames?: readonly string[];
  readonly storage: DatasetStorage;
  readonly transform: InputTransform;
  readonly #parts: DatasetParts;
  readonly #gather: Gather;

  constructor(parts: DatasetParts) {
    const { storage, transform = IDENTITY, rows } = parts;
    const inputSize = sizeOf(parts.inputShape);
    this.name = parts.name;
    this.inputShape = parts.inputShape;
    this.targetShape = parts.targetShape;
    this.length = rows?.length ?? storage.targets.length / sizeOf(parts.targetShape);
    this.targetKind = storage.targets instanceof Int32Array ? "labels" : "values";
    if (parts.classes !== undefined) this.classes = parts.classes;
    if (parts.classNames !== undefined) this.classNames = parts.classNames;
    if (parts.featureNames !== undefined) this.featureNames = parts.featureNames;
    this.storage = storage;
    this.transform = transform;
    this.#parts = parts;
    this.#gather = gatherFor(storage.inputs, inputSize, transform);
  }

  #place(row: number): number {
    if (!(row >= 0 && row < this.length)) {
      requireArgument(false, `dataset ${this.name}: row ${row} is outside 0 to ${this.length - 1}.`, {
        row,
        length: this.length,
      });
    }
    return this.#parts.rows === undefined ? row : (this.#parts.rows[row] as number);
  }

  #places(count: number, rowAt: (index: number) => number): Int32Array {
    const places = new Int32Array(count);
    for (let i = 0; i < count; i++) places[i] = this.#place(rowAt(i));
    return places;
  }

  readInputs(rows: ArrayLike<number>, into: Float32Array, count: number = rows.length): void {
    const size = sizeOf(this.inputShape);
    this.#requireRoom("inputs", count * size, into.length);
    for (let i = 0; i < count; i++) this.#gather(this.#place(rows[i] as number), into, i * size);
  }

  readTargets(rows: ArrayLike<number>, into: Int32Array | Float32Array, count: number = rows.length): void {
    const size = sizeOf(this.targetShape);
    const { targets } = this.storage;
    this.#requireRoom("targets", count * size, into.length);
    for (let i = 0; i < count; i++) {
      const start = this.#place(rows[i] as number) * size;
      for (let j = 0; j < size; j++) into[i * size + j] = targets[start + j] as number;
    }
  }

  #requireRoom(what: string, needed: number, room: number): void {
    if (needed > room) {
      requireArgument(false, `dataset ${this.name}: ${needed} ${what} do not fit a buffer of ${room}.`, {
        what,
        needed,
        room,
      });
    }
  }

  toTargets(): Int32Array | Float32Array {
    const length = this.length * sizeOf(this.targetShape);
    const targets = this.targetKind === "labels" ? new Int32Array(length) : new Float32Array(length);
    this.readTargets(identityOrder(this.length), targets);
    return targets;
  }

  toArrays(): { readonly inputs: HostArray; readonly targets: HostArray } {
    const inputs = new Float32Array(this.length * sizeOf(this.inputShape));
    this.readInputs(identityOrder(this.length), inputs);
    const dtype = this.targetKind === "labels" ? "int32" : "float32";
    return {
      inputs: { shape: [this.length, ...this.inputShape], dtype: "float32", data: inputs },
      targets: { shape: [this.length, ...this.targetShape], dtype, data: this.toTargets() },
    };
  }

  /** @see partsOf */
  toParts(): DatasetParts {
    const { rows, storage, ...parts } = this.#parts;
    if (rows === undefined) return this.#parts;
    const chosen = <T extends Float32Array | Uint8Array | Int32Array>(values: T, size: number): T => {
      const into = new (values.constructor as new (length: number) => T)(rows.length * size);
      rows.forEach((row, place) => {
        into.set(values.subarray(row * size, (row + 1) * size), place * size);
      });
      return into;
    };
    const { inputs, targets } = storage;
    const kept = {
      inputs: chosen(inputs, sizeOf(this.inputShape)),
      targets: chosen(targets, sizeOf(this.targetShape)),
    };
    return { ...parts, storage: kept };
  }

  #view(changes: Partial<DatasetParts>): Dataset {
    return new ArrayDataset({ ...this.#parts, ...changes });
  }

  subset(rows: ArrayLike<number> | RowRange): Dataset {
    if ("length" in rows) return this.#view({ rows: this.#places(rows.length, (i) => rows[i] as number) });
    const { from = 0, to = this.length } = rows;
    requireArgument(
      Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= this.length,
      `dataset ${this.name}: rows from ${from} to ${to} are outside 0 to ${this.length}.`,
      { from, to, length: this.length },
    );
    return this.#view({ rows: this.#places(to - from, (i) => from + i) });
  }

  take(count: number): Dataset {
    requireArgument(
      Number.isInteger(count) && count >= 1,
      `dataset ${this.name}: take needs a whole number of 1 or more, got ${count}.`,
      {
        count,
      },
    );
    return count >= this.length ? this : this.subset({ to: count });
  }

  split(options: SplitOptions = {}): { readonly train: Dataset; readonly validation: Dataset } {
    const hasOneLabel = this.targetKind === "labels" && this.targetShape.length === 0;
    const labels = hasOneLabel ? (this.toTargets() as Int32Array) : undefined;
    const { train, validation } = splitRows(`dataset ${this.name}`, this.length, labels, options);
    return { train: this.subset(train), validation: this.subset(validation) };
  }

  shuffle(seed: number): Dataset {
    return this.subset(epochOrder(this.length, seed, 0));
  }

  reshape(inputShape: Shape): Dataset {
    requireArgument(
      sizeOf(inputShape) === sizeOf(this.inputShape),
      `dataset ${this.name}: inputs of shape ${formatShape(this.inputShape)} cannot be reshaped to ${formatShape(inputShape)}: the sizes differ.`,
      { from: this.inputShape, to: inputShape },
    );
    return this.#view({ inputShape: [...inputShape] });
  }

  transformInputs(transform: InputTransform): Dataset {
    const size = sizeOf(this.inputShape);
    for (const [part, value] of Object.entries(transform) as [string, number | Float64Array][]) {
      requireArgument(
        typeof value === "number" || value.length === size,
        `dataset ${this.name}: ${part} has ${typeof value === "number" ? 1 : value.length} values for ${size} features.`,
        { part, size },
      );
      const finite = typeof value === "number" ? Number.isFinite(value) : value.every(Number.isFinite);
      const usable =
        part !== "divisor" || (typeof value === "number" ? value !== 0 : value.every((each) => each !== 0));
      requireArgument(
        finite && usable,
        `dataset ${this.name}: ${part} must be finite${part === "divisor" ? " and not 0" : ""}.`,
        { part, value },
      );
    }
    return this.#view({ transform: composeTransforms(this.transform, transform, size) });
  }

  mapTargets(change: (value: number, feature: number) => number): Dataset {
    requireArgument(
      this.targetKind === "values",
      `dataset ${this.name}: mapTargets needs numeric targets, got class labels.`,
      {},
    );
    const size = sizeOf(this.targetShape);
    const targets = Float32Array.from(this.storage.targets, (value, index) => change(value, index % size));
    const bad = targets.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      const [row, column] = [Math.floor(bad / size), bad % size];
      throw new GradusError(
        "not-finite",
        `dataset ${this.name}: the changed target of row ${row}, column ${column} is ${targets[bad]} in float32.`,
        { row, column, value: targets[bad] },
      );
    }
    return this.#view({ storage: { ...this.storage, targets } });
  }
}

/** A dataset over storage that is already known to be consistent. To check arrays, use `fromArrays`. */
export function datasetFromParts(parts: DatasetParts): Dataset {
  return new ArrayDataset(parts);
}

/** Parts from which `datasetFromParts` makes the same dataset in another process, bit for bit: plain data, only the rows of the dataset,
 *  as stored, without the transform applied. Other implementations of `Dataset` are read out. */
export function partsOf(dataset: Dataset): DatasetParts {
  if (dataset instanceof ArrayDataset) return dataset.toParts();
  const { name, inputShape, targetShape, classes, classNames, featureNames } = dataset;
  const { inputs, targets } = dataset.toArrays();
  return {
    name,
    inputShape,
    targetShape,
    storage: { inputs: inputs.data as Float32Array, targets: targets.data as Int32Array | Float32Array },
    ...(classes === undefined ? {} : { classes }),
    ...(classNames === undefined ? {} : { classNames }),
    ...(featureNames === undefined ? {} : { featureNames }),
  };
}
