/** Counter-based random numbers: word i of a stream is a pure function of the seed and i. There is no hidden state, so every backend,
 *  every thread count and every replay of a step draws the same bits. */

export type Philox4 = readonly [number, number, number, number];
export type Seed = readonly [number, number];

/** Constants of Philox4x32: two multipliers for the rounds, two Weyl increments for the key, ten rounds. */
export const PHILOX = {
  multiplier0: 0xd2511f53,
  multiplier1: 0xcd9e8d57,
  weyl0: 0x9e3779b9,
  weyl1: 0xbb67ae85,
  rounds: 10,
} as const;

/** High 32 bits of the unsigned 64-bit product, from four 16-bit products. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16); // < 2^32, exact in a double
  const cross = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}

/** One block of Philox4x32-10: four unsigned 32-bit words from a 128-bit counter and a 64-bit key.
 *    (c0, c1, c2, c3) <- (hi(M1 c2) ^ c1 ^ k0, lo(M1 c2), hi(M0 c0) ^ c3 ^ k1, lo(M0 c0));   (k0, k1) += (W0, W1)
 *  ten times; the key grows between rounds.
 *  Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011. */
export function philox4x32(counter: Philox4, key: Seed): Philox4 {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < PHILOX.rounds; round++) {
    const high0 = multiplyHigh(PHILOX.multiplier0, c0);
    const low0 = Math.imul(PHILOX.multiplier0, c0);
    const high1 = multiplyHigh(PHILOX.multiplier1, c2);
    const low1 = Math.imul(PHILOX.multiplier1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + PHILOX.weyl0) >>> 0;
    k1 = (k1 + PHILOX.weyl1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The block and the word in it that hold element i of a stream: sixteen elements share four neighbouring blocks, four
 *  neighbouring elements take the same word of each, so four lanes compute four blocks and store whole words. */
export function philoxPosition(element: number): { readonly block: number; readonly word: 0 | 1 | 2 | 3 } {
  return { block: (element >>> 4) * 4 + (element & 3), word: ((element >>> 2) & 3) as 0 | 1 | 2 | 3 };
}

/** `length` unsigned 32-bit words of the stream of `seed`, starting at element `start`. Element i is
 *    philox4x32((block, 0, 0, 0), seed)[word],   block = 4 (i >>> 4) + (i & 3),   word = (i >>> 2) & 3
 *  @param seed two unsigned 32-bit words, the key.
 *  @param start first element; the stream is 2^32 elements long. Default 0. */
export function randomBits(seed: Seed, length: number, start = 0): Uint32Array {
  const bits = new Uint32Array(length);
  const first = start - (start % 16);
  for (let base = first; base < start + length; base += 16) {
    for (let lane = 0; lane < 4; lane++) {
      const words = philox4x32([philoxPosition(base + lane).block, 0, 0, 0], seed);
      for (let word = 0; word < 4; word++) {
        const index = base + word * 4 + lane - start;
        if (index >= 0 && index < length) bits[index] = words[word] as number;
      }
    }
  }
  return bits;
}
