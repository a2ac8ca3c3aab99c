import { readSecondLevelBytes } from "../../codegen/x64/caches.ts";
import { emitProcessorQueries } from "../../codegen/x64/cpuid.ts";
import { type CpuFeatures, type CpuidLeaf, type ProcessorQueries, readFeatures } from "../../codegen/x64/features.ts";
import type { Ffi } from "./ffi.ts";
import { MachineCode } from "./machine-code.ts";
import { PAGE_BYTES, type Platform } from "./platform/index.ts";

export interface DetectedProcessor {
  /** What it and its system offer. */
  readonly features: CpuFeatures;
  /** Bytes of the second-level cache of a core; undefined if CPUID does not say so. */
  readonly secondLevelBytes: number | undefined;
}

/** What the processor is, found by executing CPUID and XGETBV. */
export function detectProcessor(ffi: Ffi, platform: Platform): DetectedProcessor {
  const queries = emitProcessorQueries(platform.convention);
  const code = new MachineCode(ffi, platform, queries.bytes);
  const result = platform.allocate(PAGE_BYTES);
  try {
    const words = new Uint32Array(ffi.view(result, 16));
    const cpuid = code.callable(queries.cpuid, 3);
    const xgetbv = code.callable(queries.xgetbv, 1);
    const processor: ProcessorQueries = {
      cpuid: (leaf, subleaf) => {
        cpuid(leaf, subleaf, result);
        return [...words] as unknown as CpuidLeaf;
      },
      xgetbv: () => {
        xgetbv(result);
        return words[0] as number;
      },
    };
    return { features: readFeatures(processor), secondLevelBytes: readSecondLevelBytes(processor) };
  } finally {
    platform.free(result, PAGE_BYTES);
    code.free();
  }
}
