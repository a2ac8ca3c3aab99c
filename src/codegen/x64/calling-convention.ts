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

/** The calling convention of the system's compilers: System V on Linux and macOS, Microsoft's on Windows. */
export type CallingConvention = "systemV" | "windows";

interface Convention {
  /** registers of the first four arguments */
  readonly passed: readonly General[];
  /** registers that a function must preserve, besides rsp */
  readonly kept: readonly General[];
  /** vector registers whose lower 128 bits a function must preserve */
  readonly keptVectors: readonly Vector[];
  /** bytes above the return address that the called function may use */
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

/** MXCSR while a program runs: no exceptions, round to nearest, results and operands below 2^-126 in magnitude count as 0.
 *  Bits: flush to zero 15, rounding 13 and 14, masks 7 to 12, denormals are zeros 6, flags 0 to 5.
 *  Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, 10.2.3. */
export const PROGRAM_MXCSR = 0x9fc0;

/** Our own functions take their arguments as in System V. */
const OWN: readonly General[] = CONVENTIONS.systemV.passed;

export interface Frame {
  /** an 8-byte slot of the function, for values that must survive calls */
  local(index: number): ReturnType<typeof memory>;
  /** Restores the preserved registers, and returns. */
  leave(): void;
}

/** Begins a function that the system calls: saves the preserved registers, reserves locals, and moves the first arguments to rdi, rsi, rdx,
 *  rcx. In the body, rsp is a multiple of 16.
 *  @param arithmetic "program": PROGRAM_MXCSR controls vector arithmetic in the body; `leave` restores the caller's register, including
 *  its flags. */
export function enterFromSystem(
  a: Assembler,
  name: CallingConvention,
  parameters: number,
  locals: number,
  arithmetic: "caller" | "program" = "caller",
): Frame {
  const { kept, keptVectors, passed }: Convention = CONVENTIONS[name];
  for (const register of kept) a.push(register);
  const isProgram = arithmetic === "program";
  const [callersControl, ownControl] = [memory(rsp, locals * 8), memory(rsp, locals * 8 + 4)];
  const vectorsAt = (locals + (isProgram ? 1 : 0)) * 8;
  // the return address, the pushed registers and the frame together are a multiple of 16
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
  if (isProgram) {
    a.stmxcsr(callersControl);
    a.mov32(ownControl, PROGRAM_MXCSR);
    a.ldmxcsr(ownControl);
  }
  return {
    local: (index) => memory(rsp, index * 8),
    leave: () => {
      a.vzeroupper();
      if (isProgram) a.ldmxcsr(callersControl);
      keptVectors.forEach((vector, index) => {
        a.vector("vmovups", [vector, memory(rsp, vectorsAt + index * 16)]);
      });
      a.add(rsp, bytes);
      for (const register of [...kept].reverse()) a.pop(register);
      a.ret();
    },
  };
}
