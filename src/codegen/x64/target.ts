import type { Target } from "../program.ts";

/** Instruction sets that machine code is emitted for. */
export type NativeIsa = "avx2" | "avx512";

/** What programs are built for: of AVX2's sixteen registers all may be live; AVX-512 has thirty-two, and the emitter keeps one for itself. */
export const NATIVE_TARGETS = {
  avx512: { name: "avx512", lanes: 16, registers: 31, fusedMultiplyAdd: true, flushesSubnormals: true },
  avx2: { name: "avx2", lanes: 8, registers: 16, fusedMultiplyAdd: true, flushesSubnormals: true },
} as const satisfies Readonly<Record<NativeIsa, Target>>;
