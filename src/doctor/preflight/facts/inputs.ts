import { sizeOf } from "../../../core/shape.ts";
import type { Dataset } from "../../../data/dataset.ts";
import { type InputSample, sampleInputs } from "./rows.ts";

/** Facts about the inputs as the network receives them, from a part of the rows. */
export interface InputFacts {
  readonly features: number;
  /** Root of the mean square of all inputs. */
  readonly size: number;
  /** The same without zeros: for sparse inputs, the size of those present. */
  readonly sizeWherePresent: number;
  /** Largest and (lower) median size of a feature, without zeros; the index of the largest feature. */
  readonly largestFeature: number;
  readonly largestIndex: number;
  readonly medianFeature: number;
  /** Median over the features that are never 0 of deviation / size: near 0 the features vary little around a large mean. 1 if
   *  there are none. */
  readonly variation: number;
  readonly lowest: number;
  readonly highest: number;
  /** Share of features that are the same in every sample. */
  readonly constant: number;
  /** NaN or infinite, over all rows. */
  readonly notFinite: number;
  readonly total: number;
  /** Whether every feature takes only two values. */
  readonly isTwoValued: boolean;
  readonly sample: InputSample;
}

/** Most numbers to scan for NaN; with more, the sample must suffice. */
const SCANNED = 40_000_000;
const CHUNK = 512;

function countNotFinite(dataset: Dataset, features: number): number {
  if (dataset.storage.inputs instanceof Uint8Array || dataset.length * features > SCANNED) return 0;
  const values = new Float32Array(CHUNK * features);
  let count = 0;
  for (let from = 0; from < dataset.length; from += CHUNK) {
    const rows = Math.min(CHUNK, dataset.length - from);
    dataset.readInputs(
      Array.from({ length: rows }, (_, index) => from + index),
      values,
    );
    // 0 * x is 0 for every finite x, and NaN for NaN and infinity: one pass without a branch
    let sum = 0;
    for (let index = 0; index < rows * features; index++) sum += 0 * (values[index] as number);
    if (sum === 0) continue;
    for (let index = 0; index < rows * features; index++) if (!Number.isFinite(values[index])) count++;
  }
  return count;
}

function lowerMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** @param standardize whether each feature is scaled to mean 0 and deviation 1 before the network sees it. */
export function inputFacts(dataset: Dataset, standardize: boolean): InputFacts {
  const features = sizeOf(dataset.inputShape);
  const sample = sampleInputs(dataset);
  const { values } = sample;
  const rows = sample.rows.length;
  const sums = new Float64Array(features);
  const squares = new Float64Array(features);
  const present = new Float64Array(features);
  const minimum = new Float64Array(features).fill(Number.POSITIVE_INFINITY);
  const maximum = new Float64Array(features).fill(Number.NEGATIVE_INFINITY);
  let isTwoValued = true;
  for (let row = 0; row < rows; row++) {
    for (let feature = 0; feature < features; feature++) {
      const value = values[row * features + feature] as number;
      (sums[feature] as number) += value;
      (squares[feature] as number) += value * value;
      if (value !== 0) (present[feature] as number)++;
      if (value < (minimum[feature] as number)) minimum[feature] = value;
      if (value > (maximum[feature] as number)) maximum[feature] = value;
    }
  }
  for (let index = 0; index < values.length && isTwoValued; index++) {
    const feature = index % features;
    isTwoValued = values[index] === minimum[feature] || values[index] === maximum[feature];
  }
  const isConstant = (feature: number): boolean => minimum[feature] === maximum[feature];
  const constant = Array.from({ length: features }, (_, feature) => isConstant(feature)).filter(Boolean).length;
  const notFinite = countNotFinite(dataset, features);
  const common = {
    features,
    constant: constant / features,
    notFinite,
    total: dataset.length * features,
    isTwoValued,
    sample,
  };
  if (standardize) {
    return {
      ...common,
      size: Math.sqrt(1 - constant / features),
      sizeWherePresent: 1,
      largestFeature: 1,
      largestIndex: 0,
      medianFeature: 1,
      variation: 1,
      lowest: -1,
      highest: 1,
    };
  }
  const sizes: number[] = [];
  const variations: number[] = [];
  let largestIndex = 0;
  let largestFeature = 0;
  for (let feature = 0; feature < features; feature++) {
    const count = present[feature] as number;
    if (count === 0) continue;
    const size = Math.sqrt((squares[feature] as number) / count);
    if (!isConstant(feature)) sizes.push(size);
    if (size > largestFeature) [largestFeature, largestIndex] = [size, feature];
    if (count < rows || isConstant(feature)) continue;
    const mean = (sums[feature] as number) / rows;
    const variance = Math.max(0, (squares[feature] as number) / rows - mean * mean);
    variations.push(Math.sqrt(variance) / size);
  }
  const square = squares.reduce((sum, each) => sum + each, 0);
  const entries = present.reduce((sum, each) => sum + each, 0);
  return {
    ...common,
    size: Math.sqrt(square / (rows * features)),
    sizeWherePresent: entries === 0 ? 0 : Math.sqrt(square / entries),
    largestFeature,
    largestIndex,
    medianFeature: lowerMedian(sizes),
    variation: variations.length === 0 ? 1 : lowerMedian(variations),
    lowest: minimum.reduce((low, each) => Math.min(low, each), Number.POSITIVE_INFINITY),
    highest: maximum.reduce((high, each) => Math.max(high, each), Number.NEGATIVE_INFINITY),
  };
}
