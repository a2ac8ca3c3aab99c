import { SMALLEST_NORMAL } from "./subnormal.ts";

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);
const double = new Float64Array(1);
const wide = new BigInt64Array(double.buffer);

/** The largest float32 number below x. Never a subnormal one, because processors may treat those as 0. */
export function float32Below(x: number): number {
  const near = Math.fround(x);
  if (near < x) return near;
  if (Math.abs(near) <= SMALLEST_NORMAL) return near > 0 ? 0 : -SMALLEST_NORMAL;
  float[0] = near;
  bits[0] = (bits[0] as number) + (near > 0 ? -1 : 1);
  return float[0];
}

/** The largest float64 number below x, for x != 0. */
function float64Below(x: number): number {
  double[0] = x;
  wide[0] = (wide[0] as bigint) + (x > 0 ? -1n : 1n);
  return double[0] as number;
}

/** low + (high - low) fraction, for a fraction in [0, 1). Always below `high`, even when the sum rounds up to it. */
export function within(low: number, high: number, fraction: number): number {
  const value = low + (high - low) * fraction;
  return value < high || !(low < high) ? value : float64Below(high);
}
