import { randomStream } from "../random-stream.ts";
import type { CentredRows } from "./centred-rows.ts";
import { orthonormalise } from "./orthonormal.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";
import { addTo, dot } from "./vectors.ts";

/** Directions of the largest variance. N samples, F features, K directions. */
export interface PrincipalAxes {
  /** (K,), descending, over N - 1. */
  readonly variances: Float64Array;
  /** (K, F), orthonormal rows. */
  readonly axes: Float64Array;
}

/** Number of random directions beyond the wanted ones. */
export const OVERSAMPLING = 10;
/** Multiplications by the covariance before the last one. */
export const POWER_ITERATIONS = 7;

/** All min(N, F) directions, from the covariance (F, F) or, if there are fewer samples than features, from their products (N, N):
 *    X X^T u = s^2 u   =>   X^T u / s is a unit eigenvector of the covariance.
 *  Squaring halves the digits: variances below 1e-15 of the largest are rounding error. */
export function exactAxes(rows: CentredRows): PrincipalAxes {
  return rows.count < rows.features ? axesOfProducts(rows) : axesOfCovariance(rows);
}

function axesOfCovariance(rows: CentredRows): PrincipalAxes {
  const { features, count } = rows;
  const covariance = new Float64Array(features * features);
  rows.each((chunk, size) => addProducts(covariance, chunk, size, features));
  for (let i = 0; i < features; i++) {
    for (let j = i; j < features; j++) {
      const value = (covariance[i * features + j] as number) / (count - 1);
      covariance[i * features + j] = value;
      covariance[j * features + i] = value;
    }
  }
  const { values, vectors } = symmetricEigen(covariance, features);
  return { variances: values.map(notNegative), axes: vectors };
}

/** The upper triangle of X^T X, four rows at a time, so that a sum is loaded and stored once for four products. */
function addProducts(sums: Float64Array, chunk: Float64Array, count: number, features: number): void {
  const padded = wholeFours(chunk, count, features);
  for (let row = 0; row < count; row += 4) {
    const x0 = padded.subarray(row * features, (row + 1) * features);
    const x1 = padded.subarray((row + 1) * features, (row + 2) * features);
    const x2 = padded.subarray((row + 2) * features, (row + 3) * features);
    const x3 = padded.subarray((row + 3) * features, (row + 4) * features);
    for (let i = 0; i < features; i++) {
      const a = x0[i] as number;
      const b = x1[i] as number;
      const c = x2[i] as number;
      const d = x3[i] as number;
      if (a === 0 && b === 0 && c === 0 && d === 0) continue;
      const start = i * features;
      for (let j = i; j < features; j++) {
        (sums[start + j] as number) +=
          a * (x0[j] as number) + b * (x1[j] as number) + c * (x2[j] as number) + d * (x3[j] as number);
      }
    }
  }
}

function axesOfProducts(rows: CentredRows): PrincipalAxes {
  const { count, features } = rows;
  const all = rows.all();
  const products = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = i; j < count; j++) {
      const value = dot(all, i * features, all, j * features, features);
      products[i * count + j] = value;
      products[j * count + i] = value;
    }
  }
  const { values, vectors } = symmetricEigen(products, count);
  const axes = combine(vectors, all, count, count, features);
  orthonormalise(axes, count, features);
  return { variances: values.map((value) => notNegative(value) / (count - 1)), axes };
}

/** The first `wanted` directions, approximately: a random subspace, multiplied repeatedly by the covariance, turns towards the
 *  directions of the largest variance. The problem is solved exactly in that small subspace (Rayleigh-Ritz).
 *    Z <- orthonormal(Z C), `POWER_ITERATIONS` times;   (Z C Z^T) y = variance y;   axes = Y Z
 *  Each step reads the samples once, chunk by chunk, and never forms C: 2 N F L multiplications for L = wanted + 10 directions.
 *  Source: Halko, Martinsson & Tropp, "Finding Structure with Randomness", 2011, algorithms 4.4 and 5.3. */
export function randomisedAxes(rows: CentredRows, wanted: number, seed: number): PrincipalAxes {
  const { features } = rows;
  const width = Math.min(wanted + OVERSAMPLING, features);
  const stream = randomStream(seed, "pca");
  let space = Float64Array.from({ length: width * features }, () => stream.normal());
  orthonormalise(space, width, features);
  for (let iteration = 0; iteration < POWER_ITERATIONS; iteration++) {
    space = timesCovariance(rows, space, width);
    orthonormalise(space, width, features);
  }
  const image = timesCovariance(rows, space, width);
  const small = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = i; j < width; j++) {
      const value = dot(space, i * features, image, j * features, features);
      small[i * width + j] = value;
      small[j * width + i] = value;
    }
  }
  const { values, vectors } = symmetricEigen(small, width);
  const axes = combine(vectors, space, wanted, width, features);
  orthonormalise(axes, wanted, features);
  return { variances: values.slice(0, wanted).map(notNegative), axes };
}

/** Z C = (Z X^T) X / (N - 1), (width, F). */
function timesCovariance(rows: CentredRows, space: Float64Array, width: number): Float64Array<ArrayBuffer> {
  const { features, count } = rows;
  const image = new Float64Array(width * features);
  rows.each((chunk, size) => {
    const padded = wholeFours(chunk, size, features);
    for (let row = 0; row < padded.length; row += 4 * features) {
      for (let i = 0; i < width; i++) addFour(image, space, i * features, padded, row, features);
    }
  });
  for (let i = 0; i < image.length; i++) image[i] = (image[i] as number) / (count - 1);
  return image;
}

/** Processes four rows x at once, so that each number of Z and of the image is loaded and stored once for four products:
 *    image_i += (z_i · x) x */
function addFour(
  image: Float64Array,
  space: Float64Array,
  start: number,
  chunk: Float64Array,
  row: number,
  features: number,
): void {
  const second = row + features;
  const third = second + features;
  const fourth = third + features;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let j = 0; j < features; j++) {
    const z = space[start + j] as number;
    a += z * (chunk[row + j] as number);
    b += z * (chunk[second + j] as number);
    c += z * (chunk[third + j] as number);
    d += z * (chunk[fourth + j] as number);
  }
  for (let j = 0; j < features; j++) {
    (image[start + j] as number) +=
      a * (chunk[row + j] as number) +
      b * (chunk[second + j] as number) +
      c * (chunk[third + j] as number) +
      d * (chunk[fourth + j] as number);
  }
}

/** A chunk of `count` rows, padded with rows of zeros to a multiple of four. */
function wholeFours(chunk: Float64Array, count: number, features: number): Float64Array {
  if (count % 4 === 0) return chunk.subarray(0, count * features);
  const padded = new Float64Array(Math.ceil(count / 4) * 4 * features);
  padded.set(chunk.subarray(0, count * features));
  return padded;
}

/** Each of the first `count` rows of `weights` (count, terms) as a sum of the rows of `of` (terms, size). */
function combine(weights: Float64Array, of: Float64Array, count: number, terms: number, size: number): Float64Array {
  const sums = new Float64Array(count * size);
  for (let i = 0; i < count; i++) {
    for (let term = 0; term < terms; term++) {
      addTo(sums, i * size, of, term * size, size, weights[i * terms + term] as number);
    }
  }
  return sums;
}

function notNegative(value: number): number {
  return Math.max(0, value);
}
