import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type CpuidLeaf, readFeatures, widestIsa } from "../../src/codegen/x64/features.ts";
import { detectProcessor } from "../../src/runtime/native/detect.ts";
import { NativeDevice } from "../../src/runtime/native/device.ts";
import { nativeMachine, skipNative } from "./native-machine.ts";

const bits = (...set: readonly number[]): number => set.reduce((word, bit) => word | (1 << bit), 0) >>> 0;

/** A processor of today: FMA, OSXSAVE, AVX; AVX2; AVX-512 F, DQ, BW, VL; BF16; its system saves all registers. */
const FULL = {
  lastLeaf: 7,
  basic: bits(12, 27, 28),
  extended: bits(5, 16, 17, 30, 31),
  lastSubleaf: 1,
  further: bits(5),
  saved: bits(0, 1, 2, 5, 6, 7),
};

function processor(changes: Partial<typeof FULL>) {
  const { lastLeaf, basic, extended, lastSubleaf, further, saved } = { ...FULL, ...changes };
  return {
    cpuid: (leaf: number, subleaf: number): CpuidLeaf => {
      if (leaf === 0) return [lastLeaf, 0, 0, 0];
      if (leaf === 1) return [0, 0, basic, 0];
      if (leaf > lastLeaf) throw new Error(`leaf ${leaf} does not exist`);
      if (subleaf > lastSubleaf) throw new Error(`subleaf ${subleaf} does not exist`);
      return subleaf === 0 ? [lastSubleaf, extended, 0, 0] : [further, 0, 0, 0];
    },
    xgetbv: () => {
      if ((basic & bits(27)) === 0) throw new Error("the instruction does not exist");
      return saved;
    },
  };
}

const cases = [
  ["all of it", {}, "avx512", true],
  ["no bfloat16", { further: 0 }, "avx512", false],
  ["no subleaf for bfloat16", { lastSubleaf: 0 }, "avx512", false],
  ["AVX-512 without VL", { extended: bits(5, 16, 17, 30) }, "avx2", false],
  ["AVX-512 without DQ", { extended: bits(5, 16, 30, 31) }, "avx2", false],
  ["a system that does not save the upper halves", { saved: bits(0, 1, 2, 5, 7) }, "avx2", false],
  ["a system that does not save masks", { saved: bits(0, 1, 2, 6, 7) }, "avx2", false],
  ["a system that saves no vector registers but the oldest", { saved: bits(0, 1) }, undefined, false],
  ["AVX without AVX2", { extended: 0 }, undefined, false],
  ["AVX2 without fused multiply-add", { basic: bits(27, 28) }, undefined, false],
  ["no XGETBV", { basic: bits(12, 28) }, undefined, false],
  ["an old processor without leaf 7", { lastLeaf: 6 }, undefined, false],
] as const;

for (const [name, changes, isa, bfloat16] of cases) {
  test(`features of ${name}`, () => {
    const features = readFeatures(processor(changes));
    assert.equal(widestIsa(features), isa);
    assert.equal(features.bfloat16, bfloat16);
  });
}

const skipFlags = process.platform === "linux" ? skipNative : "only Linux lists the processor's flags";

test("what the processor says by itself is what the system says of it", { skip: skipFlags }, () => {
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.trim().split(/\s+/) ?? [];
  const has = (...names: readonly string[]): boolean => names.every((name) => flags.includes(name));
  const { ffi, platform } = nativeMachine();
  assert.deepEqual(detectProcessor(ffi, platform).features, {
    avx2: has("avx2", "fma"),
    avx512: has("avx2", "fma", "avx512f", "avx512dq", "avx512bw", "avx512vl"),
    bfloat16: has("avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512_bf16"),
  });
});

test("an instruction set may be asked for, or all be masked", { skip: skipNative }, () => {
  const device = new NativeDevice({ threads: 1, isa: "avx2" });
  assert.equal(device.target.lanes, 8);
  device.dispose();
  assert.throws(() => new NativeDevice({ threads: 1, isa: "none" }), { code: "backend-unavailable" });
});
