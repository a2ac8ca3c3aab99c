import { type Shape, sizeOf } from "../../core/shape.ts";
import { normalQuantile } from "./quantile.ts";

/** Reflects `vector` from position `start` on: v <- v - 2 u (u . v), u of length 1. */
function reflect(vector: Float64Array, direction: Float64Array, start: number): void {
  let product = 0;
  for (let i = start; i < vector.length; i++) product += (vector[i] as number) * (direction[i] as number);
  product *= 2;
  for (let i = start; i < vector.length; i++) vector[i] = (vector[i] as number) - product * (direction[i] as number);
}

/** Replaces the vectors by orthonormal ones with the same span: Q of their QR decomposition by Householder reflections,
 *  its columns signed so that R's diagonal is positive; normal vectors therefore give a uniformly distributed Q. */
function orthonormalize(vectors: readonly Float64Array[]): void {
  const directions: Float64Array[] = [];
  const signs: number[] = [];
  vectors.forEach((vector, k) => {
    let norm = 0;
    for (let i = k; i < vector.length; i++) norm += (vector[i] as number) ** 2;
    norm = Math.sqrt(norm);
    // u = (x + sign(x_k) |x| e_k), normalised: this sign avoids cancellation
    const head = vector[k] as number;
    const sign = head < 0 ? -1 : 1;
    const direction = new Float64Array(vector.length);
    direction.set(vector.subarray(k), k);
    direction[k] = head + sign * norm;
    const length = Math.sqrt(2 * norm * (norm + Math.abs(head)));
    if (length > 0) for (let i = k; i < direction.length; i++) direction[i] = (direction[i] as number) / length;
    for (let j = k + 1; j < vectors.length; j++) reflect(vectors[j] as Float64Array, direction, k);
    directions.push(direction);
    signs.push(-sign); // R_kk = -sign |x|
  });
  vectors.forEach((vector, k) => {
    vector.fill(0);
    vector[k] = signs[k] as number;
    for (let step = k; step >= 0; step--) reflect(vector, directions[step] as Float64Array, step);
  });
}

/** A random matrix with orthonormal rows (or columns if they are fewer), times a gain.
 *    W = gain Q,   Q R = a standard normal matrix;   Q Q^T = I if rows <= columns, else Q^T Q = I
 *  A weight of higher rank counts as (first size, all others).
 *  @param uniforms one number in (0, 1) for each element.
 *  Source: Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
 *  networks", 2014. */
export function orthogonalValues(shape: Shape, gain: number, uniforms: Float64Array): Float64Array {
  const rows = shape[0] ?? 1;
  const columns = sizeOf(shape.slice(1));
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const vectors = Array.from({ length: count }, (_, k) =>
    uniforms.subarray(k * length, (k + 1) * length).map(normalQuantile),
  );
  orthonormalize(vectors);
  const values = new Float64Array(uniforms.length);
  vectors.forEach((vector, k) => {
    vector.forEach((value, i) => {
      values[rows <= columns ? k * columns + i : i * columns + k] = gain * value;
    });
  });
  return values;
}
