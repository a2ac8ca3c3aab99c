import { type ErrorValues, GradusError } from "../../core/errors.ts";
import { CodeBuffer, type ListingOptions } from "./code-buffer.ts";
import { hex, labelName, text } from "./listing.ts";
import { type General, type Label, lowName, type Mask, type Memory, type Place, type Vector } from "./registers.ts";

/** Conditions after `cmp a, b`: `l`, `ge`, `le`, `g` are signed; `b`, `ae`, `a`, `be` are unsigned. */
const CONDITIONS = {
  b: 2,
  ae: 3,
  e: 4,
  ne: 5,
  be: 6,
  a: 7,
  l: 12,
  ge: 13,
  le: 14,
  g: 15,
} as const;
export type Condition = keyof typeof CONDITIONS;

/** Two-operand arithmetic: the opcode of `place, register`, and the digit of its form with an immediate. */
const ARITHMETIC = {
  add: { opcode: 0x01, digit: 0 },
  or: { opcode: 0x09, digit: 1 },
  and: { opcode: 0x21, digit: 4 },
  sub: { opcode: 0x29, digit: 5 },
  xor: { opcode: 0x31, digit: 6 },
  cmp: { opcode: 0x39, digit: 7 },
} as const;
export type Arithmetic = keyof typeof ARITHMETIC;

const SHIFTS = { shl: 4, shr: 5, sar: 7 } as const;
export type Shift = keyof typeof SHIFTS;

const fitsByte = (value: number): boolean => value >= -128 && value <= 127;
export const fitsInt32 = (value: number): boolean => value >= -0x80000000 && value <= 0x7fffffff;

/** Writes x86-64 instructions on general registers. Operands are in Intel's order, destination first; 64 bits wide unless the name
 *  ends in 32. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2. */
export class GeneralAssembler {
  readonly code: CodeBuffer;

  constructor(options?: ListingOptions) {
    this.code = new CodeBuffer(options);
  }

  // Moves ----------------------------------------------------------------------------------------------------------

  mov(to: Place, from: Place | number | bigint): void {
    if (typeof from === "bigint" || (typeof from === "number" && !fitsInt32(from))) {
      const target = this.#register(to, "mov");
      const value = BigInt(from);
      if (value < -(2n ** 63n) || value >= 2n ** 64n) refuse("mov takes a 64-bit number", { value });
      this.code.line(() => `movabs ${target.name},0x${BigInt.asUintN(64, value).toString(16)}`);
      this.code.byte(0x48 | (target.code >> 3));
      this.code.byte(0xb8 | (target.code & 7));
      this.code.int64(value);
      return;
    }
    if (typeof from === "number") {
      requireInt32("mov", from);
      this.code.line(() => `mov ${text(to, 8)},${hex(from)}`);
      this.#modrm(1, 0xc7, 0, to, 4);
      this.code.int32(from);
    } else if (from.kind === "memory") this.#two("mov", 1, 0x8b, this.#register(to, "mov"), from);
    else this.#reverse("mov", 1, 0x89, to, from);
  }

  /** The upper half of a register becomes zero. */
  mov32(to: Place, from: Place | number): void {
    if (typeof from === "number") {
      requireInt32("mov32", from, true);
      this.code.line(() => `mov ${text(to, 4)},${hex(from)}`);
      if (to.kind === "general") {
        if (to.code >= 8) this.code.byte(0x41);
        this.code.byte(0xb8 | (to.code & 7));
      } else this.#modrm(0, 0xc7, 0, to, 4);
      this.code.int32(from);
    } else if (from.kind === "memory") this.#two("mov", 0, 0x8b, this.#register(to, "mov32"), from);
    else this.#reverse("mov", 0, 0x89, to, from);
  }

  /** 32 bits, extended by their sign. */
  movsxd(to: General, from: Place): void {
    this.code.line(() => `movsxd ${to.name},${text(from, 4)}`);
    this.#modrm(1, 0x63, to.code, from);
  }

  lea(to: General, from: Memory): void {
    this.code.line(() => `lea ${to.name},${text(from, 0)}`);
    this.#modrm(1, 0x8d, to.code, from);
  }

  push(register: General): void {
    this.code.line(() => `push ${register.name}`);
    if (register.code >= 8) this.code.byte(0x41);
    this.code.byte(0x50 | (register.code & 7));
  }

  pop(register: General): void {
    this.code.line(() => `pop ${register.name}`);
    if (register.code >= 8) this.code.byte(0x41);
    this.code.byte(0x58 | (register.code & 7));
  }

  cmov(condition: Condition, to: General, from: Place): void {
    this.#two(`cmov${condition}`, 1, 0x0f40 | CONDITIONS[condition], to, from);
  }

  // Arithmetic -----------------------------------------------------------------------------------------------------

  arithmetic(kind: Arithmetic, to: Place, from: Place | number): void {
    this.#arithmetic(kind, 1, to, from);
  }
  arithmetic32(kind: Arithmetic, to: Place, from: Place | number): void {
    this.#arithmetic(kind, 0, to, from);
  }
  add(to: Place, from: Place | number): void {
    this.#arithmetic("add", 1, to, from);
  }
  sub(to: Place, from: Place | number): void {
    this.#arithmetic("sub", 1, to, from);
  }
  and(to: Place, from: Place | number): void {
    this.#arithmetic("and", 1, to, from);
  }
  xor(to: Place, from: Place | number): void {
    this.#arithmetic("xor", 1, to, from);
  }
  cmp(a: Place, b: Place | number): void {
    this.#arithmetic("cmp", 1, a, b);
  }
  cmp32(a: Place, b: Place | number): void {
    this.#arithmetic("cmp", 0, a, b);
  }

  test(a: General, b: General): void {
    this.#reverse("test", 1, 0x85, a, b);
  }
  test32(a: General, b: General): void {
    this.#reverse("test", 0, 0x85, a, b);
  }

  neg(to: Place): void {
    this.code.line(() => `neg ${text(to, 8)}`);
    this.#modrm(1, 0xf7, 3, to);
  }

  /** to = to * from, or with three operands to = from * factor. */
  imul(to: General, from: Place, factor?: number): void {
    if (factor === undefined) {
      this.#two("imul", 1, 0x0faf, to, from);
      return;
    }
    requireInt32("imul", factor);
    this.code.line(() => `imul ${to.name},${text(from, 8)},${hex(factor)}`);
    const short = fitsByte(factor);
    this.#modrm(1, short ? 0x6b : 0x69, to.code, from, short ? 1 : 4);
    if (short) this.code.byte(factor & 0xff);
    else this.code.int32(factor);
  }

  /** The sign of rax into all of rdx. */
  cqo(): void {
    this.#plain("cqo", [0x48, 0x99]);
  }

  /** rdx:rax / by: the quotient into rax, the remainder into rdx. */
  idiv(by: Place): void {
    this.code.line(() => `idiv ${text(by, 8)}`);
    this.#modrm(1, 0xf7, 7, by);
  }

  shift(kind: Shift, to: Place, bits: number): void {
    if (!(Number.isInteger(bits) && bits >= 0 && bits < 64)) refuse(`${kind} shifts by 0 to 63 bits`, { bits });
    this.code.line(() => `${kind} ${text(to, 8)},${hex(bits)}`);
    this.#modrm(1, 0xc1, SHIFTS[kind], to, 1);
    this.code.byte(bits);
  }

  // Control --------------------------------------------------------------------------------------------------------

  label(): Label {
    return this.code.label();
  }

  bind(label: Label): void {
    this.code.bind(label);
  }

  jmp(target: Label | General): void {
    if (target.kind === "label") this.#jump("jmp", 0xeb, 0xe9, target);
    else {
      this.code.line(() => `jmp ${target.name}`);
      this.#modrm(0, 0xff, 4, target);
    }
  }

  jcc(condition: Condition, target: Label): void {
    const code = CONDITIONS[condition];
    this.#jump(`j${condition}`, 0x70 | code, 0x0f80 | code, target);
  }

  call(target: Label | Place): void {
    if (target.kind === "label") {
      this.code.line(() => `call ${labelName(target)}`);
      this.code.byte(0xe8);
      this.code.distance(target);
      return;
    }
    this.code.line(() => `call ${text(target, 8)}`);
    this.#modrm(0, 0xff, 2, target);
  }

  ret(): void {
    this.#plain("ret", [0xc3]);
  }

  // Threads, system, processor ---------------------------------------------------------------------------------------

  /** place += register, and the register gets the old value, atomically. */
  lockXadd32(place: Memory, register: General): void {
    this.code.line(() => `lock xadd ${text(place, 4)},${lowName(register)}`);
    this.code.byte(0xf0);
    this.#modrm(0, 0x0fc1, register.code, place);
  }
  lockAdd32(place: Memory, value: number): void {
    requireInt32("lockAdd32", value, true);
    this.code.line(() => `lock add ${text(place, 4)},${hex(value)}`);
    this.code.byte(0xf0);
    this.#withImmediate(0, 0, place, value);
  }
  /** Exchanges both, atomically. */
  xchg32(place: Memory, register: General): void {
    this.code.line(() => `xchg ${text(place, 4)},${lowName(register)}`);
    this.#modrm(0, 0x87, register.code, place);
  }
  pause(): void {
    this.#plain("pause", [0xf3, 0x90]);
  }
  mfence(): void {
    this.#plain("mfence", [0x0f, 0xae, 0xf0]);
  }
  syscall(): void {
    this.#plain("syscall", [0x0f, 0x05]);
  }
  cpuid(): void {
    this.#plain("cpuid", [0x0f, 0xa2]);
  }
  xgetbv(): void {
    this.#plain("xgetbv", [0x0f, 0x01, 0xd0]);
  }
  /** Loads and stores MXCSR, the control and flags of vector arithmetic, as 32 bits in memory. */
  ldmxcsr(from: Memory): void {
    this.code.line(() => `ldmxcsr ${text(from, 4)}`);
    this.#modrm(0, 0x0fae, 2, from);
  }
  stmxcsr(to: Memory): void {
    this.code.line(() => `stmxcsr ${text(to, 4)}`);
    this.#modrm(0, 0x0fae, 3, to);
  }
  /** Fetches a line into the first-level cache for a read (or write). */
  prefetch(place: Memory, forWriting = false): void {
    this.code.line(() => `${forWriting ? "prefetchw" : "prefetcht0"} ${text(place, 1)}`);
    this.#modrm(0, forWriting ? 0x0f0d : 0x0f18, 1, place);
  }

  // Encoding -------------------------------------------------------------------------------------------------------

  #register(place: Place, name: string): General {
    if (place.kind === "general") return place;
    return refuse(`${name} cannot have two memory operands, or this constant with a memory operand`, { place });
  }

  #plain(line: string, bytes: readonly number[]): void {
    this.code.line(() => line);
    this.code.append(bytes);
  }

  #two(name: string, wide: 0 | 1, opcode: number, to: General, from: Place): void {
    this.code.line(() => `${name} ${wide ? to.name : lowName(to)},${text(from, wide ? 8 : 4)}`);
    this.#modrm(wide, opcode, to.code, from);
  }

  #reverse(name: string, wide: 0 | 1, opcode: number, to: Place, from: General): void {
    this.code.line(() => `${name} ${text(to, wide ? 8 : 4)},${wide ? from.name : lowName(from)}`);
    this.#modrm(wide, opcode, from.code, to);
  }

  #arithmetic(kind: Arithmetic, wide: 0 | 1, to: Place, from: Place | number): void {
    const { opcode, digit } = ARITHMETIC[kind];
    if (typeof from !== "number") {
      if (from.kind === "memory") this.#two(kind, wide, opcode + 2, this.#register(to, kind), from);
      else this.#reverse(kind, wide, opcode, to, from);
      return;
    }
    requireInt32(kind, from, !wide);
    this.code.line(() => `${kind} ${text(to, wide ? 8 : 4)},${hex(from)}`);
    this.#withImmediate(wide, digit, to, from);
  }

  /** Arithmetic with a number, in one byte if it fits. */
  #withImmediate(wide: 0 | 1, digit: number, to: Place, value: number): void {
    const short = fitsByte(value);
    this.#modrm(wide, short ? 0x83 : 0x81, digit, to, short ? 1 : 4);
    if (short) this.code.byte(value & 0xff);
    else this.code.int32(value);
  }

  #jump(name: string, short: number, near: number, target: Label): void {
    this.code.line(() => `${name} ${labelName(target)}`);
    // a target that is not bound yet may be far away
    const offset = this.code.offsetOf(target);
    const distance = offset === undefined ? undefined : offset - (this.code.length + 2);
    if (distance !== undefined && fitsByte(distance)) {
      this.code.byte(short);
      this.code.byte(distance & 0xff);
      return;
    }
    this.#opcode(near);
    this.code.distance(target);
  }

  #opcode(opcode: number): void {
    if (opcode > 0xff) this.code.byte(opcode >> 8);
    this.code.byte(opcode & 0xff);
  }

  /** Prefix, opcode and operands of an instruction without a vector prefix. */
  #modrm(wide: 0 | 1, opcode: number, field: number, place: Place, trailing = 0): void {
    const rex = (wide << 3) | ((field >> 3) << 2) | (indexExtension(place) << 1) | baseExtension(place);
    if (rex !== 0) this.code.byte(0x40 | rex);
    this.#opcode(opcode);
    this.operand(field, place, 1, trailing);
  }

  /** ModRM, SIB and displacement.
   *  @param unit the unit of EVEX's short displacements in bytes; 1 elsewhere.
   *  @param trailing bytes of the instruction after the displacement. */
  protected operand(field: number, place: Place | Vector | Mask, unit: number, trailing: number): void {
    const register = (field & 7) << 3;
    if (place.kind !== "memory") {
      this.code.byte(0xc0 | register | (place.code & 7));
      return;
    }
    const { base, index, scale, displacement } = place;
    requireInt32("a memory operand", displacement);
    if (base.kind === "label") {
      if (index !== undefined) refuse("a memory operand at a label cannot have an index", { place });
      this.code.byte(register | 5);
      this.code.distance(base, displacement, trailing);
      return;
    }
    // rsp's code as an index means "no index"
    if (index?.kind === "general" && index.code === 4) refuse("rsp cannot be an index", { place });
    const isShort = displacement % unit === 0 && fitsByte(displacement / unit);
    // rbp and r13 as a base need a displacement: without one, their code means something else
    const mode = displacement === 0 && (base.code & 7) !== 5 ? 0 : isShort ? 1 : 2;
    // rsp and r12 as a base need a SIB byte
    if (index === undefined && (base.code & 7) !== 4) this.code.byte((mode << 6) | register | (base.code & 7));
    else {
      this.code.byte((mode << 6) | register | 4);
      const scaleBits = 31 - Math.clz32(scale);
      this.code.byte((scaleBits << 6) | (((index?.code ?? 4) & 7) << 3) | (base.code & 7));
    }
    if (mode === 1) this.code.byte((displacement / unit) & 0xff);
    else if (mode === 2) this.code.int32(displacement);
  }
}

/** The fourth bit of an operand's base register, or of the operand itself if it is a register. */
export function baseExtension(place: Place | Vector | Mask): number {
  if (place.kind !== "memory") return (place.code >> 3) & 1;
  return place.base.kind === "label" ? 0 : place.base.code >> 3;
}

/** The fourth bit of an operand's index register. */
export function indexExtension(place: Place | Vector | Mask): number {
  return place.kind === "memory" && place.index !== undefined ? (place.index.code >> 3) & 1 : 0;
}

export function refuse(message: string, values: ErrorValues): never {
  throw new GradusError("bad-argument", `x64: ${message}.`, values);
}

/** Requires a signed 32-bit integer or, if the upper half of a register does not matter, an unsigned one. */
function requireInt32(name: string, value: number, allowUnsigned = false): void {
  if (value === (value | 0) || (allowUnsigned && value === value >>> 0)) return;
  refuse(`${name} takes a 32-bit integer, got ${value}`, { name, value });
}
