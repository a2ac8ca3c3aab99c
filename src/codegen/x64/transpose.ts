import type { Emitter } from "./emitter.ts";
import type { Vector } from "./registers.ts";
import type { VectorName } from "./vector-table.ts";

type Combine = (to: Vector, a: Vector, b: Vector) => void;

/** Replaces two registers by two combinations of them. */
function exchange(e: Emitter, a: Vector, b: Vector, temporary: Vector, first: Combine, second: Combine): void {
  first(temporary, a, b);
  second(b, a, b);
  e.load(a, temporary);
}

function swap(e: Emitter, a: Vector, b: Vector, temporary: Vector): void {
  e.load(temporary, a);
  e.load(a, b);
  e.load(b, temporary);
}

function plain(e: Emitter, name: VectorName): Combine {
  return (to, a, b) => e.vector(name, [to, a, b]);
}

function shuffled(e: Emitter, name: VectorName, immediate: number): Combine {
  return (to, a, b) => e.vector(name, [to, a, b], { immediate });
}

/** Transposes a square of four by four parts. The first two combinations take low and high pairs of two rows; the other two combine pairs
 *  of pairs. */
function square(
  e: Emitter,
  [a, b, c, d]: readonly [Vector, Vector, Vector, Vector],
  temporary: Vector,
  [low, high, even, odd]: readonly [Combine, Combine, Combine, Combine],
): void {
  exchange(e, a, b, temporary, low, high);
  exchange(e, c, d, temporary, low, high);
  exchange(e, a, c, temporary, even, odd);
  exchange(e, b, d, temporary, even, odd);
  // they now hold columns 0, 2, 1, 3
  swap(e, b, c, temporary);
}

function four(rows: readonly Vector[], start: number, step: number): [Vector, Vector, Vector, Vector] {
  return [0, 1, 2, 3].map((k) => rows[start + k * step]) as [Vector, Vector, Vector, Vector];
}

/** Squares of single elements within each 128 bits. */
function elements(e: Emitter): [Combine, Combine, Combine, Combine] {
  return [plain(e, "vunpcklps"), plain(e, "vunpckhps"), plain(e, "vunpcklpd"), plain(e, "vunpckhpd")];
}

/** Squares of 128-bit blocks in 512-bit registers. */
function blocks(e: Emitter): [Combine, Combine, Combine, Combine] {
  return [0x44, 0xee, 0x88, 0xdd].map((immediate) => shuffled(e, "vshuff32x4", immediate)) as [
    Combine,
    Combine,
    Combine,
    Combine,
  ];
}

/** Sixteen rows of sixteen, or eight of eight. */
export function transpose(e: Emitter, rows: readonly Vector[], temporary: Vector): void {
  for (let start = 0; start < rows.length; start += 4) square(e, four(rows, start, 1), temporary, elements(e));
  if (rows.length === 16) {
    for (let start = 0; start < 4; start++) square(e, four(rows, start, 4), temporary, blocks(e));
    return;
  }
  for (let start = 0; start < 4; start++) {
    const [a, b] = [rows[start] as Vector, rows[start + 4] as Vector];
    exchange(e, a, b, temporary, shuffled(e, "vperm2f128", 0x20), shuffled(e, "vperm2f128", 0x31));
  }
}

/** Four registers of 128-bit blocks: block k of the row of all four becomes block k / 4 of register k mod 4. */
export function interleaveBlocks(e: Emitter, registers: readonly Vector[], temporary: Vector): void {
  const [a, b, c, d] = registers as readonly [Vector, Vector, Vector, Vector];
  if (e.isWide) {
    square(e, [a, b, c, d], temporary, blocks(e));
    return;
  }
  // a0 b0 | c0 d0 | a1 b1 | c1 d1
  exchange(e, a, b, temporary, shuffled(e, "vperm2f128", 0x20), shuffled(e, "vperm2f128", 0x31));
  exchange(e, c, d, temporary, shuffled(e, "vperm2f128", 0x20), shuffled(e, "vperm2f128", 0x31));
  swap(e, b, c, temporary);
}
