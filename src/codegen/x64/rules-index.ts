import type { Index, Register } from "../program.ts";
import type { Emitter } from "./emitter.ts";
import type { Of } from "./flatten.ts";
import { fitsInt32 } from "./general-assembler.ts";
import { type General, memory, type Place, rax, rdx } from "./registers.ts";
import type { Rules } from "./rule.ts";

/** An operand of `cmp`, `add` and similar: a register, memory, or a 32-bit constant. A larger constant is moved to `scratch`. */
function source(e: Emitter, value: Index, scratch: General): Place | number {
  const place = e.index(value);
  if (typeof place !== "number" || fitsInt32(place)) return place;
  e.assembler.mov(scratch, place);
  return scratch;
}

function isPlace(a: Place | number, b: Place | number): boolean {
  if (typeof a === "number" || typeof b === "number") return false;
  if (a.kind === "general" || b.kind === "general") return a === b;
  return a.displacement === b.displacement;
}

/** The exponent of a constant that is a power of two. */
function exponentOf(value: Index): number | undefined {
  if (typeof value !== "number" || value < 1 || value > 0x40000000) return undefined;
  const exponent = Math.log2(value);
  return Number.isInteger(exponent) ? exponent : undefined;
}

function addOrSubtract(e: Emitter, { kind, to, a, b }: Of<"index">): void {
  const a64 = e.assembler;
  const name = kind === "add" ? "add" : "sub";
  const target = e.indexPlace(to);
  const left = e.index(a);
  const right = source(e, b, rdx);
  if (isPlace(target, left) && !(target.kind === "memory" && typeof right !== "number" && right.kind === "memory")) {
    a64.arithmetic(name, target, right);
    return;
  }
  if (target.kind === "general" && typeof left !== "number" && left.kind === "general") {
    if (typeof right === "number") {
      const displacement = kind === "add" ? right : -right;
      if (fitsInt32(displacement)) {
        a64.lea(target, memory(left, displacement));
        return;
      }
    } else if (kind === "add" && right.kind === "general") {
      a64.lea(target, memory(left, 0, right));
      return;
    }
  }
  a64.mov(rax, left);
  a64.arithmetic(name, rax, right);
  a64.mov(target, rax);
}

/** Rounds towards zero, as on all targets. */
function divide(e: Emitter, { kind, a, b }: Of<"index">): General {
  const a64 = e.assembler;
  a64.mov(rax, e.index(a));
  const exponent = exponentOf(b);
  if (exponent !== undefined) {
    // add divisor - 1 to a negative number first
    const divisor = 2 ** exponent;
    a64.mov(rdx, rax);
    a64.shift("sar", rdx, 63);
    a64.and(rdx, divisor - 1);
    a64.add(rax, rdx);
    if (kind === "div") {
      a64.shift("sar", rax, exponent);
      return rax;
    }
    a64.and(rax, divisor - 1);
    a64.sub(rax, rdx);
    return rax;
  }
  const divisor = e.index(b);
  a64.cqo();
  a64.idiv(typeof divisor === "number" ? e.quad(divisor) : divisor);
  return kind === "div" ? rax : rdx;
}

function multiply(e: Emitter, a: Index, b: Index): void {
  const a64 = e.assembler;
  const [factor, constant] = typeof a === "number" ? [b, a] : [a, b];
  const place = e.index(factor);
  const exponent = exponentOf(constant);
  if (typeof constant !== "number") {
    a64.mov(rax, place);
    a64.imul(rax, e.index(constant) as Place);
  } else if (exponent !== undefined) {
    a64.mov(rax, place);
    if (exponent > 0) a64.shift("shl", rax, exponent);
  } else if (fitsInt32(constant) && typeof place !== "number") a64.imul(rax, place, constant);
  else {
    a64.mov(rax, constant);
    a64.mov(rdx, place);
    a64.imul(rax, rdx);
  }
}

function index(e: Emitter, instruction: Of<"index">): void {
  const { kind, to, a, b } = instruction;
  const a64 = e.assembler;
  const target = e.indexPlace(to);
  switch (kind) {
    case "add":
    case "sub":
      addOrSubtract(e, instruction);
      return;
    case "mul":
      multiply(e, a, b);
      break;
    case "div":
    case "rem":
      a64.mov(target, divide(e, instruction));
      return;
    case "min":
    case "max": {
      const right = e.indexRegister(b, rdx);
      a64.mov(rax, e.index(a));
      a64.cmp(rax, right);
      a64.cmov(kind === "min" ? "g" : "l", rax, right);
      break;
    }
    case "shl": {
      if (typeof b === "number") {
        a64.mov(rax, e.index(a));
        a64.shift("shl", rax, b);
      } else {
        const bits = e.indexRegister(b, rdx);
        a64.mov(rax, e.index(a));
        a64.shlx(rax, rax, bits);
      }
      break;
    }
    case "and":
      a64.mov(rax, e.index(a));
      a64.and(rax, source(e, b, rdx));
      break;
  }
  a64.mov(target, rax);
}

export function moveIndex(e: Emitter, to: Register, from: Index): void {
  const target = e.indexPlace(to);
  const place = e.index(from);
  if (isPlace(target, place)) return;
  if (target.kind === "memory" && (typeof place === "number" ? !fitsInt32(place) : place.kind === "memory")) {
    e.assembler.mov(rax, place);
    e.assembler.mov(target, rax);
  } else if (typeof place === "number" && place >= 0 && fitsInt32(place) && target.kind === "general") {
    e.assembler.mov32(target, place);
  } else e.assembler.mov(target, place);
}

/** cmp a, b; overwrites rax and rdx. */
export function compareIndices(e: Emitter, a: Index, b: Index): void {
  const left = e.indexRegister(a, rax);
  e.assembler.cmp(left, source(e, b, rdx));
}

/** Rules for index registers: 64-bit integers, so that they hold addresses. */
export const indexRules = {
  index: { emit: index },
  indexMove: { emit: (e, { to, a }) => moveIndex(e, to, a) },
} satisfies Partial<Rules>;
