/** The mutations of bytes: each returns new bytes and leaves the old ones unchanged. */
type Mutation = (random: () => number, bytes: Uint8Array) => Uint8Array;

const below = (random: () => number, limit: number): number => Math.floor(random() * limit);

/** Most files have their lengths and counts at the beginning. */
function place(random: () => number, length: number): number {
  return below(random, random() < 0.6 ? Math.min(length, 96) : length);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Numbers that overflow a size, a sign or a float. */
const LENGTHS: readonly bigint[] = [
  0n,
  1n,
  255n,
  65535n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 64n - 1n,
];

function flipBits(random: () => number, bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  for (let count = 1 + below(random, 8); count > 0; count--) {
    const at = place(random, bytes.length);
    changed[at] = (changed[at] as number) ^ (1 << below(random, 8));
  }
  return changed;
}

function overwriteLength(random: () => number, bytes: Uint8Array): Uint8Array {
  const width = [1, 2, 4, 8][below(random, 4)] as number;
  const value = LENGTHS[below(random, LENGTHS.length)] as bigint;
  const at = place(random, bytes.length);
  const changed = bytes.slice();
  const little = random() < 0.5;
  for (let k = 0; k < width && at + k < changed.length; k++) {
    changed[at + k] = Number((value >> BigInt(8 * (little ? k : width - 1 - k))) & 255n);
  }
  return changed;
}

function range(random: () => number, bytes: Uint8Array): readonly [number, number] {
  const start = place(random, bytes.length);
  return [start, Math.min(bytes.length, start + 1 + below(random, 64))];
}

function repeat(random: () => number, bytes: Uint8Array): Uint8Array {
  const [start, end] = range(random, bytes);
  const copies = Array.from({ length: 2 ** below(random, 9) }, () => bytes.subarray(start, end));
  return joined(bytes.subarray(0, end), ...copies, bytes.subarray(end));
}

const MUTATIONS: readonly Mutation[] = [
  flipBits,
  flipBits,
  overwriteLength,
  overwriteLength,
  repeat,
  (random, bytes) => bytes.slice(0, below(random, bytes.length)),
  (random, bytes) => {
    const [start, end] = range(random, bytes);
    return joined(bytes.subarray(0, start), bytes.subarray(end));
  },
  (random, bytes) => {
    const at = place(random, bytes.length);
    const noise = Uint8Array.from({ length: 1 + below(random, 32) }, () => below(random, 256));
    return joined(bytes.subarray(0, at), noise, bytes.subarray(at));
  },
  (random, bytes) =>
    joined(
      bytes,
      Uint8Array.from({ length: 1 + below(random, 64) }, () => below(random, 256)),
    ),
];

/** Bytes with one fault: bits flipped, a length overwritten, a part cut out, repeated or inserted, the end cut off.
 *  @param random numbers in [0, 1). */
export function mutateBytes(random: () => number, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(below(random, 256));
  return (MUTATIONS[below(random, MUTATIONS.length)] as Mutation)(random, bytes);
}

/** The beginning of one file with the end of another. */
export function splice(random: () => number, first: Uint8Array, second: Uint8Array): Uint8Array {
  return joined(first.subarray(0, below(random, first.length)), second.subarray(below(random, second.length)));
}
