/** The smallest normal number of float32, 2^-126 = 1.18e-38. Smaller ones, the subnormal numbers, have fewer digits, and many processors
 *  compute with them up to a hundred times slower. */
export const SMALLEST_NORMAL = 2 ** -126;

/** Numbers below 2^-126 in magnitude become 0, in place. NaN stays. */
export function flushSubnormals(values: Float32Array | Float64Array): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (value < SMALLEST_NORMAL && value > -SMALLEST_NORMAL) values[index] = 0;
  }
}
