import type { FastBinary, FloatBinary, IntBinary, IntShift, Register } from "../program.ts";
import { type Emitter, low } from "./emitter.ts";
import type { Of, Simple } from "./flatten.ts";
import { type Memory, rax, type Vector } from "./registers.ts";
import type { Rule, Rules } from "./rule.ts";
import type { VectorName } from "./vector-table.ts";

/** Immediates of vroundps: the mode, and "do not report inexact results". */
const ROUNDING = { nearest: 8, floor: 9, ceil: 10, trunc: 11 } as const;

const FLOAT_BINARY = {
  add: "vaddps",
  sub: "vsubps",
  mul: "vmulps",
  div: "vdivps",
  fastMin: "vminps",
  fastMax: "vmaxps",
} as const satisfies Readonly<Record<Exclude<FloatBinary | FastBinary, "min" | "max">, VectorName>>;

const INT_BINARY = {
  iadd: "vpaddd",
  isub: "vpsubd",
  imul: "vpmulld",
  and: "vpand",
  or: "vpor",
  xor: "vpxor",
  imin: "vpminsd",
  imax: "vpmaxsd",
} as const satisfies Readonly<Record<Exclude<IntBinary, "umulHigh">, VectorName>>;

const SHIFTS = { shl: "vpslld", shr: "vpsrld", sar: "vpsrad" } as const satisfies Readonly<
  Record<IntShift, VectorName>
>;

const COMMUTES: ReadonlySet<string> = new Set([
  "vaddps",
  "vmulps",
  "vpaddd",
  "vpmulld",
  "vpand",
  "vpor",
  "vpxor",
  "vpminsd",
  "vpmaxsd",
]);

/** to = a (name) b; either may be in memory. */
function binary(e: Emitter, name: VectorName, to: Register, a: Register, b: Register): void {
  const [first, second] = COMMUTES.has(name) && !e.isInRegister(a) && e.isInRegister(b) ? [b, a] : [a, b];
  const left = e.read(first);
  e.vector(name, [e.write(to), left, e.operand(second)]);
}

/** min and max that return NaN if either side is NaN, and distinguish the zeros. The instruction returns its second operand for NaNs and
 *  for equal zeros, so both orders are computed and combined. */
export function exactMinMax(e: Emitter, kind: "min" | "max", to: Vector, a: Vector, b: Vector, other: Vector): void {
  const name = kind === "min" ? "vminps" : "vmaxps";
  e.vector(name, [other, b, a]);
  e.vector(name, [to, a, b]);
  if (kind === "min") {
    // keeps a sign bit, or all exponent bits of a NaN, from either side
    e.vector("vpor", [to, to, other]);
    return;
  }
  // equal: the difference is zero. Zeros of both signs: -0 - (-0) = +0. A NaN: NaN - … = NaN
  e.vector("vpxor", [other, other, to]);
  e.vector("vpor", [to, to, other]);
  e.vector("vsubps", [to, to, other]);
}

/** to = a * b + c or c - a * b, in the form that needs no extra move. */
function multiplyAdd(e: Emitter, { op, to, a, b, c }: Of<"multiplyAdd" | "negMultiplyAdd">): void {
  const form = (digits: "213" | "231"): VectorName => `${op === "multiplyAdd" ? "vfmadd" : "vfnmadd"}${digits}ps`;
  const [first, second] = e.isInRegister(a) ? [a, b] : [b, a];
  if (e.isSame(to, c)) {
    const sum = e.update(to);
    e.vector(form("231"), [sum, e.read(first), e.operand(second)]);
  } else if (e.isSame(to, a) || e.isSame(to, b)) {
    const [own, other] = e.isSame(to, a) ? [a, b] : [b, a];
    // `own` is changed in place, in the register of `to`
    const product = own.id === to.id ? e.update(to) : e.write(to);
    if (e.isInRegister(other)) e.vector(form("213"), [product, e.read(other), e.operand(c)]);
    else if (e.isInRegister(c)) {
      const factor = e.operand(other);
      e.vector(op === "multiplyAdd" ? "vfmadd132ps" : "vfnmadd132ps", [product, e.read(c), factor]);
    } else e.vector(form("213"), [product, e.read(other), e.operand(c)]);
  } else {
    const sum = e.write(to);
    e.load(sum, e.operand(c));
    e.vector(form("231"), [sum, e.read(first), e.operand(second)]);
  }
}

/** The value of a constant instruction, unless its uses read it from memory. */
function constant(e: Emitter, instruction: Simple & { readonly to: Register }): void {
  if (!e.isInRegister(instruction.to)) return;
  const to = e.write(instruction.to);
  const isZero = "value" in instruction && Object.is(instruction.value, 0);
  if (isZero) e.vector("vpxor", [to, to, to]);
  else e.load(to, e.constantOperand(instruction));
}

export function move(e: Emitter, to: Register, from: Register): void {
  if (e.isInRegister(to)) e.load(e.write(to), e.operand(from));
  else {
    const value = e.read(from);
    e.vector("vmovupsStore", [e.operand(to) as Memory, value]);
  }
}

/** Rules for instructions with the same form in both widths. */
export const sharedRules = {
  floatConstant: { emit: constant },
  intConstant: { emit: constant },
  intRamp: { emit: constant },
  unary: {
    emit: (e, { kind, to, a }) => {
      if (kind === "sqrt") e.vector("vsqrtps", [e.write(to), e.operand(a)]);
      else if (kind === "neg") e.vector("vpxor", [e.write(to), e.read(a), e.ints(-0x80000000)]);
      else if (kind === "abs") e.vector("vpand", [e.write(to), e.read(a), e.ints(0x7fffffff)]);
      else e.vector("vroundps", [e.write(to), e.operand(a)], { immediate: ROUNDING[kind] });
    },
  },
  binary: {
    needs: ({ kind }) => (kind === "min" || kind === "max" ? { vectors: 1, early: true } : {}),
    emit: (e, { kind, to, a, b }) => {
      if (kind !== "min" && kind !== "max") binary(e, FLOAT_BINARY[kind], to, a, b);
      else exactMinMax(e, kind, e.write(to), e.read(a), e.read(b), e.temporary());
    },
  },
  multiplyAdd: { emit: multiplyAdd },
  negMultiplyAdd: { emit: multiplyAdd },
  intShift: {
    emit: (e, { kind, to, a, bits }) => {
      const value = e.isWide ? e.operand(a, true) : e.read(a);
      e.vector(SHIFTS[kind], [e.write(to), value], { immediate: bits });
    },
  },
  bitcast: { emit: (e, { to, a }) => move(e, to, a) },
  firstLane: {
    emit: (e, { to, a }) => {
      e.assembler.vmovdToGeneral(rax, low(e.read(a), 128));
      const place = e.indexPlace(to);
      if (place.kind === "general") e.assembler.movsxd(place, rax);
      else {
        e.assembler.movsxd(rax, rax);
        e.assembler.mov(place, rax);
      }
    },
  },
  prefetch: { emit: (e, { base, offset }) => e.assembler.prefetch(e.place(base, offset)) },
  load: { emit: (e, { to, base, offset }) => e.vector("vmovups", [e.write(to), e.place(base, offset)]) },
  loadSplat: { emit: (e, { to, base, offset }) => e.vector("vbroadcastss", [e.write(to), e.place(base, offset)]) },
} satisfies Partial<Rules>;

/** @param joinHalves `even` holds the high halves of the even lanes' products in its even lanes, and 0 in its odd lanes; `odd` holds those
 *  of the odd lanes in place, with other bits in its even lanes. */
export function intBinaryRule(
  joinHalves: (e: Emitter, to: Vector, even: Vector, odd: Vector) => void,
): Rule<Of<"intBinary">> {
  return {
    needs: ({ kind }) => (kind === "umulHigh" ? { vectors: 2, early: true } : {}),
    emit: (e, { kind, to, a, b }) => {
      if (kind !== "umulHigh") {
        binary(e, INT_BINARY[kind], to, a, b);
        return;
      }
      const [even, odd] = [e.temporary(0), e.temporary(1)];
      const [left, right] = [e.read(a), e.read(b)];
      // the instruction multiplies only even lanes: shift both sides to move odd lanes to even ones
      e.vector("vpsrlq", [even, right], { immediate: 32 });
      e.vector("vpsrlq", [odd, left], { immediate: 32 });
      e.vector("vpmuludq", [odd, odd, even]);
      e.vector("vpmuludq", [even, left, right]);
      e.vector("vpsrlq", [even, even], { immediate: 32 });
      joinHalves(e, e.write(to), even, odd);
    },
  };
}
