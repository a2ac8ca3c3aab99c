/** Tools to measure float32 functions against float64 references. */

const words = new Uint32Array(1);
const floats = new Float32Array(words.buffer);

export function bitsOf(value: number): number {
  floats[0] = value;
  return words[0] as number;
}

/** Distance between neighbouring floats at a value; 2^-149 among the denormals. */
export function ulpOf(value: number): number {
  const size = Math.abs(value);
  return size < 2 ** -126 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(size)) - 23);
}

/** Error of a float32 result in units of the last place of the true value. A NaN or infinity must match exactly. */
export function ulpError(actual: number, expected: number): number {
  const wanted = Math.fround(expected);
  if (Number.isNaN(wanted) || !Number.isFinite(wanted)) return Object.is(actual, wanted) ? 0 : Number.POSITIVE_INFINITY;
  const error = Math.abs(actual - expected) / ulpOf(expected);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/** `count` floats from a to b (both of one sign), evenly spread over their bit patterns: the same number in every binade. */
export function sweep(a: number, b: number, count: number): Float32Array {
  const first = bitsOf(a);
  const step = (bitsOf(b) - first) / (count - 1);
  const pattern = Uint32Array.from({ length: count }, (_, index) => Math.round(first + index * step));
  return new Float32Array(pattern.buffer);
}

/** A small generator with a fixed seed, so that failures are reproducible. */
export function uniform(seed = 1): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
