import { type RandomStream, randomStream } from "./random-stream.ts";

/** Shuffles in place: for i = n - 1 … 1, swap with a uniform j in {0, …, i}. Every order is equally likely.
 *  Source: Durstenfeld, "Algorithm 235: Random permutation", 1964. */
export function shuffleInPlace(rows: Int32Array, stream: RandomStream): Int32Array {
  for (let i = rows.length - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    const held = rows[i] as number;
    rows[i] = rows[j] as number;
    rows[j] = held;
  }
  return rows;
}

/** 0, 1, …, length - 1. */
export function identityOrder(length: number, into: Int32Array = new Int32Array(length)): Int32Array {
  for (let row = 0; row < length; row++) into[row] = row;
  return into;
}

/** The order of one epoch: every row once, reproducible from seed and epoch, independent between epochs.
 *  @param into reused storage of `length` rows. */
export function epochOrder(
  length: number,
  seed: number,
  epoch: number,
  into: Int32Array = new Int32Array(length),
): Int32Array {
  return shuffleInPlace(identityOrder(length, into), randomStream(seed, "shuffle", epoch));
}
