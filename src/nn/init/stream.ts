import { requireArgument } from "../../core/errors.ts";
import { philox4x32, randomBits, type Seed } from "../../core/random.ts";

/** 32 bits of a name: FNV-1a. Source: Fowler, Noll, Vo, 1991. */
function hashName(name: string, basis: number): number {
  let hash = basis;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Philox's key for one named parameter: seed and name, mixed by Philox itself. */
function streamKey(seed: number, name: string): Seed {
  requireArgument(
    Number.isSafeInteger(seed) && seed >= 0,
    `initialize: seed must be an integer from 0 to 2^53 - 1, got ${seed}.`,
    { seed },
  );
  const seedWords: Seed = [seed >>> 0, Math.floor(seed / 2 ** 32)];
  // the third and fourth word separate these streams from others of the same seed
  const counter = [hashName(name, 0x811c9dc5), hashName(name, 0x6c62272e), 0x696e6974, 0] as const;
  const [first, second] = philox4x32(counter, seedWords);
  return [first, second];
}

/** Uniform on the open interval (0, 1), 32 random bits each: (word + 1/2) / 2^32.
 *  @param name of the parameter; each name has its own stream.
 *  @throws `bad-argument` for a seed that is not an integer from 0 to 2^53 - 1. */
export function uniformStream(seed: number, name: string, length: number): Float64Array {
  const words = randomBits(streamKey(seed, name), length);
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = ((words[i] as number) + 0.5) / 2 ** 32;
  return values;
}
