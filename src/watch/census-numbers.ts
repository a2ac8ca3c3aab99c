import type { HostArray } from "../core/dtype.ts";
import { sizeOf } from "../core/shape.ts";
import type { Saturation } from "../nn/layer.ts";
import type { Histogram, LayerCensus } from "./record.ts";

const BINS = 40;

type UnitFacts = Pick<LayerCensus, "mean" | "variance" | "zeros" | "saturated" | "dead" | "distinct" | "histogram">;

const UNKNOWN: UnitFacts = {
  mean: Number.NaN,
  variance: Number.NaN,
  zeros: Number.NaN,
  dead: Number.NaN,
  distinct: Number.NaN,
  histogram: { low: 0, high: 0, counts: [] },
};

/** Facts about an output (N, …) with units along `axis`. NaN if there is no output. */
export function describeUnits(
  output: HostArray | undefined,
  axis: number,
  saturation: Saturation | undefined,
): UnitFacts {
  if (output === undefined) return UNKNOWN;
  const { data, shape } = output;
  const samples = shape[0] as number;
  const perSample = data.length / samples;
  const units = shape[axis] ?? 1;
  const inner = sizeOf(shape.slice(axis + 1));
  const [sums, squares] = [new Float64Array(perSample), new Float64Array(perSample)];
  const alive = new Uint8Array(units);
  let [zeros, saturated] = [0, 0];
  const { below = -Infinity, above = Infinity } = saturation ?? {};
  for (let sample = 0; sample < samples; sample++) {
    for (let place = 0; place < perSample; place++) {
      const value = data[sample * perSample + place] as number;
      (sums[place] as number) += value;
      if (value === 0) zeros++;
      else alive[Math.floor(place / inner) % units] = 1;
      if (value <= below || value >= above) saturated++;
    }
  }
  const centers = sums.map((sum) => sum / samples);
  for (let index = 0; index < data.length; index++) {
    const place = index % perSample;
    (squares[place] as number) += ((data[index] as number) - (centers[place] as number)) ** 2;
  }
  const total = (values: Float64Array, change: (value: number) => number = (value) => value) =>
    values.reduce((sum, value) => sum + change(value), 0);
  const mean = total(centers) / perSample;
  const between = total(squares) / samples;
  const meanSquares = total(centers, (value) => value ** 2) + between;
  return {
    mean,
    variance: between / perSample + total(centers, (value) => (value - mean) ** 2) / perSample,
    zeros: zeros / data.length,
    dead: 1 - alive.reduce((sum, each) => sum + each, 0) / units,
    ...(saturation === undefined ? {} : { saturated: saturated / data.length }),
    distinct: meanSquares === 0 ? 0 : between / meanSquares,
    histogram: histogramOf(data),
  };
}

/** Equally wide bins from the smallest to the largest finite value; other values are left out. */
function histogramOf(data: HostArray["data"]): Histogram {
  let [low, high] = [Infinity, -Infinity];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { low: 0, high: 0, counts: [] };
  const counts = new Array<number>(BINS).fill(0);
  const width = high - low || 1;
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(BINS - 1, Math.floor((BINS * (value - low)) / width));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { low, high, counts };
}

/** Square root of the sum of squares of all arrays, in float64. */
export function hostNorm(arrays: readonly HostArray[]): number {
  let sum = 0;
  for (const { data } of arrays) for (const value of data) sum += value ** 2;
  return Math.sqrt(sum);
}

/** Of the layer's largest weight of rank 2 or more: deviation, and the share of units (first axis) whose weights equal another's. */
export function weightFacts(arrays: readonly HostArray[]): Pick<LayerCensus, "weightDeviation" | "twins"> {
  const matrices = arrays.filter(({ shape }) => shape.length >= 2);
  if (matrices.length === 0) return {};
  const { data, shape } = matrices.reduce((a, b) => (b.data.length > a.data.length ? b : a));
  let sum = 0;
  for (const value of data) sum += value;
  const mean = sum / data.length;
  let squares = 0;
  for (const value of data) squares += (value - mean) ** 2;
  return { weightDeviation: Math.sqrt(squares / data.length), twins: twinsAmong(data, shape[0] as number) };
}

/** Rows closer than this, relative to their length, count as equal: units that started equal stay equal except for rounding. */
const TOLERANCE = 1e-5;

/** Share of the rows that have a twin. Equal rows are adjacent when sorted by their product with one arbitrary vector. */
function twinsAmong(data: HostArray["data"], rows: number): number {
  if (rows < 2) return 0;
  const width = data.length / rows;
  const projections = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let index = 0; index < width; index++)
      sum += (data[row * width + index] as number) * Math.sin(1 + 12.9898 * index);
    projections[row] = sum;
  }
  const order = [...projections.keys()].sort((a, b) => (projections[a] as number) - (projections[b] as number));
  const isTwin = new Uint8Array(rows);
  for (let place = 1; place < rows; place++) {
    const [a, b] = [order[place - 1] as number, order[place] as number];
    if (areEqual(data, a * width, b * width, width)) {
      isTwin[a] = 1;
      isTwin[b] = 1;
    }
  }
  return isTwin.reduce((sum, each) => sum + each, 0) / rows;
}

function areEqual(data: HostArray["data"], first: number, second: number, width: number): boolean {
  let [difference, squares] = [0, 0];
  for (let index = 0; index < width; index++) {
    const [a, b] = [data[first + index] as number, data[second + index] as number];
    difference += (a - b) ** 2;
    squares += a ** 2;
  }
  return difference <= TOLERANCE ** 2 * squares;
}
