import { GradusError, requireArgument } from "../core/errors.ts";
import { checkOptions, type Field, type Fields, field, oneOf } from "../core/fields.ts";
import { sizeOf } from "../core/shape.ts";
import { requireKnownFields } from "../core/suggest.ts";
import { alignFeatures, areNames } from "./align-features.ts";
import { type Dataset, requireDataset } from "./dataset.ts";

/** A fitted scaling: (value - center) / divisor. Plain data that converts to JSON and applies to other datasets. */
export interface Scaling {
  readonly method: "standardize" | "min-max" | "scale";
  readonly of: ScalingSubject;
  /** One number for all features, or one per feature. */
  readonly center: readonly number[];
  readonly divisor: readonly number[];
  /** Features that were constant in the fitted data: their divisor is 1, so that they become 0 (`min-max`: the low end). */
  readonly constantFeatures: readonly number[];
  /** Names of the fitted features, if any; the features of other datasets are put in this order. */
  readonly featureNames?: readonly string[];
}

export type ScalingSubject = "inputs" | "targets";

export interface FitOptions {
  /** What to scale. `targets` needs values, not labels. Default "inputs". */
  readonly of?: ScalingSubject;
  /** One pair of numbers per `feature`, per `channel` (first axis of the sample), or one for all (`global`). Default "feature". */
  readonly over?: "feature" | "channel" | "global";
}

const FIELDS: Fields<FitOptions> = { of: oneOf("inputs", "targets"), over: oneOf("feature", "channel", "global") };
const RANGE: Field<readonly [number, number]> = field(
  "two numbers [low, high]",
  (value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite),
);

/** Mean, standard deviation and range of groups of features. */
interface Moments {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly minimum: Float64Array;
  readonly maximum: Float64Array;
}

const CHUNK_ROWS = 256;

/** Subtract the mean, divide by the standard deviation (over N, not N - 1): mean 0, deviation 1 on the fitted data.
 *  Fit on the training part only and apply the same numbers to the other parts; otherwise validation data leak into the fit.
 *  Two passes in float64. A constant feature gets divisor 1 and becomes 0.
 *  Source: LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998, section 4.3. */
export function fitStandardize(dataset: Dataset, options: FitOptions = {}): Scaling {
  requireDataset("fitStandardize", dataset);
  checkOptions<FitOptions>("fitStandardize", options, FIELDS);
  const { mean, deviation } = moments(dataset, options);
  return fitted("standardize", dataset, options, mean, deviation);
}

/** Maps the smallest value to the low end and the largest to the high end of `range`. Default [0, 1].
 *    (x - min) / (max - min) * (high - low) + low
 *  A constant feature becomes `low`. */
export function fitMinMax(
  dataset: Dataset,
  options: FitOptions & { readonly range?: readonly [number, number] } = {},
): Scaling {
  requireDataset("fitMinMax", dataset);
  checkOptions<typeof options>("fitMinMax", options, { ...FIELDS, range: RANGE });
  const [low, high] = options.range ?? [0, 1];
  requireArgument(
    Number.isFinite(low) && high > low && Number.isFinite(high),
    `fitMinMax: range must be [low, high] with low < high, got [${low}, ${high}].`,
    {
      low,
      high,
    },
  );
  const { minimum, maximum } = moments(dataset, options);
  const divisor = maximum.map((value, i) => (value - (minimum[i] as number)) / (high - low));
  const constant = divisor.map((value) => (value === 0 ? 1 : value));
  return fitted(
    "min-max",
    dataset,
    options,
    minimum.map((value, i) => value - low * (constant[i] as number)),
    divisor,
  );
}

/** A scaling with given numbers, not fitted: `scale(255)` scales bytes to [0, 1]. */
export function scale(divisor: number, center = 0, of: ScalingSubject = "inputs"): Scaling {
  requireArgument(
    Number.isFinite(divisor) && divisor !== 0,
    `scale: divisor must be finite and not 0, got ${divisor}.`,
    { divisor },
  );
  requireArgument(Number.isFinite(center), `scale: center must be finite, got ${center}.`, { center });
  return { method: "scale", of, center: [center], divisor: [divisor], constantFeatures: [] };
}

/** The same samples, scaled. Inputs are scaled as batches are read; the storage stays unchanged and shared. Named features are reordered
 *  to match the fit.
 *  @throws GradusError `shape-mismatch` with `{ missing, foreign }` if the features differ. */
export function applyScaling(scaling: Scaling, given: Dataset): Dataset {
  const { center, divisor, of } = scaling;
  const dataset = of === "inputs" ? alignFeatures(given, scaling.featureNames) : given;
  const size = sizeOf(of === "inputs" ? dataset.inputShape : dataset.targetShape);
  requireArgument(
    center.length === 1 || center.length === size,
    `${scaling.method}: fitted on ${center.length} features, but ${dataset.name} has ${size} in its ${of}.`,
    { fitted: center.length, size, of },
  );
  if (of === "targets")
    return dataset.mapTargets((value, feature) => (value - at(center, feature)) / at(divisor, feature));
  if (center.length === 1) return dataset.transformInputs({ center: at(center, 0), divisor: at(divisor, 0) });
  return dataset.transformInputs({ center: Float64Array.from(center), divisor: Float64Array.from(divisor) });
}

/** Converts predictions of scaled targets back to the original units: value * divisor + center. Features are the last axis. */
export function invertScaling({ center, divisor }: Scaling, values: ArrayLike<number>): Float64Array {
  return Float64Array.from(
    values,
    (value, index) => value * at(divisor, index % divisor.length) + at(center, index % center.length),
  );
}

/** A scaling read back from JSON, checked.
 *  @throws GradusError `unknown-field` or `bad-data`. */
export function parseScaling(source: unknown): Scaling {
  if (typeof source !== "object" || source === null) throw badScaling("an object", source);
  requireKnownFields("scaling", Object.keys(source), [
    "method",
    "of",
    "center",
    "divisor",
    "constantFeatures",
    "featureNames",
  ]);
  const { method, of, center, divisor, constantFeatures = [], featureNames } = source as Partial<Scaling>;
  if (method !== "standardize" && method !== "min-max" && method !== "scale")
    throw badScaling("a known method", method);
  if (of !== "inputs" && of !== "targets") throw badScaling('of "inputs" or "targets"', of);
  if (!isNumbers(center) || !isNumbers(divisor) || center.length !== divisor.length || center.length === 0) {
    throw badScaling("center and divisor as lists of numbers of equal length", { center, divisor });
  }
  if (divisor.includes(0)) throw badScaling("divisors other than 0", divisor);
  if (!isNumbers(constantFeatures)) throw badScaling("constantFeatures as a list of numbers", constantFeatures);
  if (featureNames !== undefined && !areNames(featureNames, center.length))
    throw badScaling(`featureNames as strings for ${center.length} features`, featureNames);
  return { method, of, center, divisor, constantFeatures, ...(featureNames === undefined ? {} : { featureNames }) };
}

function badScaling(expected: string, got: unknown): GradusError {
  return new GradusError("bad-data", `scaling: expected ${expected}, got ${JSON.stringify(got)}.`, { expected, got });
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => Number.isFinite(each));
}

function at(values: readonly number[], index: number): number {
  return values[values.length === 1 ? 0 : index] as number;
}

function fitted(
  method: Scaling["method"],
  { featureNames }: Dataset,
  { of = "inputs" }: FitOptions,
  center: Float64Array,
  spread: Float64Array,
): Scaling {
  const constantFeatures = [...spread.keys()].filter((feature) => spread[feature] === 0);
  return {
    method,
    of,
    center: [...center],
    divisor: Array.from(spread, (value) => (value === 0 ? 1 : value)),
    constantFeatures,
    ...(of === "inputs" && featureNames !== undefined && center.length > 1 ? { featureNames } : {}),
  };
}

/** Mean, population standard deviation and extremes, one entry for `global`, else one per feature (equal within a channel). */
function moments(dataset: Dataset, { of = "inputs", over = "feature" }: FitOptions): Moments {
  requireArgument(
    of === "inputs" || dataset.targetKind === "values",
    `scaling of ${dataset.name}: class labels have no scale to fit.`,
    {
      of,
    },
  );
  const shape = of === "inputs" ? dataset.inputShape : dataset.targetShape;
  const size = sizeOf(shape);
  const channels = over === "global" ? 1 : over === "channel" ? (shape[0] ?? 1) : size;
  const perChannel = size / channels;
  const count = dataset.length * perChannel;
  const mean = new Float64Array(channels);
  const squares = new Float64Array(channels);
  const minimum = new Float64Array(channels).fill(Infinity);
  const maximum = new Float64Array(channels).fill(-Infinity);
  const groups = Int32Array.from({ length: size }, (_, feature) => Math.floor(feature / perChannel));

  eachRow(dataset, of, size, (values, start) => {
    for (let i = 0; i < size; i++) {
      const group = groups[i] as number;
      const value = values[start + i] as number;
      (mean[group] as number) += value;
      if (value < (minimum[group] as number)) minimum[group] = value;
      if (value > (maximum[group] as number)) maximum[group] = value;
    }
  });
  for (let group = 0; group < channels; group++) {
    // The sum of a constant feature, divided, may differ from the constant by rounding, but its deviation must be 0.
    mean[group] = minimum[group] === maximum[group] ? (minimum[group] as number) : (mean[group] as number) / count;
  }
  eachRow(dataset, of, size, (values, start) => {
    for (let i = 0; i < size; i++) {
      const group = groups[i] as number;
      (squares[group] as number) += ((values[start + i] as number) - (mean[group] as number)) ** 2;
    }
  });
  const all: Moments = { mean, deviation: squares.map((sum) => Math.sqrt(sum / count)), minimum, maximum };
  if (over !== "channel") return all;
  const spread = (values: Float64Array) => Float64Array.from(groups, (group) => values[group] as number);
  return { mean: spread(mean), deviation: spread(all.deviation), minimum: spread(minimum), maximum: spread(maximum) };
}

function eachRow(
  dataset: Dataset,
  of: ScalingSubject,
  size: number,
  visit: (values: Float32Array, start: number) => void,
): void {
  const buffer = new Float32Array(CHUNK_ROWS * size);
  const rows = new Int32Array(CHUNK_ROWS);
  for (let first = 0; first < dataset.length; first += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, dataset.length - first);
    for (let i = 0; i < count; i++) rows[i] = first + i;
    if (of === "inputs") dataset.readInputs(rows, buffer, count);
    else dataset.readTargets(rows, buffer, count);
    for (let i = 0; i < count; i++) visit(buffer, i * size);
  }
}
