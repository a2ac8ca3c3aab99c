import { Assembler } from "../../src/codegen/x64/assembler.ts";
import { type CallingConvention, enterFromSystem } from "../../src/codegen/x64/calling-convention.ts";
import { rax, rcx, rdi, rdx, rsi } from "../../src/codegen/x64/registers.ts";

/** A function of C, call(kernel, arguments, begin, end), that calls a kernel as thread 0.
 *  @param arithmetic as in `enterFromSystem`. */
export function emitKernelCall(name: CallingConvention, arithmetic: "caller" | "program" = "caller"): Uint8Array {
  const a = new Assembler();
  const frame = enterFromSystem(a, name, 4, 1, arithmetic);
  a.mov(rax, rdi);
  a.mov(rdi, rsi);
  a.mov(rsi, rdx);
  a.mov(rdx, rcx);
  a.xor(rcx, rcx);
  a.call(rax);
  frame.leave();
  return a.code.finish();
}
