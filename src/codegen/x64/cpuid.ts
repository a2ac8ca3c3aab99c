import { Assembler } from "./assembler.ts";
import type { CallingConvention } from "./calling-convention.ts";
import { CONVENTIONS } from "./calling-convention.ts";
import { memory, r8, r10, rax, rbx, rcx, rdx } from "./registers.ts";

/** Code of two functions that query the processor:
 *    cpuid(leaf, subleaf, result)   eax, ebx, ecx, edx as four 32-bit words at `result`
 *    xgetbv(result)                 the register states that the system saves, as two words; only if CPUID reports OSXSAVE
 *  Runs on every x86-64 processor. */
export function emitProcessorQueries(convention: CallingConvention): {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly cpuid: number;
  readonly xgetbv: number;
} {
  const a = new Assembler();
  const [first, second, third] = CONVENTIONS[convention].passed as readonly [
    typeof rax,
    typeof rax,
    typeof rax,
    typeof rax,
  ];
  const cpuid = a.code.length;
  // the only register that CPUID changes and a function must preserve
  a.mov(r10, rbx);
  a.mov(r8, third);
  a.mov32(rax, first);
  a.mov32(rcx, second);
  a.cpuid();
  [rax, rbx, rcx, rdx].forEach((register, index) => {
    a.mov32(memory(r8, index * 4), register);
  });
  a.mov(rbx, r10);
  a.ret();
  a.code.align(16);
  const xgetbv = a.code.length;
  a.mov(r8, first);
  a.mov32(rcx, 0);
  a.xgetbv();
  a.mov32(memory(r8), rax);
  a.mov32(memory(r8, 4), rdx);
  a.ret();
  return { bytes: a.code.finish(), cpuid, xgetbv };
}
