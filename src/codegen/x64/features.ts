import type { NativeIsa } from "./target.ts";

/** The features that a processor and its system offer. */
export interface CpuFeatures {
  /** AVX2 and fused multiply-add, with 256-bit registers saved by the system */
  readonly avx2: boolean;
  /** AVX-512 F, DQ, BW and VL, with 512-bit and mask registers saved by the system */
  readonly avx512: boolean;
  /** bfloat16 products (AVX512-BF16) */
  readonly bfloat16: boolean;
}

/** eax, ebx, ecx, edx of one CPUID leaf. */
export type CpuidLeaf = readonly [eax: number, ebx: number, ecx: number, edx: number];

/** The processor's replies: CPUID by leaf and subleaf, and the lower word of XGETBV. */
export interface ProcessorQueries {
  cpuid(leaf: number, subleaf: number): CpuidLeaf;
  xgetbv(): number;
}

const has = (word: number, ...bits: readonly number[]): boolean => bits.every((bit) => ((word >>> bit) & 1) === 1);

// leaf 1, ecx
const FMA = 12;
const OSXSAVE = 27;
const AVX = 28;
// leaf 7, subleaf 0, ebx
const AVX2 = 5;
const AVX512F = 16;
const AVX512DQ = 17;
const AVX512BW = 30;
const AVX512VL = 31;
// leaf 7, subleaf 1, eax
const AVX512_BF16 = 5;
// XCR0: registers that the system saves
const XMM = 1;
const YMM = 2;
const MASKS = 5;
const ZMM_UPPER_HALVES = 6;
const ZMM_16_TO_31 = 7;

/** Decodes the features from the replies.
 *  Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, sections 14.3 and 15.2 to 15.4. */
export function readFeatures(processor: ProcessorQueries): CpuFeatures {
  const none = { avx2: false, avx512: false, bfloat16: false };
  const [lastLeaf] = processor.cpuid(0, 0);
  const [, , ecx] = processor.cpuid(1, 0);
  if (lastLeaf < 7 || !has(ecx, OSXSAVE, AVX, FMA)) return none;
  const saved = processor.xgetbv();
  const [lastSubleaf, ebx] = processor.cpuid(7, 0);
  if (!has(saved, XMM, YMM) || !has(ebx, AVX2)) return none;
  const avx512 = has(saved, MASKS, ZMM_UPPER_HALVES, ZMM_16_TO_31) && has(ebx, AVX512F, AVX512DQ, AVX512BW, AVX512VL);
  const bfloat16 = avx512 && lastSubleaf >= 1 && has(processor.cpuid(7, 1)[0], AVX512_BF16);
  return { avx2: true, avx512, bfloat16 };
}

/** The widest supported instruction set; undefined if the processor is too old. */
export function widestIsa({ avx2, avx512 }: CpuFeatures): NativeIsa | undefined {
  if (avx512) return "avx512";
  return avx2 ? "avx2" : undefined;
}
