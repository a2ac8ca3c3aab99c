import type { CpuidLeaf, ProcessorQueries } from "./features.ts";

const EXTENDED_LEAVES = 0x80000000;
// Intel and AMD describe caches in one form, a subleaf each, but AMD in a leaf of its own
const CACHES = 4;
const AMD_CACHES = 0x8000001d;
/** The second-level cache alone, in KiB: what some hypervisors still show when they hide the leaves above. */
const SECOND_LEVEL = 0x80000006;
/** No processor has more kinds of caches. */
const MOST_CACHES = 8;

const NO_MORE = 0;
const INSTRUCTIONS = 2;

/** Hypervisors report what they like: sizes that no core has are not believed. */
const LEAST_BYTES = 2 ** 18;
const MOST_BYTES = 2 ** 22;

const field = (word: number, low: number, bits: number): number => (word >>> low) & (2 ** bits - 1);

/** Bytes of the second-level cache of a core; undefined if the processor does not say so, or says what cannot be.
 *  Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CPUID; AMD64 Architecture Programmer's Manual,
 *  volume 3, appendix E.4. */
export function readSecondLevelBytes(processor: ProcessorQueries): number | undefined {
  const [lastLeaf] = processor.cpuid(0, 0);
  const [lastExtended] = processor.cpuid(EXTENDED_LEAVES, 0);
  const bytes =
    (lastLeaf >= CACHES ? secondLevelOf(processor, CACHES) : undefined) ??
    (lastExtended >= AMD_CACHES ? secondLevelOf(processor, AMD_CACHES) : undefined) ??
    (lastExtended >= SECOND_LEVEL ? field(processor.cpuid(SECOND_LEVEL, 0)[2], 16, 16) * 1024 : undefined);
  return bytes !== undefined && bytes >= LEAST_BYTES && bytes <= MOST_BYTES ? bytes : undefined;
}

function secondLevelOf(processor: ProcessorQueries, leaf: number): number | undefined {
  for (let subleaf = 0; subleaf < MOST_CACHES; subleaf++) {
    const cache = processor.cpuid(leaf, subleaf);
    const kind = field(cache[0], 0, 5);
    if (kind === NO_MORE) return undefined;
    if (kind !== INSTRUCTIONS && field(cache[0], 5, 3) === 2) return bytesOf(cache);
  }
  return undefined;
}

/** Ways, partitions, bytes of a line and sets, each less one. */
function bytesOf([, ebx, ecx]: CpuidLeaf): number {
  return (field(ebx, 22, 10) + 1) * (field(ebx, 12, 10) + 1) * (field(ebx, 0, 12) + 1) * (ecx + 1);
}
