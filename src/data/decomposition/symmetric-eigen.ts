import { GradusError } from "../../core/errors.ts";
import { addTo, dot } from "./vectors.ts";

/** A = sum of values[i] * vector_i vector_i^T. */
export interface Eigen {
  /** (n,), descending. */
  readonly values: Float64Array;
  /** (n, n), one unit vector per row, in the order of the values. */
  readonly vectors: Float64Array;
}

const EPSILON = 2 ** -52;
/** Squares below this count as zero for a matrix scaled to 1: far below rounding error, far above the range that loses digits. */
const NOTHING = EPSILON ** 4;
/** An eigenvalue takes two or three sweeps; it never needs this many. */
const MAX_SWEEPS = 60;

/** All eigenvalues and eigenvectors of a symmetric matrix, in float64: reflections make it tridiagonal, rotations make it diagonal.
 *  About 5 n^3 multiplications. Every loop runs along rows, which are contiguous in memory.
 *  @param matrix (n, n), finite numbers; overwritten.
 *  Source: Golub & Van Loan, "Matrix Computations", 4th edition, 2013, sections 8.3.1 and 8.3.3. */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const scale = matrix.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  for (let i = 0; i < matrix.length; i++) matrix[i] = (matrix[i] as number) / scale;
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const vectors = tridiagonalise(matrix, n, diagonal, beside);
  diagonalise(diagonal, beside, vectors, n);
  return sorted(diagonal, vectors, n, scale);
}

/** Householder reflections H_k = 1 - b v v^T, so that H … H_1 H_0 A H_0 H_1 … H is tridiagonal.
 *    p = b A v,   w = p - (b p^T v / 2) v,   A <- A - v w^T - w v^T
 *  @returns the product of the reflections, (n, n); row i belongs to diagonal[i]. */
function tridiagonalise(a: Float64Array, n: number, diagonal: Float64Array, beside: Float64Array): Float64Array {
  const factors = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    // v lies in row k, right of the diagonal
    const v = a.subarray(k * n, (k + 1) * n);
    let squares = 0;
    for (let j = k + 2; j < n; j++) squares += (v[j] as number) ** 2;
    const head = v[k + 1] as number;
    if (squares <= NOTHING) {
      beside[k] = head;
      continue;
    }
    const length = Math.sqrt(head * head + squares);
    const reflected = head > 0 ? -length : length;
    beside[k] = reflected;
    v[k + 1] = head - reflected;
    const factor = 2 / ((head - reflected) ** 2 + squares);
    factors[k] = factor;
    let along = 0;
    for (let i = k + 1; i < n; i++) {
      p[i] = factor * dot(a, i * n + k + 1, v, k + 1, n - k - 1);
      along += (p[i] as number) * (v[i] as number);
    }
    const shift = (factor * along) / 2;
    for (let i = k + 1; i < n; i++) p[i] = (p[i] as number) - shift * (v[i] as number);
    for (let i = k + 1; i < n; i++) {
      const row = i * n;
      const vi = v[i] as number;
      const wi = p[i] as number;
      for (let j = k + 1; j < n; j++) {
        a[row + j] = (a[row + j] as number) - vi * (p[j] as number) - wi * (v[j] as number);
      }
    }
  }
  if (n > 1) beside[n - 2] = a[(n - 2) * n + n - 1] as number;
  for (let i = 0; i < n; i++) diagonal[i] = a[i * n + i] as number;
  return productOfReflections(a, factors, n);
}

/** From the last reflection to the first, so that each changes only the part that is not yet the identity. */
function productOfReflections(a: Float64Array, factors: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i++) product[i * n + i] = 1;
  for (let k = n - 3; k >= 0; k--) {
    const factor = factors[k] as number;
    if (factor === 0) continue;
    const v = a.subarray(k * n, (k + 1) * n);
    for (let i = k + 1; i < n; i++) {
      const start = i * n + k + 1;
      const along = dot(product, start, v, k + 1, n - k - 1);
      addTo(product, start, v, k + 1, n - k - 1, -factor * along);
    }
  }
  return product;
}

/** Rotations with Wilkinson's shift, from the bottom up, until the off-diagonal elements are zero. */
function diagonalise(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number): void {
  // The reflections leave rounding errors of this size: smaller off-diagonal elements count as zero.
  const rounding =
    EPSILON * d.reduce((largest, value, i) => Math.max(largest, Math.abs(value) + Math.abs(e[i] as number)), 0);
  for (let start = 0; start < n; start++) {
    for (let sweep = 0; ; sweep++) {
      const end = blockEnd(e, start, n, rounding);
      if (end === start) break;
      if (sweep === MAX_SWEEPS) {
        throw new GradusError("not-finite", "eigenvalues: the matrix contains numbers that are not finite.", { n });
      }
      chase(d, e, vectors, start, end, n);
    }
  }
}

/** The last index of the block that begins at `start`; the off-diagonal element after it is zero. */
function blockEnd(e: Float64Array, start: number, n: number, rounding: number): number {
  let end = start;
  while (end < n - 1 && Math.abs(e[end] as number) > rounding) end++;
  return end;
}

/** One implicit QL sweep over a block: a rotation at its end, then chasing the bulge to its start. */
function chase(d: Float64Array, e: Float64Array, vectors: Float64Array, start: number, end: number, n: number): void {
  const ratio = ((d[start + 1] as number) - (d[start] as number)) / (2 * (e[start] as number));
  const root = Math.sqrt(ratio * ratio + 1);
  let g = (d[end] as number) - (d[start] as number) + (e[start] as number) / (ratio + (ratio < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let moved = 0;
  for (let i = end - 1; i >= start; i--) {
    const f = sine * (e[i] as number);
    const b = cosine * (e[i] as number);
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      // the block splits here
      d[i + 1] = (d[i + 1] as number) - moved;
      e[end] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = (d[i + 1] as number) - moved;
    const t = ((d[i] as number) - g) * sine + 2 * cosine * b;
    moved = sine * t;
    d[i + 1] = g + moved;
    g = cosine * t - b;
    rotateRows(vectors, i * n, n, sine, cosine);
  }
  d[start] = (d[start] as number) - moved;
  e[start] = g;
  e[end] = 0;
}

/** Rotates the row at `first` and the one after it. */
function rotateRows(vectors: Float64Array, first: number, n: number, sine: number, cosine: number): void {
  const second = first + n;
  for (let k = 0; k < n; k++) {
    const upper = vectors[first + k] as number;
    const lower = vectors[second + k] as number;
    vectors[second + k] = sine * upper + cosine * lower;
    vectors[first + k] = cosine * upper - sine * lower;
  }
}

function sorted(diagonal: Float64Array, vectors: Float64Array, n: number, scale: number): Eigen {
  const order = [...diagonal.keys()].sort((a, b) => (diagonal[b] as number) - (diagonal[a] as number) || a - b);
  const result = new Float64Array(n * n);
  order.forEach((from, to) => {
    result.set(vectors.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (from) => (diagonal[from] as number) * scale), vectors: result };
}
