import type { Target } from "../program.ts";

/** Supported instruction sets. */
export type NativeIsa = "avx2" | "avx512";

/** The targets of programs: all of AVX2's sixteen registers may be live; of AVX-512's thirty-two, the emitter keeps one for itself. */
export const NATIVE_TARGETS = {
  avx512: { name: "avx512", lanes: 16, registers: 31, fusedMultiplyAdd: true, flushesSubnormals: true },
  avx2: { name: "avx2", lanes: 8, registers: 16, fusedMultiplyAdd: true, flushesSubnormals: true },
} as const satisfies Readonly<Record<NativeIsa, Target>>;
