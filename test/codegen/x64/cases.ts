// Uses of every instruction of the assembler, which are compared with a disassembler and listed in instructions.txt.
import type { Assembler } from "../../../src/codegen/x64/assembler.ts";
import type { Arithmetic, Condition, Shift } from "../../../src/codegen/x64/general-assembler.ts";
import type { General, Label, Mask, Memory, Place, Vector } from "../../../src/codegen/x64/registers.ts";
import {
  broadcastOf,
  generals,
  masks,
  memory,
  r8,
  r9,
  r12,
  r13,
  r15,
  rax,
  rbp,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
  xmm,
  ymm,
  zmm,
} from "../../../src/codegen/x64/registers.ts";
import { placeBits, type VectorName, type VectorSpec, vectorTable } from "../../../src/codegen/x64/vector-table.ts";

export type Operand = General | Vector | Mask | Memory;
type Bits = Vector["bits"];

export const vectorNames = Object.keys(vectorTable) as VectorName[];
const WIDTHS: readonly Bits[] = [128, 256, 512];
export const conditions: readonly Condition[] = ["b", "ae", "e", "ne", "be", "a", "l", "ge", "le", "g"];
export const arithmetics: readonly Arithmetic[] = ["add", "or", "and", "sub", "xor", "cmp"];
export const shifts: readonly Shift[] = ["shl", "shr", "sar"];
export const maskBinaries = ["and", "or", "xor", "xnor", "andn"] as const;

export function vectorOf(bits: number, code: number): Vector {
  return (bits === 512 ? zmm : bits === 256 ? ymm : xmm)[code] as Vector;
}

export function maskOf(code: number): Mask {
  return masks[code] as Mask;
}

/** Register numbers on both sides of each bit in a prefix, without repeats in an instruction. */
const LOW_CODES = [
  [0, 1, 2],
  [7, 8, 9],
  [8, 7, 15],
  [15, 12, 6],
] as const;
const HIGH_CODES = [
  [16, 1, 2],
  [0, 17, 2],
  [0, 1, 18],
  [31, 24, 23],
  [15, 23, 8],
  [24, 7, 31],
] as const;

/** Bases that need a second byte or a displacement, indices, and displacements that do or do not fit into a byte, directly or divided. */
export function placesOf(label: Label): Memory[] {
  const displacements = [0, 8, 64, 127, 128, 512, 4096, 8128, 8192, -1, -4, -64, -128, -129, -8192, 0x7fffffff];
  const bases = [rax, rbp, r13, rsp, r12, r15];
  return [
    ...bases.flatMap((base) => [0, 8, 64, 4096, -64].map((displacement) => memory(base, displacement))),
    ...displacements.map((displacement) => memory(rdi, displacement)),
    ...bases.flatMap((base) => [memory(base, 0, rcx, 4), memory(base, 16, r9, 1), memory(base, -320, r12, 8)]),
    memory(rbx, 0, rbp, 2),
    memory(r8, 1024, r13, 2),
    memory(label),
    memory(label, 24),
    memory(label, -8),
  ];
}

/** The operands of an instruction from the table, with a given operand in the place of memory. */
export function operandsOf(
  { layout, intoMask }: VectorSpec,
  isEvex: boolean,
  bits: number,
  [register, second]: readonly [number, number, number],
  place: Operand,
): Operand[] {
  const operands: Operand[] = [];
  operands[layout.place] = place;
  if (layout.register >= 0) {
    operands[layout.register] = intoMask && isEvex ? maskOf(register % 8) : vectorOf(bits, register);
  }
  if (layout.second >= 0) operands[layout.second] = vectorOf(bits, second);
  return operands;
}

export function registerPlace({ place, extent }: VectorSpec, bits: number, code: number): Operand {
  return place === "general" ? (generals[code % 16] as General) : vectorOf(placeBits(extent, bits), code);
}

/** One instruction from the table in every form. */
export function sweepVector(a: Assembler, name: VectorName, label: Label): void {
  const spec: VectorSpec = vectorTable[name];
  const { layout } = spec;
  const hasVex = spec.vex !== undefined;
  const hasEvex = spec.evex !== undefined;
  let count = 0;
  const immediates = spec.extent === "full" ? [0, 1, 0x1f, 0x55, 0xff] : [0, 1];
  for (const bits of WIDTHS.filter((width) => (spec.widths & width) !== 0)) {
    const canVex = hasVex && bits !== 512;
    const write = (isEvex: boolean, codes: readonly [number, number, number], place: Operand, rest = {}): void =>
      a.vector(name, operandsOf(spec, isEvex, bits, codes, place), {
        ...(layout.immediate ? { immediate: immediates[count++ % immediates.length] as number } : {}),
        ...(layout.selector ? { selector: vectorOf(bits, (count++ * 5) % 16) } : {}),
        ...rest,
      });
    // a mask destination always needs EVEX; other instructions use EVEX only for new features
    const encodings = [...(canVex ? [false] : []), ...(hasEvex && (!canVex || spec.intoMask) ? [true] : [])];
    for (const isEvex of encodings) {
      if (spec.place !== "memory")
        for (const codes of LOW_CODES) write(isEvex, codes, registerPlace(spec, bits, codes[2]));
      const needsEvex = layout.register < 0;
      if (needsEvex && !hasEvex) continue;
      for (const place of placesOf(label)) write(isEvex, LOW_CODES[count++ % 4] as (typeof LOW_CODES)[0], place);
    }
    if (!hasEvex) continue;
    for (const codes of HIGH_CODES) {
      const isAnyHigh = (spec.intoMask ? codes.slice(1) : codes).some((code) => code >= 16);
      if (!isAnyHigh) continue;
      if (spec.place !== "memory") write(true, codes, registerPlace(spec, bits, codes[2]));
      // without the third register, some combinations have no high register
      const inMemory = [memory(r12, 64, r15, 4), memory(rsp, -bits / 8), memory(label, 4)];
      const isHigh =
        (!spec.intoMask && layout.register >= 0 && codes[0] >= 16) || (layout.second >= 0 && codes[1] >= 16);
      if (isHigh || spec.intoMask || !canVex) for (const place of inMemory) write(true, codes, place);
    }
    if (layout.register >= 0 && (!canVex || !spec.intoMask)) {
      for (const place of placesOf(label)) write(true, HIGH_CODES[3], place);
    }
    const isStore = layout.place === 0;
    if (spec.maskable) {
      for (const code of [1, 5, 7]) {
        const mask = maskOf(code);
        const codes = (code === 5 ? HIGH_CODES[3] : LOW_CODES[1]) as readonly [number, number, number];
        if (spec.place === "either") {
          write(true, codes, registerPlace(spec, bits, codes[2]), { mask });
          if (!spec.intoMask) write(true, codes, registerPlace(spec, bits, codes[2]), { mask, zero: true });
        }
        write(true, codes, memory(rsi, bits / 8), { mask });
        if (!isStore && !spec.intoMask) write(true, codes, memory(rsi, -bits / 8, r9, 2), { mask, zero: true });
      }
    }
    if (spec.extent === "full") {
      for (const place of placesOf(label))
        write(true, LOW_CODES[count++ % 4] as (typeof LOW_CODES)[0], broadcastOf(place));
      if (spec.maskable) write(true, HIGH_CODES[3], broadcastOf(memory(rbp, 508)), { mask: maskOf(3) });
    }
  }
}

/** Vector and mask instructions outside the table. */
export function sweepOthers(a: Assembler, label: Label): void {
  for (const code of [0, 7, 8, 15, 16, 24, 31]) {
    for (const general of generals) {
      a.vmovd(vectorOf(128, code), general);
      a.vmovdToGeneral(general, vectorOf(128, code));
    }
    for (const bits of WIDTHS)
      for (const general of [rax, rdi, r8, r15]) a.vpbroadcastdGeneral(vectorOf(bits, code), general);
  }
  for (const bits of WIDTHS) {
    for (const codes of [...LOW_CODES, ...HIGH_CODES]) {
      for (const base of [rax, rbp, r13, rsp, r12]) {
        for (const displacement of [0, 4, 8, 508, 512, -512, -516]) {
          const place = memory(base, displacement, vectorOf(bits, codes[1]), 4);
          a.vgatherdps(vectorOf(bits, codes[0]), place, maskOf(1));
          a.vscatterdps(place, vectorOf(bits, codes[0]), maskOf(7));
          if (bits !== 512 && Math.max(...codes) < 16) {
            a.vgatherdps(vectorOf(bits, codes[0]), place, vectorOf(bits, codes[2]));
          }
        }
      }
    }
    for (const scale of [1, 2, 4, 8] as const) {
      a.vgatherdps(vectorOf(bits, 3), memory(r9, 12, vectorOf(bits, 31), scale), maskOf(2));
      a.vscatterdps(memory(r9, 12, vectorOf(bits, 31), scale), vectorOf(bits, 3), maskOf(2));
    }
  }
  a.vzeroupper();
  for (const to of [rax, rdi, r8, r15]) for (const by of [rcx, r9]) a.shlx(to, rdx, by);
  a.shlx(rax, r12, r13);
  for (const mask of masks) {
    for (const general of generals) {
      a.kmovFromGeneral(mask, general);
      a.kmovToGeneral(general, mask);
    }
    a.kmov(mask, maskOf(7 - mask.code));
    a.knot(mask, maskOf(7 - mask.code));
    for (const kind of maskBinaries) a.kbinary(kind, mask, maskOf(7 - mask.code), maskOf((mask.code + 3) % 8));
    for (const place of placesOf(label)) {
      a.kload(mask, place);
      a.kstore(place, mask);
    }
  }
}

/** Instructions on general registers. */
export function sweepGeneral(a: Assembler, label: Label): void {
  const places: Place[] = [...generals, ...placesOf(label)];
  const numbers = [0, 1, -1, 127, 128, -128, -129, 0x12345678, 0x7fffffff, -0x80000000];
  for (const place of places) {
    for (const register of [rax, rsp, rdi, r8, r15]) {
      a.mov(place, register);
      a.mov(register, place);
      a.mov32(place, register);
      a.mov32(register, place);
      a.movsxd(register, place);
      a.imul(register, place);
      a.add(place, register);
      a.sub(register, place);
      a.and(place, register);
      a.xor(register, place);
      a.cmp(place, register);
      a.cmp32(register, place);
      if (place.kind === "memory") {
        a.lea(register, place);
        a.lockXadd32(place, register);
        a.xchg32(place, register);
      } else {
        a.test(place, register);
        a.test32(place, register);
      }
    }
    for (const condition of conditions) a.cmov(condition, rdx, place);
    a.cmov("l", r9, place);
    for (const kind of arithmetics) {
      a.arithmetic(kind, place, rcx);
      a.arithmetic32(kind, place, r9);
      a.arithmetic(kind, r9, place);
      a.arithmetic32(kind, rcx, place);
      for (const number of numbers) {
        a.arithmetic(kind, place, number);
        a.arithmetic32(kind, place, number);
      }
      a.arithmetic32(kind, place, 0xffffffff);
    }
    for (const number of numbers) {
      a.mov(place, number);
      a.mov32(place, number);
      a.imul(rdx, place, number);
      a.imul(r9, place, number);
      if (place.kind === "memory") a.lockAdd32(place, number);
    }
    a.mov32(place, 0xffffffff);
    for (const kind of shifts) for (const bits of [1, 3, 31, 63]) a.shift(kind, place, bits);
    a.neg(place);
    a.idiv(place);
    a.call(place);
    if (place.kind === "memory") {
      a.ldmxcsr(place);
      a.stmxcsr(place);
      a.prefetch(place);
      a.prefetch(place, true);
    } else {
      a.push(place);
      a.pop(place);
      a.jmp(place);
      for (const number of [0x80000000, 2 ** 53, -(2 ** 40), 1n, -1n, 0x123456789abcdef0n, 2n ** 64n - 1n])
        a.mov(place, number);
    }
  }
  a.cqo();
  a.ret();
  a.pause();
  a.mfence();
  a.syscall();
  a.cpuid();
  a.xgetbv();
}

/** Jumps over distances around the limit of a byte, backward and forward. */
export function sweepJumps(a: Assembler): void {
  const jump = (write: (to: Label) => void, filling: number): void => {
    const [start, end] = [a.label(), a.label()];
    a.bind(start);
    write(end);
    for (let rest = filling; rest > 0; rest--) a.ret();
    write(start);
    a.bind(end);
  };
  for (const filling of [0, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 1000]) {
    jump((to) => a.jmp(to), filling);
    jump((to) => a.jcc("ne", to), filling);
  }
  for (const condition of conditions) {
    jump((to) => a.jcc(condition, to), 0);
    jump((to) => a.jcc(condition, to), 200);
  }
  const [before, after] = [a.label(), a.label()];
  a.bind(before);
  a.call(after);
  a.call(before);
  a.bind(after);
}

/** No-ops of every size. */
export function sweepPadding(a: Assembler): void {
  for (let before = 0; before < 64; before++) {
    a.code.align(64);
    for (let rest = before; rest > 0; rest--) a.ret();
  }
}
