/** Numbers in (0, 1), reproducible by seed: mulberry32. Source: Tommy Ettinger, 2017. */
export function randomUniforms(count: number, seed: number): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), 61 | bits);
    return (((bits ^ (bits >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  });
}
