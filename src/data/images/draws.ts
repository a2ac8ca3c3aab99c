import { within } from "../../core/below.ts";
import { type Philox4, philox4x32, type Seed } from "../../core/random.ts";
import { PURPOSES } from "../random-stream.ts";

/** Random numbers of one sample in one epoch: word i of transform t is a pure function of seed, epoch, sample, t and i, independent of
 *  the batch and the order. One object serves all samples, so that a step allocates almost nothing.
 *    philox4x32((i >> 2) + 2^16 t, epoch, purpose, sample)[i & 3] */
export class SampleDraws {
  readonly #key: Seed;
  #block = 0;
  #epoch = 0;
  #sample = 0;
  #words: Philox4 = [0, 0, 0, 0];
  #used = 4;

  constructor(key: Seed) {
    this.#key = key;
  }

  /** Starts the numbers of a transform, given by its index in the list, for a sample. */
  start(epoch: number, sample: number, transform: number): void {
    this.#epoch = epoch;
    this.#sample = sample;
    this.#block = transform * 2 ** 16;
    this.#used = 4;
  }

  /** Unsigned 32-bit integer. */
  bits(): number {
    if (this.#used === 4) {
      this.#words = philox4x32([this.#block++, this.#epoch, PURPOSES.augment, this.#sample], this.#key);
      this.#used = 0;
    }
    return this.#words[this.#used++] as number;
  }

  /** Uniform in [low, high), 32 bits. */
  uniform(low = 0, high = 1): number {
    return within(low, high, this.bits() / 2 ** 32);
  }

  /** Uniform in {0, …, limit - 1}; image sizes are so small compared with 2^32 that the bias is below one in a million. */
  below(limit: number): number {
    return Math.floor(this.uniform(0, limit));
  }
}
