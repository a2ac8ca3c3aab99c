import { GradusError, requireArgument } from "../core/errors.ts";
import { COUNT_OR_ZERO, checkOptions, type Fields, FLAG, number, oneOf } from "../core/fields.ts";
import { requireKnownFields } from "../core/suggest.ts";
import { alignFeatures, areNames } from "./align-features.ts";
import type { Dataset } from "./dataset.ts";
import { datasetFromParts } from "./dataset.ts";
import { CentredRows, type RowsInput } from "./decomposition/centred-rows.ts";
import { exactAxes, OVERSAMPLING, POWER_ITERATIONS, randomisedAxes } from "./decomposition/principal-axes.ts";

export type { RowsInput };

const METHODS = ["auto", "exact", "randomised"] as const;

export interface PcaOptions {
  /** Number of components to keep, 1 or more; or the fraction of the variance that they must exceed together, in (0, 1).
   *  Default: all, min(samples, features). */
  readonly components?: number;
  /** Divide each component by its standard deviation, so that all have variance 1. Default false. */
  readonly whiten?: boolean;
  /** `exact`: eigenvectors of the covariance. `randomised`: for a few components of many features. `auto`: the one with fewer
   *  multiplications; `exact` for a fraction of the variance or for all components. Default "auto". */
  readonly method?: (typeof METHODS)[number];
  /** Seed of the randomised method. Default 0. */
  readonly seed?: number;
}

export const PCA_FIELDS: Fields<PcaOptions> = {
  components: number(
    "a whole number of 1 or more, or a fraction of the variance between 0 and 1",
    (value) => (value > 0 && value < 1) || (Number.isSafeInteger(value) && value >= 1),
  ),
  whiten: FLAG,
  method: oneOf(...METHODS),
  seed: COUNT_OR_ZERO,
};

/** The stored form of fitted components. K components, F features. */
export interface PcaData {
  /** (F,) */
  readonly mean: readonly number[];
  /** (K, F): orthonormal rows; the entry of the largest magnitude in each is positive. */
  readonly components: readonly (readonly number[])[];
  /** Variance along each component, over N - 1, descending. */
  readonly explainedVariance: readonly number[];
  /** Fraction of the variance of all features. */
  readonly explainedVarianceRatio: readonly number[];
  /** sqrt(variance (N - 1)): the singular values of the centred samples. */
  readonly singularValues: readonly number[];
  /** Mean variance of the omitted directions; 0 if none is omitted. */
  readonly noiseVariance: number;
  readonly whiten: boolean;
  readonly method: "exact" | "randomised";
  /** Feature names, if any; the features of datasets are put in this order. */
  readonly featureNames?: readonly string[];
}

/** Fitted principal components: a change of axes, with its inverse, for samples with the same number of features. Converts to JSON. */
export class Pca implements PcaData {
  readonly mean: readonly number[];
  readonly components: readonly (readonly number[])[];
  readonly explainedVariance: readonly number[];
  readonly explainedVarianceRatio: readonly number[];
  readonly singularValues: readonly number[];
  readonly noiseVariance: number;
  readonly whiten: boolean;
  readonly method: "exact" | "randomised";
  readonly featureNames?: readonly string[];
  /** The components, and the divisors of whitening, by which `inverse` multiplies. */
  readonly #axes: readonly Float64Array[];
  readonly #divisors: readonly number[];

  constructor(data: PcaData) {
    this.mean = data.mean;
    this.components = data.components;
    this.explainedVariance = data.explainedVariance;
    this.explainedVarianceRatio = data.explainedVarianceRatio;
    this.singularValues = data.singularValues;
    this.noiseVariance = data.noiseVariance;
    this.whiten = data.whiten;
    this.method = data.method;
    if (data.featureNames !== undefined) this.featureNames = data.featureNames;
    this.#axes = data.components.map((component) => Float64Array.from(component));
    this.#divisors = data.explainedVariance.map((variance) => (data.whiten ? deviation(variance, data) : 1));
  }

  /** (x - mean) · component, for each component; divided by its standard deviation if whitened.
   *  @param values (N, F), flat. @returns (N, K), flat.
   *  @throws GradusError `shape-mismatch` if they are not whole rows. */
  transform(values: ArrayLike<number>): Float64Array {
    const rows = this.#rowsOf("transform", values, this.mean.length);
    const result = new Float64Array(rows * this.components.length);
    const centred = new Float64Array(this.mean.length);
    for (let row = 0; row < rows; row++) {
      const start = row * centred.length;
      for (let i = 0; i < centred.length; i++) centred[i] = (values[start + i] as number) - (this.mean[i] as number);
      this.#axes.forEach((axis, k) => {
        let sum = 0;
        for (let i = 0; i < axis.length; i++) sum += (centred[i] as number) * (axis[i] as number);
        result[row * this.components.length + k] = sum / (this.#divisors[k] as number);
      });
    }
    return result;
  }

  /** Converts back to features: mean + sum of value * component. The part in the omitted components is lost.
   *  @param values (N, K), flat. @returns (N, F), flat.
   *  @throws GradusError `shape-mismatch` if they are not whole rows. */
  inverse(values: ArrayLike<number>): Float64Array {
    const rows = this.#rowsOf("inverse", values, this.components.length);
    const result = new Float64Array(rows * this.mean.length);
    for (let row = 0; row < rows; row++) {
      const start = row * this.mean.length;
      result.set(this.mean, start);
      this.#axes.forEach((axis, k) => {
        const value = (values[row * this.components.length + k] as number) * (this.#divisors[k] as number);
        for (let i = 0; i < axis.length; i++) (result[start + i] as number) += value * (axis[i] as number);
      });
    }
    return result;
  }

  toJSON(): PcaData {
    const { mean, components, explainedVariance, explainedVarianceRatio, singularValues } = this;
    const { noiseVariance, whiten, method, featureNames } = this;
    return {
      mean,
      components,
      explainedVariance,
      explainedVarianceRatio,
      singularValues,
      noiseVariance,
      whiten,
      method,
      ...(featureNames === undefined ? {} : { featureNames }),
    };
  }

  #rowsOf(what: string, { length }: ArrayLike<number>, width: number): number {
    if (length % width === 0) return length / width;
    throw new GradusError(
      "shape-mismatch",
      `pca: ${what} expects rows of ${width} numbers, got ${length} numbers in total.`,
      {
        width,
        length,
      },
    );
  }
}

/** A direction without variance is divided by 1, so that it becomes 0 and not amplified rounding error. */
function deviation(variance: number, { explainedVariance, mean }: PcaData): number {
  const rounding = mean.length * 2 ** -52 * (explainedVariance[0] as number);
  return variance > rounding ? Math.sqrt(variance) : 1;
}

/** Finds the orthogonal directions along which samples vary most; a few of them describe a sample with a few numbers.
 *  Fit on the training part only and apply the same components to the other parts.
 *    X - mean = U S V^T;   components = rows of V^T;   explained variance = S^2 / (N - 1)
 *  Signs: in each component the entry of the largest magnitude is positive (scikit-learn's `svd_flip`), so that results are reproducible.
 *  @throws GradusError `bad-argument` for options out of range and for more components than min(samples, features); `bad-data` for a
 *  single sample and for identical samples; `not-finite` with row and column, or if the variance overflows;
 *  `unknown-field`.
 *  Source: Jolliffe, "Principal Component Analysis", 2nd edition, 2002; randomised: Halko, Martinsson & Tropp, 2011.
 *  @example
 *    const pca = fitPca(train, { components: 0.95 });
 *    const small = applyPca(pca, train); */
export function fitPca(data: RowsInput, options: PcaOptions = {}): Pca {
  checkPcaOptions(options);
  const rows = new CentredRows("pca", data);
  const { components, whiten = false, seed = 0 } = options;
  const rank = Math.min(rows.count, rows.features);
  if (components !== undefined && components > rank) {
    throw new GradusError(
      "bad-argument",
      `pca: expected at most ${rank} components for ${rows.count} samples of ${rows.features} features, got ${components}.`,
      { components, samples: rows.count, features: rows.features },
    );
  }
  const method = chooseMethod(options, rows);
  const { variances, axes } = method === "exact" ? exactAxes(rows) : randomisedAxes(rows, components ?? rank, seed);
  const ratios = Array.from(variances, (variance) => variance / rows.totalVariance);
  const kept = countOf(components, ratios);
  const explained = [...variances.subarray(0, kept)];
  const featureNames = "readInputs" in data ? data.featureNames : undefined;
  const left = rows.totalVariance - explained.reduce((sum, variance) => sum + variance, 0);
  return new Pca({
    mean: [...rows.mean],
    components: explained.map((_, k) => signed(axes.subarray(k * rows.features, (k + 1) * rows.features))),
    explainedVariance: explained,
    explainedVarianceRatio: ratios.slice(0, kept),
    singularValues: explained.map((variance) => Math.sqrt(variance * (rows.count - 1))),
    noiseVariance: kept < rank ? Math.max(0, left) / (rank - kept) : 0,
    whiten,
    method,
    ...(featureNames === undefined ? {} : { featureNames }),
  });
}

function checkPcaOptions(options: PcaOptions): void {
  checkOptions<PcaOptions>("pca", options, PCA_FIELDS);
  const { components, method } = options;
  requireArgument(
    method !== "randomised" || components === undefined || components >= 1,
    'pca: a fraction of the variance needs all directions. Give method "exact", or a number of components.',
    { components, method },
  );
}

/** Compares multiplications for N samples of F features, S = min(N, F): exact N F S / 2 + 5 S^3; randomised 2 N F (K + 10) per pass over
 *  the samples. */
function chooseMethod(
  { method = "auto", components }: PcaOptions,
  { count, features }: CentredRows,
): "exact" | "randomised" {
  if (method !== "auto") return method;
  if (components === undefined || components < 1) return "exact";
  const side = Math.min(count, features);
  const exact = (count * features * side) / 2 + 5 * side ** 3;
  const randomised = 2 * count * features * (components + OVERSAMPLING) * (POWER_ITERATIONS + 1);
  return randomised < exact ? "randomised" : "exact";
}

/** Number of components to keep: the requested number, or the smallest number that exceeds the requested fraction. */
function countOf(components: number | undefined, ratios: readonly number[]): number {
  if (components === undefined) return ratios.length;
  if (components >= 1) return components;
  let sum = 0;
  const last = ratios.findIndex((ratio) => {
    sum += ratio;
    return sum > components;
  });
  return last < 0 ? ratios.length : last + 1;
}

/** Either sign is valid; makes the entry of the largest magnitude (the first of equals) positive. */
function signed(axis: Float64Array): readonly number[] {
  let largest = 0;
  for (const value of axis) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return Array.from(axis, (value) => (largest < 0 ? -value : value));
}

const CHUNK_ROWS = 256;

/** The same samples with their components as inputs: (K,) each, computed once and stored as float32. Named features are reordered to
 *  match the fit.
 *  @throws GradusError `shape-mismatch` if the number or the names of the features differ. */
export function applyPca(pca: Pca, given: Dataset): Dataset {
  const dataset = alignFeatures(given, pca.featureNames);
  const features = pca.mean.length;
  const count = pca.components.length;
  const size = dataset.inputShape.reduce((product, axis) => product * axis, 1);
  if (size !== features) {
    throw new GradusError(
      "shape-mismatch",
      `pca: fitted on ${features} features, but ${dataset.name} has ${size}. Give samples of the same features.`,
      { fitted: features, size },
    );
  }
  const inputs = new Float32Array(dataset.length * count);
  const buffer = new Float32Array(CHUNK_ROWS * features);
  for (let first = 0; first < dataset.length; first += CHUNK_ROWS) {
    const rows = Int32Array.from({ length: Math.min(CHUNK_ROWS, dataset.length - first) }, (_, i) => first + i);
    dataset.readInputs(rows, buffer);
    inputs.set(pca.transform(buffer.subarray(0, rows.length * features)), first * count);
  }
  const { name, targetShape, classes, classNames } = dataset;
  return datasetFromParts({
    name,
    inputShape: [count],
    targetShape,
    storage: { inputs, targets: dataset.toTargets() },
    ...(classes === undefined ? {} : { classes }),
    ...(classNames === undefined ? {} : { classNames }),
  });
}

/** Components read back from JSON, checked.
 *  @throws GradusError `unknown-field` or `bad-data`. */
export function parsePca(source: unknown): Pca {
  if (typeof source !== "object" || source === null) throw badPca("an object", source);
  const known = ["mean", "components", "explainedVariance", "explainedVarianceRatio", "singularValues"];
  requireKnownFields("pca", Object.keys(source), [...known, "noiseVariance", "whiten", "method", "featureNames"]);
  const data = source as PcaData;
  const { mean, components, noiseVariance, whiten, method, featureNames } = data;
  if (!isNumbers(mean) || mean.length === 0) throw badPca("mean as a list of numbers", mean);
  if (!Array.isArray(components) || components.length === 0) throw badPca("a list of components", components);
  for (const component of components) {
    if (!isNumbers(component) || component.length !== mean.length) {
      throw badPca(`components of ${mean.length} numbers`, component);
    }
  }
  for (const name of ["explainedVariance", "explainedVarianceRatio", "singularValues"] as const) {
    const values = data[name];
    if (!isNumbers(values) || values.length !== components.length || values.some((value) => value < 0)) {
      throw badPca(`${name} as ${components.length} numbers of 0 or more`, values);
    }
  }
  if (!Number.isFinite(noiseVariance) || noiseVariance < 0) throw badPca("noiseVariance of 0 or more", noiseVariance);
  if (typeof whiten !== "boolean") throw badPca("whiten as true or false", whiten);
  if (method !== "exact" && method !== "randomised") throw badPca("a known method", method);
  if (featureNames !== undefined && !areNames(featureNames, mean.length))
    throw badPca(`featureNames as strings for ${mean.length} features`, featureNames);
  return new Pca(data);
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => Number.isFinite(each));
}

function badPca(expected: string, got: unknown): GradusError {
  return new GradusError("bad-data", `pca: expected ${expected}, got ${JSON.stringify(got)}.`, { expected, got });
}
