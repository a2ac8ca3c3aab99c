import { requireArgument } from "../core/errors.ts";
import { COUNT, COUNT_OR_ZERO, checkOptions, type Fields, FLAG, field, required } from "../core/fields.ts";
import { sizeOf } from "../core/shape.ts";
import { type Dataset, requireDataset } from "./dataset.ts";
import type { Augment } from "./images/augment.ts";
import { epochOrder, identityOrder } from "./permutation.ts";
import { seedWords } from "./random-stream.ts";

/** One step's samples. The arrays are reused: their values are valid until the next batch is requested. */
export interface Batch {
  /** Place in the epoch, from 0. */
  readonly index: number;
  /** Samples in this batch: `batchSize`, or fewer in the last one. */
  readonly size: number;
  /** (size, …inputShape), flat, of exactly that length. */
  readonly inputs: Float32Array;
  /** (size, …targetShape), flat: int32 labels or float32 values. */
  readonly targets: Int32Array | Float32Array;
  /** The rows of the dataset, (size,). */
  readonly rows: Int32Array;
}

export interface BatchOptions {
  /** Samples per batch, 1 or more. */
  readonly batchSize: number;
  /** Use a new order every epoch. Default false: the dataset's order. */
  readonly shuffle?: boolean;
  /** Seed of the orders. Default 0. */
  readonly seed?: number;
  /** The epoch whose order to use. Default 0. */
  readonly epoch?: number;
  /** Drop the last batch if it is not full. Default false. */
  readonly dropLast?: boolean;
  /** Changes the inputs of each batch, depending on epoch and row; see `createAugment`. Default: none. */
  readonly augment?: Augment | undefined;
}

const FIELDS: Fields<BatchOptions> = {
  batchSize: required(COUNT),
  shuffle: FLAG,
  seed: COUNT_OR_ZERO,
  epoch: COUNT_OR_ZERO,
  dropLast: FLAG,
  augment: field("what createAugment returns", (value) => typeof value === "function"),
};

/** One epoch of batches; `atEpoch` gives any other epoch on the same buffers. Iterate over one at a time. */
export interface Batches extends Iterable<Batch> {
  /** Batches in an epoch. */
  readonly length: number;
  /** @param first index of the first batch; default 0. Those before it are not read. */
  atEpoch(epoch: number, first?: number): Batches;
}

interface MutableBatch {
  index: number;
  readonly size: number;
  readonly inputs: Float32Array;
  readonly targets: Int32Array | Float32Array;
  readonly rows: Int32Array;
}

interface Buffers {
  readonly order: Int32Array;
  readonly full: MutableBatch;
  readonly last: MutableBatch;
}

/** Divides a dataset into batches. Allocates all buffers once; iteration reuses them, also in later epochs.
 *  @example
 *    const epochs = batches(train, { batchSize: 128, shuffle: true, seed: 7 });
 *    for (let epoch = 0; epoch < 5; epoch++) for (const { inputs, targets, size } of epochs.atEpoch(epoch)) step(inputs, targets, size);
 *  @throws GradusError `bad-argument` for a batch size below 1, or if dropLast would leave no batch. */
export function batches(dataset: Dataset, options: BatchOptions): Batches {
  requireDataset("batches", dataset);
  const where = `batches of ${dataset.name}`;
  checkOptions<BatchOptions>(where, options ?? {}, FIELDS);
  const { batchSize, shuffle = false, seed = 0, epoch = 0, dropLast = false, augment } = options;
  requireArgument(
    !dropLast || batchSize <= dataset.length,
    `${where}: ${dataset.length} samples do not fill one batch of ${batchSize}, and dropLast drops it. Give a smaller batchSize.`,
    { batchSize, length: dataset.length },
  );
  seedWords(where, seed);
  const buffers = allocate(dataset, Math.min(batchSize, dataset.length));
  const length = dropLast ? Math.floor(dataset.length / batchSize) : Math.ceil(dataset.length / batchSize);

  const atEpoch = (which: number, first = 0): Batches => {
    requireArgument(
      Number.isInteger(which) && which >= 0,
      `${where}: epoch must be a whole number of 0 or more, got ${which}.`,
      {
        epoch: which,
      },
    );
    requireArgument(
      Number.isInteger(first) && first >= 0 && first <= length,
      `${where}: the first batch must be a whole number from 0 to ${length}, got ${first}.`,
      { first, length },
    );
    return {
      length,
      atEpoch,
      [Symbol.iterator]: () => walk(dataset, buffers, { first, length }, { seed, epoch: which, shuffle, augment }),
    };
  };
  return atEpoch(epoch);
}

function allocate(dataset: Dataset, batchSize: number): Buffers {
  const inputSize = sizeOf(dataset.inputShape);
  const targetSize = sizeOf(dataset.targetShape);
  const full: MutableBatch = {
    index: 0,
    size: batchSize,
    inputs: new Float32Array(batchSize * inputSize),
    targets: new (dataset.targetKind === "labels" ? Int32Array : Float32Array)(batchSize * targetSize),
    rows: new Int32Array(batchSize),
  };
  const size = dataset.length % batchSize || batchSize;
  const last: MutableBatch = {
    index: 0,
    size,
    inputs: full.inputs.subarray(0, size * inputSize),
    targets: full.targets.subarray(0, size * targetSize),
    rows: full.rows.subarray(0, size),
  };
  return { order: new Int32Array(dataset.length), full, last };
}

function walk(
  dataset: Dataset,
  { order, full, last }: Buffers,
  { first, length }: { readonly first: number; readonly length: number },
  { seed, epoch, shuffle, augment }: Required<Pick<BatchOptions, "seed" | "epoch" | "shuffle" | "augment">>,
): Iterator<Batch> {
  if (shuffle) epochOrder(dataset.length, seed, epoch, order);
  else identityOrder(dataset.length, order);
  let index = first;
  const result: { value: Batch; done: false } = { value: full, done: false };
  return {
    next(): IteratorResult<Batch> {
      if (index === length) return { value: undefined, done: true };
      const start = index * full.size;
      const batch = start + full.size <= order.length ? full : last;
      for (let i = 0; i < batch.size; i++) batch.rows[i] = order[start + i] as number;
      dataset.readInputs(batch.rows, batch.inputs);
      augment?.(batch.inputs, batch.rows, batch.size, epoch);
      dataset.readTargets(batch.rows, batch.targets);
      batch.index = index++;
      result.value = batch;
      return result;
    },
  };
}
