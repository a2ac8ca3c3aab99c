import { within } from "../core/below.ts";
import { requireArgument } from "../core/errors.ts";
import { philox4x32, type Seed } from "../core/random.ts";

/** Purposes of random numbers, so that two uses of one seed never share a stream. */
export const PURPOSES = { shuffle: 1, split: 2, synthetic: 3, augment: 4, pca: 5 } as const;
export type StreamPurpose = keyof typeof PURPOSES;

/** A sequence of random numbers, a pure function of seed, purpose and lane. */
export interface RandomStream {
  /** Unsigned 32-bit integer. */
  bits(): number;
  /** Uniform in {0, …, limit - 1}, without bias: redraws words past the last full multiple of `limit`. */
  below(limit: number): number;
  /** Uniform in [low, high), 53 bits. Default [0, 1). */
  uniform(low?: number, high?: number): number;
  /** Normal with mean 0 and the given standard deviation. Default 1. Box and Muller, 1958. */
  normal(deviation?: number): number;
}

/** A seed of up to 53 bits as the two words of Philox's key. */
export function seedWords(where: string, seed: number): Seed {
  requireArgument(
    Number.isSafeInteger(seed) && seed >= 0,
    `${where}: seed must be an integer from 0 to 2^53 - 1, got ${seed}.`,
    {
      where,
      seed,
    },
  );
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}

/** The stream of `seed` for one purpose; `lane` (such as an epoch) selects one of 2^32 independent streams.
 *  Word i comes from Philox4x32-10 with counter (i >> 2, lane, purpose, 0). */
export function randomStream(seed: number, purpose: StreamPurpose, lane = 0): RandomStream {
  const key = seedWords(`random stream (${purpose})`, seed);
  let block = 0;
  let words = philox4x32([0, lane >>> 0, PURPOSES[purpose], 0], key);
  let used = 0;
  let spare: number | undefined;

  function bits(): number {
    if (used === 4) {
      block++;
      words = philox4x32([block, lane >>> 0, PURPOSES[purpose], 0], key);
      used = 0;
    }
    return words[used++] as number;
  }

  function below(limit: number): number {
    const accepted = 2 ** 32 - (2 ** 32 % limit);
    let word = bits();
    while (word >= accepted) word = bits();
    return word % limit;
  }

  function uniform(low = 0, high = 1): number {
    const fraction = ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;
    return within(low, high, fraction);
  }

  function normal(deviation = 1): number {
    if (spare !== undefined) {
      const value = spare * deviation;
      spare = undefined;
      return value;
    }
    // r = sqrt(-2 ln u), u in (0, 1]
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle) * deviation;
  }

  return { bits, below, uniform, normal };
}
