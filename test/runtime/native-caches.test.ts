import assert from "node:assert/strict";
import { test } from "node:test";
import { readSecondLevelBytes } from "../../src/codegen/x64/caches.ts";
import type { CpuidLeaf } from "../../src/codegen/x64/features.ts";

type Replies = Readonly<Record<string, CpuidLeaf>>;

const EMPTY: CpuidLeaf = [0, 0, 0, 0];
const AMD_LEAVES: CpuidLeaf = [0x80000021, 0, 0, 0];

/** A cache as CPUID describes it: its kind (1 data, 2 instructions, 3 both), level, ways and sets; lines of 64 bytes. */
const cache = (kind: number, level: number, ways: number, sets: number): CpuidLeaf => [
  kind | (level << 5),
  ((ways - 1) << 22) | 63,
  sets - 1,
  0,
];

const processor = (replies: Replies) => ({
  cpuid: (leaf: number, subleaf: number): CpuidLeaf => replies[`${leaf.toString(16)}.${subleaf}`] ?? EMPTY,
  xgetbv: () => 0,
});

const MIB = 2 ** 20;
const cases: readonly (readonly [name: string, replies: Replies, bytes: number | undefined])[] = [
  [
    "Intel's leaf",
    {
      ...{ "0.0": [0x1f, 0, 0, 0], "4.0": cache(1, 1, 12, 64), "4.1": cache(2, 1, 8, 64) },
      ...{ "4.2": cache(3, 2, 16, 2048), "4.3": cache(3, 3, 15, 65536) },
    },
    2 * MIB,
  ],
  [
    "AMD's leaf",
    {
      ...{ "0.0": [0x10, 0, 0, 0], "80000000.0": AMD_LEAVES, "8000001d.0": cache(1, 1, 12, 64) },
      ...{ "8000001d.1": cache(2, 1, 8, 64), "8000001d.2": cache(3, 2, 8, 1024) },
    },
    MIB / 2,
  ],
  [
    "a hypervisor that hides both, but not the oldest leaf",
    { "0.0": [0x10, 0, 0, 0], "80000000.0": AMD_LEAVES, "80000006.0": [0, 0, 0x04006140, 0] },
    MIB,
  ],
  ["no leaf", { "0.0": [1, 0, 0, 0] }, undefined],
  ["a size that no core has", { "0.0": [4, 0, 0, 0], "4.0": cache(3, 2, 16, 65536) }, undefined],
];

for (const [name, replies, bytes] of cases) {
  test(`the second-level cache by ${name}`, () => {
    assert.equal(readSecondLevelBytes(processor(replies)), bytes);
  });
}
