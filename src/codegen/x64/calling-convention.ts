import type { Assembler } from "./assembler.ts";
import {
  type General,
  memory,
  r8,
  r9,
  r12,
  r13,
  r14,
  r15,
  rbp,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
  type Vector,
  xmm,
} from "./registers.ts";

/** How functions of the system's compilers are called: System V on Linux and macOS, Microsoft's on Windows. */
export type CallingConvention = "systemV" | "windows";

interface Convention {
  /** where the first four arguments come */
  readonly passed: readonly General[];
  /** what a function must leave as it was, besides rsp */
  readonly kept: readonly General[];
  /** of these the lower 128 bits */
  readonly keptVectors: readonly Vector[];
  /** bytes above the return address that the called function may use as it likes */
  readonly shadowBytes: number;
}

export const CONVENTIONS = {
  systemV: { passed: [rdi, rsi, rdx, rcx], kept: [rbx, rbp, r12, r13, r14, r15], keptVectors: [], shadowBytes: 0 },
  windows: {
    passed: [rcx, rdx, r8, r9],
    kept: [rbx, rbp, rdi, rsi, r12, r13, r14, r15],
    keptVectors: xmm.slice(6, 16),
    shadowBytes: 32,
  },
} as const satisfies Readonly<Record<CallingConvention, Convention>>;

/** Our own functions take their arguments as System V does. */
const OWN: readonly General[] = CONVENTIONS.systemV.passed;

export interface Frame {
  /** a place of the function's own, 8 bytes, for what must survive calls */
  local(index: number): ReturnType<typeof memory>;
  /** Restores what was kept, and returns. */
  leave(): void;
}

/** Begins a function that the system calls: keeps what it must, makes room for locals, and moves the first arguments to rdi, rsi, rdx, rcx.
 *  Within, rsp is a multiple of 16. */
export function enterFromSystem(a: Assembler, name: CallingConvention, parameters: number, locals: number): Frame {
  const { kept, keptVectors, passed }: Convention = CONVENTIONS[name];
  for (const register of kept) a.push(register);
  const vectorsAt = locals * 8;
  // with the return address, what is pushed and the frame together are a multiple of 16
  const pushed = (kept.length + 1) * 8;
  const bytes = Math.ceil((pushed + vectorsAt + keptVectors.length * 16) / 16) * 16 - pushed;
  a.sub(rsp, bytes);
  keptVectors.forEach((vector, index) => {
    a.vector("vmovupsStore", [memory(rsp, vectorsAt + index * 16), vector]);
  });
  for (let index = 0; index < parameters; index++) {
    const [from, to] = [passed[index] as General, OWN[index] as General];
    if (from !== to) a.mov(to, from);
  }
  return {
    local: (index) => memory(rsp, index * 8),
    leave: () => {
      a.vzeroupper();
      keptVectors.forEach((vector, index) => {
        a.vector("vmovups", [vector, memory(rsp, vectorsAt + index * 16)]);
      });
      a.add(rsp, bytes);
      for (const register of [...kept].reverse()) a.pop(register);
      a.ret();
    },
  };
}
