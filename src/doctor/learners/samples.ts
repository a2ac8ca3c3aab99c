import { sizeOf } from "../../core/shape.ts";
import type { Dataset } from "../../data/dataset.ts";
import { evenly, type Task } from "../task.ts";

/** Samples for simple learners: n rows of F features and K target columns. */
export interface Samples {
  readonly count: number;
  readonly features: number;
  /** (n, F), flat. */
  readonly x: Float64Array;
  readonly columns: number;
  /** (n, K), flat: a column of 0 and 1 for each class of each position or for each yes or no, or a column for each value. */
  readonly y: Float64Array;
}

/** Features above this are folded together. With 128 the inner products of the folded rows are off by 1 / sqrt(128), 9 %, of their
 *  size, which hardly changes the nearest neighbours. */
const MOST_FEATURES = 128;

/** A fixed sign and place for each feature. Multiplicative hash: Knuth, The Art of Computer Programming 3, section 6.4. */
function hash(feature: number): number {
  let bits = Math.imul(feature + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
  return (bits ^ (bits >>> 13)) >>> 0;
}

/** Scales features to comparable sizes, and folds them if there are too many. Fitted on the training part:
 *    x' = (x - mean) / divisor,   divisor = deviation, or with `together` the root mean square deviation of all features
 *    folded: x''_j = sum over the features i with place j of sign_i x'_i
 *  Source: Weinberger, Dasgupta, Langford, Smola, Attenberg, "Feature Hashing for Large Scale Multitask Learning", 2009. */
export class FeatureMap {
  readonly size: number;
  readonly #mean: Float64Array;
  readonly #factor: Float64Array;
  readonly #place: Int32Array;

  constructor(inputs: Float32Array, features: number, together: boolean) {
    const rows = inputs.length / features;
    const mean = new Float64Array(features);
    const squares = new Float64Array(features);
    for (let row = 0; row < rows; row++) {
      for (let feature = 0; feature < features; feature++) {
        const value = finite(inputs[row * features + feature] as number);
        (mean[feature] as number) += value / rows;
        (squares[feature] as number) += (value * value) / rows;
      }
    }
    const variance = squares.map((square, feature) => Math.max(0, square - (mean[feature] as number) ** 2));
    const common = Math.sqrt(variance.reduce((sum, each) => sum + each, 0) / features);
    const isFolded = features > MOST_FEATURES;
    this.size = Math.min(features, MOST_FEATURES);
    this.#mean = mean;
    this.#factor = variance.map((each, feature) => {
      const deviation = together ? common : Math.sqrt(each);
      // a feature that hardly changes, in float32, counts as constant
      const isConstant = !(Math.sqrt(each) > 1e-6 * Math.abs(mean[feature] as number)) || each === 0;
      return isConstant ? 0 : (isFolded && hash(feature) & 0x10000 ? -1 : 1) / deviation;
    });
    this.#place = Int32Array.from({ length: features }, (_, feature) =>
      isFolded ? hash(feature) % MOST_FEATURES : feature,
    );
  }

  apply(inputs: Float32Array): Float64Array {
    const features = this.#mean.length;
    const rows = inputs.length / features;
    const { size } = this;
    const mapped = new Float64Array(rows * size);
    const [mean, factor, place] = [this.#mean, this.#factor, this.#place];
    for (let row = 0; row < rows; row++) {
      for (let feature = 0; feature < features; feature++) {
        const value = finite(inputs[row * features + feature] as number) - (mean[feature] as number);
        (mapped[row * size + (place[feature] as number)] as number) += value * (factor[feature] as number);
      }
    }
    return mapped;
  }
}

/** Replaces values that the preflight reports, so that learners do not fail on them. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

export function readInputs(dataset: Dataset): Float32Array {
  const rows = Int32Array.from({ length: dataset.length }, (_, row) => row);
  const inputs = new Float32Array(dataset.length * sizeOf(dataset.inputShape));
  dataset.readInputs(rows, inputs);
  return inputs;
}

export function atMost(dataset: Dataset, count: number): Dataset {
  return dataset.length <= count ? dataset : dataset.subset(evenly(dataset.length, count));
}

/** Target columns that a learner fits. */
export interface Columns {
  readonly count: number;
  readonly y: Float64Array;
}

/** Targets as columns. */
export function columnsOf(dataset: Dataset, task: Task): Columns {
  const targets = dataset.toTargets();
  const rows = dataset.length;
  const { kind, classes, positions, levels, isOneHot } = task;
  if (kind !== "classes") {
    const high = kind === "values" ? undefined : levels[1];
    const y = Float64Array.from(targets, (value) => (high === undefined ? finite(value) : Number(value === high)));
    return { count: positions, y };
  }
  if (isOneHot) return { count: positions * classes, y: Float64Array.from(targets, finite) };
  const y = new Float64Array(rows * positions * classes);
  for (let index = 0; index < targets.length; index++) {
    const label = levels.indexOf(targets[index] as number);
    if (label >= 0 && label < classes) y[index * classes + label] = 1;
  }
  return { count: positions * classes, y };
}

/** The samples at these rows, in their order. */
export function pickRows(samples: Samples, rows: ArrayLike<number>): Samples {
  const pick = (values: Float64Array, width: number): Float64Array => {
    const picked = new Float64Array(rows.length * width);
    for (let place = 0; place < rows.length; place++) {
      const row = rows[place] as number;
      picked.set(values.subarray(row * width, (row + 1) * width), place * width);
    }
    return picked;
  };
  const { features, columns, x, y } = samples;
  return { count: rows.length, features, columns, x: pick(x, features), y: pick(y, columns) };
}

/** `count` of the samples, evenly spaced. */
export function takeRows(samples: Samples, count: number): Samples {
  return samples.count <= count ? samples : pickRows(samples, evenly(samples.count, count));
}
