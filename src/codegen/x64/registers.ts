/** A 64-bit general register; instructions on its low 32 bits are named accordingly. */
export interface General {
  readonly kind: "general";
  readonly code: number;
  readonly name: string;
}

/** A vector register at one of its widths. */
export interface Vector {
  readonly kind: "vector";
  readonly code: number;
  readonly bits: 128 | 256 | 512;
  readonly name: string;
}

/** An AVX-512 mask register. */
export interface Mask {
  readonly kind: "mask";
  readonly code: number;
  readonly name: string;
}

/** A position in the code or in the constants after it; known once it is bound. */
export interface Label {
  readonly kind: "label";
  readonly id: number;
}

/** base + index * scale + displacement, or a label's own address plus the displacement. */
export interface Memory {
  readonly kind: "memory";
  readonly base: General | Label;
  readonly index?: General | Vector | undefined;
  readonly scale: 1 | 2 | 4 | 8;
  readonly displacement: number;
  /** one element into every lane of the operation (AVX-512) */
  readonly broadcast?: boolean | undefined;
}

/** Where a 64-bit operand is. */
export type Place = General | Memory;

function general(code: number, name: string): General {
  return { kind: "general", code, name };
}

export const rax: General = general(0, "rax");
export const rcx: General = general(1, "rcx");
export const rdx: General = general(2, "rdx");
export const rbx: General = general(3, "rbx");
export const rsp: General = general(4, "rsp");
export const rbp: General = general(5, "rbp");
export const rsi: General = general(6, "rsi");
export const rdi: General = general(7, "rdi");
export const r8: General = general(8, "r8");
export const r9: General = general(9, "r9");
export const r10: General = general(10, "r10");
export const r11: General = general(11, "r11");
export const r12: General = general(12, "r12");
export const r13: General = general(13, "r13");
export const r14: General = general(14, "r14");
export const r15: General = general(15, "r15");

/** By code. */
export const generals: readonly General[] = [
  rax,
  rcx,
  rdx,
  rbx,
  rsp,
  rbp,
  rsi,
  rdi,
  r8,
  r9,
  r10,
  r11,
  r12,
  r13,
  r14,
  r15,
];

function vectors(bits: Vector["bits"], letter: string): readonly Vector[] {
  return Array.from({ length: 32 }, (_, code) => ({ kind: "vector", code, bits, name: `${letter}mm${code}` }));
}

/** By code and width; those from 16 on need AVX-512. */
export const xmm: readonly Vector[] = vectors(128, "x");
export const ymm: readonly Vector[] = vectors(256, "y");
export const zmm: readonly Vector[] = vectors(512, "z");

/** k0 to k7; k0 cannot hold a condition, because its number means "all lanes". */
export const masks: readonly Mask[] = Array.from({ length: 8 }, (_, code) => ({
  kind: "mask",
  code,
  name: `k${code}`,
}));

export function memory(
  base: General | Label,
  displacement = 0,
  index?: General | Vector,
  scale: Memory["scale"] = 1,
): Memory {
  return { kind: "memory", base, index, scale, displacement, broadcast: undefined };
}

/** The same place, with its one element broadcast to every lane. */
export function broadcastOf(place: Memory): Memory {
  return { ...place, broadcast: true };
}

const LOW_HALF: Readonly<Record<string, string>> = {
  rax: "eax",
  rcx: "ecx",
  rdx: "edx",
  rbx: "ebx",
  rsp: "esp",
  rbp: "ebp",
  rsi: "esi",
  rdi: "edi",
};

/** The name of the low 32 bits of a general register. */
export function lowName({ name }: General): string {
  return LOW_HALF[name] ?? `${name}d`;
}
