import { largest } from "../../../core/extremes.ts";
import { sizeOf } from "../../../core/shape.ts";
import type { Dataset } from "../../../data/dataset.ts";

/** The form of the targets, independent of how the loss interprets them.
 *   labels      int32 class labels
 *   one-hot     rows of zeros with one number that is not 0, the same in all rows
 *   binary      one number per sample, 0 or 1
 *   multilabel  several numbers per sample, each 0 or 1
 *   shares      rows of several numbers of at least 0 with sum 1
 *   numbers     anything else */
export type TargetKind = "labels" | "one-hot" | "binary" | "multilabel" | "shares" | "numbers";

export interface TargetFacts {
  readonly kind: TargetKind;
  /** Samples times positions, if each position has a class; else samples. */
  readonly count: number;
  /** Numbers per sample. */
  readonly width: number;
  /** NaN or infinite. */
  readonly notFinite: number;
  readonly lowest: number;
  readonly highest: number;
  /** Root mean square over all; largest deviation of one target. */
  readonly size: number;
  readonly deviation: number;
  /** Number of different values, up to the limit below; above it, infinite. */
  readonly distinct: number;
  /** The different values in ascending order, if they are few. */
  readonly levels: readonly number[];
  readonly areIntegers: boolean;
  /** For one-hot rows: the number that is not 0. */
  readonly hot: number;
  /** Samples per class, for labels, one-hot rows, binary targets and few integer values; else empty. */
  readonly classCounts: ReadonlyMap<number, number>;
  /** All targets, flat. */
  readonly values: Int32Array | Float32Array;
}

/** Up to this many different values may be class labels; more are numbers. */
const FEW_LEVELS = 64;
/** Float32 rows that should have sum 1 may miss it by this. */
const SUM_TOLERANCE = 1e-3;

interface Rows {
  readonly oneHot: boolean;
  readonly hot: number;
  readonly shares: boolean;
}

function rowFacts(values: ArrayLike<number>, width: number): Rows {
  let [oneHot, shares, hot] = [width > 1, width > 1, 0];
  for (let start = 0; start < values.length && (oneHot || shares); start += width) {
    let [present, sum] = [0, 0];
    for (let index = start; index < start + width; index++) {
      const value = values[index] as number;
      if (value < 0) shares = false;
      sum += value;
      if (value === 0) continue;
      present++;
      if (hot === 0) hot = value;
      else if (value !== hot) oneHot = false;
    }
    if (present !== 1) oneHot = false;
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) shares = false;
  }
  return { oneHot: oneHot && hot > 0, hot, shares };
}

function countClasses(values: ArrayLike<number>, width: number, kind: TargetKind): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  const add = (label: number): unknown => counts.set(label, (counts.get(label) ?? 0) + 1);
  if (kind === "one-hot") {
    for (let index = 0; index < values.length; index++) if (values[index] !== 0) add(index % width);
  } else {
    for (let index = 0; index < values.length; index++) add(values[index] as number);
  }
  return counts;
}

function kindOf(dataset: Dataset, levels: ReadonlySet<number>, isFew: boolean, width: number, rows: Rows): TargetKind {
  if (dataset.targetKind === "labels") return "labels";
  if (rows.oneHot) return "one-hot";
  const isYesOrNo = isFew && [...levels].every((level) => level === 0 || level === 1);
  if (isYesOrNo) return width === 1 ? "binary" : "multilabel";
  return rows.shares ? "shares" : "numbers";
}

export function targetFacts(dataset: Dataset): TargetFacts {
  const values = dataset.toTargets();
  const width = sizeOf(dataset.targetShape);
  const rowWidth = dataset.targetShape.at(-1) ?? 1;
  const levels = new Set<number>();
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  let [notFinite, lowest, highest, areIntegers] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) {
      notFinite++;
      continue;
    }
    (sums[index % width] as number) += value;
    (squares[index % width] as number) += value * value;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    if (areIntegers && !Number.isInteger(value)) areIntegers = false;
    if (levels.size <= FEW_LEVELS) levels.add(value);
  }
  const isFew = levels.size <= FEW_LEVELS;
  const rows = rowFacts(values, dataset.targetKind === "labels" ? 1 : rowWidth);
  const kind = kindOf(dataset, levels, isFew, width, rows);
  const samples = Math.max(1, dataset.length);
  const deviation = Math.sqrt(
    Math.max(0, largest(Array.from(sums, (sum, place) => (squares[place] as number) / samples - (sum / samples) ** 2))),
  );
  const isCounted = kind === "labels" || kind === "one-hot" || (isFew && width === 1 && kind !== "multilabel");
  return {
    kind,
    count: kind === "one-hot" ? values.length / rowWidth : values.length,
    width,
    notFinite,
    lowest,
    highest,
    size: Math.sqrt(squares.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length)),
    deviation,
    distinct: isFew ? levels.size : Number.POSITIVE_INFINITY,
    levels: isFew ? [...levels].sort((a, b) => a - b) : [],
    areIntegers,
    hot: rows.oneHot ? rows.hot : 0,
    classCounts: isCounted ? countClasses(values, rowWidth, kind) : new Map(),
    values,
  };
}
