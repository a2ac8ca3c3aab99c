// A few uses of every instruction, for instructions.txt.
import type { Assembler } from "../../../src/codegen/x64/assembler.ts";
import type { Label } from "../../../src/codegen/x64/registers.ts";
import { broadcastOf, memory, r9, r12, rax, rbp, rcx, rdx, rsi, rsp } from "../../../src/codegen/x64/registers.ts";
import { type VectorName, type VectorSpec, vectorTable } from "../../../src/codegen/x64/vector-table.ts";
import {
  arithmetics,
  conditions,
  maskBinaries,
  maskOf,
  type Operand,
  operandsOf,
  registerPlace,
  shifts,
  vectorNames,
  vectorOf,
} from "./cases.ts";

/** An instruction from the table with both prefixes, with registers and memory, at its greatest width. */
function sampleVector(a: Assembler, name: VectorName): void {
  const spec: VectorSpec = vectorTable[name];
  const { layout, place, widths, maskable, intoMask, extent } = spec;
  const write = (
    isEvex: boolean,
    bits: number,
    codes: readonly [number, number, number],
    at: Operand,
    rest = {},
  ): void =>
    a.vector(name, operandsOf(spec, isEvex, bits, codes, at), {
      ...(layout.immediate ? { immediate: 1 } : {}),
      ...(layout.selector ? { selector: vectorOf(bits, 4) } : {}),
      ...rest,
    });
  if (spec.vex !== undefined) {
    const bits = widths & 256 ? 256 : 128;
    if (place !== "memory") write(false, bits, [0, 1, 2], registerPlace(spec, bits, 2));
    if (layout.register >= 0) write(false, bits, [9, 10, 11], memory(rsi, 64));
  }
  if (spec.evex !== undefined) {
    const bits = widths & 512 ? 512 : 128;
    const mask = maskable ? { mask: maskOf(2) } : {};
    if (place !== "memory") write(true, bits, [17, 18, 19], registerPlace(spec, bits, 19));
    write(true, bits, [30, 20, 10], memory(r12, 64, r9, 4), mask);
    if (extent === "full") write(true, bits, [1, 2, 3], broadcastOf(memory(rbp, 4)));
    if (maskable && !intoMask && place === "either") {
      write(true, bits, [1, 2, 3], registerPlace(spec, bits, 3), { ...mask, zero: true });
    }
  }
}

function sampleGeneral(a: Assembler): void {
  const place = memory(rsp, 8);
  const far = memory(r12, -4096, r9, 8);
  a.mov(rax, r9);
  a.mov(rdx, place);
  a.mov(far, rcx);
  a.mov(r9, -1);
  a.mov(place, 7);
  a.mov(r9, 0x123456789abcdef0n);
  a.mov32(rax, rcx);
  a.mov32(r9, far);
  a.mov32(place, rdx);
  a.mov32(rcx, 0xffffffff);
  a.movsxd(rax, r9);
  a.movsxd(r9, place);
  a.lea(rax, far);
  a.push(rbp);
  a.push(r12);
  a.pop(r12);
  a.pop(rbp);
  for (const condition of conditions) a.cmov(condition, rax, r9);
  for (const kind of arithmetics) {
    a.arithmetic(kind, rax, r9);
    a.arithmetic(kind, place, rcx);
    a.arithmetic(kind, rcx, place);
    a.arithmetic(kind, r12, 64);
    a.arithmetic(kind, rcx, 4096);
    a.arithmetic32(kind, place, -1);
  }
  a.test(rax, rax);
  a.test32(r9, rcx);
  a.neg(rdx);
  a.imul(rax, place);
  a.imul(rax, r9, 12);
  a.imul(rax, r9, 1000);
  a.cqo();
  a.idiv(rcx);
  for (const kind of shifts) a.shift(kind, r9, 3);
  a.shlx(rax, r9, rcx);
  a.call(rax);
  a.call(place);
  a.jmp(r9);
  a.lockXadd32(place, rax);
  a.lockAdd32(place, 1);
  a.lockAdd32(place, 1000);
  a.xchg32(place, rcx);
  a.pause();
  a.mfence();
  a.syscall();
  a.cpuid();
  a.xgetbv();
  a.ldmxcsr(place);
  a.ldmxcsr(memory(rsp, 4));
  a.stmxcsr(place);
  a.stmxcsr(memory(rsp));
  a.prefetch(far);
  a.prefetch(far, true);
  a.ret();
}

function sampleJumps(a: Assembler, far: Label): void {
  const [start, end] = [a.label(), a.label()];
  a.bind(start);
  for (const condition of conditions) {
    a.jcc(condition, start);
    a.jcc(condition, end);
  }
  a.jmp(start);
  a.jmp(end);
  a.call(end);
  a.jmp(far);
  a.jcc("l", far);
  a.vector("vaddps", [vectorOf(256, 1), vectorOf(256, 2), memory(end, 32)]);
  a.vector("vshufps", [vectorOf(256, 1), vectorOf(256, 2), memory(start)], { immediate: 0x4e });
  a.lea(rax, memory(start));
  a.code.align(64);
  a.bind(end);
}

/** Every instruction that the assembler can write, at least once. */
export function writeSamples(a: Assembler): void {
  const beginning = a.label();
  a.bind(beginning);
  for (const name of vectorNames) sampleVector(a, name);
  const high = memory(r12, 64, vectorOf(512, 31), 4);
  a.vgatherdps(vectorOf(256, 0), memory(rax, 64, vectorOf(256, 9), 4), vectorOf(256, 2));
  a.vgatherdps(vectorOf(512, 17), high, maskOf(1));
  a.vscatterdps(high, vectorOf(512, 17), maskOf(1));
  for (const code of [1, 17]) {
    a.vmovd(vectorOf(128, code), r9);
    a.vmovdToGeneral(rax, vectorOf(128, code));
    a.vpbroadcastdGeneral(vectorOf(512, code), r9);
  }
  a.vzeroupper();
  a.kmovFromGeneral(maskOf(1), r9);
  a.kmovToGeneral(rax, maskOf(2));
  a.kmov(maskOf(1), maskOf(2));
  a.kload(maskOf(1), memory(rsp, 8));
  a.kstore(memory(r12, 8), maskOf(2));
  a.knot(maskOf(1), maskOf(2));
  for (const kind of maskBinaries) a.kbinary(kind, maskOf(1), maskOf(2), maskOf(3));
  sampleGeneral(a);
  sampleJumps(a, beginning);
}
