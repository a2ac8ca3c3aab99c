import { GradusError, requireArgument } from "../core/errors.ts";
import type { Index, IndexBinary, Instruction, Register, RegisterKind, Target, VectorFunction } from "./program.ts";

/** A register, or a constant of the kind that the operand needs. */
export type Operand = Register | number;

const indexFold: Record<IndexBinary, (a: number, b: number) => number> = {
  add: (a, b) => (a + b) | 0,
  sub: (a, b) => (a - b) | 0,
  mul: (a, b) => Math.imul(a, b),
  div: (a, b) => (a / b) | 0,
  rem: (a, b) => (a % b) | 0,
  min: Math.min,
  max: Math.max,
  shl: (a, b) => a << b,
  and: (a, b) => a & b,
};

/** The part of the builder that all kinds of registers share: fresh registers, hoisted constants, index arithmetic, control flow. */
export class BuilderBase {
  readonly name: string;
  readonly target: Target;
  private readonly parameters: Register[] = [];
  private readonly hoisted: Instruction[] = [];
  private readonly constants = new Map<string, Register>();
  private readonly constantIds = new Set<number>();
  /** index registers that are meant to be overwritten */
  private readonly variables = new Set<number>();
  /** index registers that also stand for other results, and so must keep their value */
  private readonly shared = new Set<number>();
  private scope: Instruction[] = [];
  private depth = 0;
  private count = 0;

  constructor(name: string, target: Target) {
    this.name = name;
    this.target = target;
  }

  // Registers ------------------------------------------------------------------------------------------------------

  float(): Register {
    return this.register("float");
  }
  int(): Register {
    return this.register("int");
  }
  mask(): Register {
    return this.register("mask");
  }
  index(): Register {
    return this.register("index");
  }
  /** The next parameter. Kernels take their addresses first, then what `range` declares. */
  parameter(): Register {
    const parameter = this.register("index");
    this.parameters.push(parameter);
    return parameter;
  }
  /** The last three parameters of a kernel: its range of work items and the number of its thread. */
  range(): readonly [begin: Register, end: Register, thread: Register] {
    return [this.parameter(), this.parameter(), this.parameter()];
  }
  /** A new index register with an initial value: a moving pointer. */
  indexVariable(value: Index): Register {
    const to = this.index();
    this.variables.add(to.id);
    this.emit({ op: "indexMove", to, a: value });
    return to;
  }

  // Constants ------------------------------------------------------------------------------------------------------

  constant(value: number): Register {
    const rounded = Math.fround(value);
    const key = `float ${Object.is(rounded, -0) ? "-0" : rounded}`;
    return this.hoist(key, "float", (to) => ({ op: "floatConstant", to, value: rounded }));
  }
  /** All 32 bits count: -1 and 0xffffffff are the same constant. */
  intConstant(value: number): Register {
    const bits = value | 0;
    return this.hoist(`int ${bits}`, "int", (to) => ({ op: "intConstant", to, value: bits }));
  }
  /** Lane l holds start + l * step. */
  intRamp(start = 0, step = 1): Register {
    return this.hoist(`ramp ${start} ${step}`, "int", (to) => ({ op: "intRamp", to, start, step }));
  }
  /** True in the first `count` lanes. */
  maskFirst(count: number): Register {
    return this.hoist(`mask ${count}`, "mask", (to) => ({ op: "maskFirst", to, count }));
  }

  // Index arithmetic and control: signed 32-bit integers -----------------------------------------------------------

  /** Folds the operation if both sides are numbers, or if it changes nothing. */
  indexBinary(kind: IndexBinary, a: Index, b: Index): Index {
    if (typeof a === "number" && typeof b === "number") return indexFold[kind](a, b);
    const same = this.unchanged(kind, a, b);
    if (same !== undefined) return same;
    return this.result("index", (to) => ({ op: "index", kind, to, a, b }));
  }
  /** The result of x + 0, x - 0, x * 1, x / 1: x itself, if its register is not meant to be overwritten. */
  private unchanged(kind: IndexBinary, a: Index, b: Index): Index | undefined {
    const [register, number] = typeof a === "number" ? [b as Register, a] : [a, b];
    if (typeof number !== "number") return undefined;
    if (kind === "mul" && number === 0) return 0;
    const isNeutral =
      kind === "add"
        ? number === 0
        : kind === "mul"
          ? number === 1
          : register === a && ((kind === "sub" && number === 0) || (kind === "div" && number === 1));
    if (!isNeutral || this.variables.has(register.id)) return undefined;
    this.shared.add(register.id);
    return register;
  }
  indexAdd(a: Index, b: Index): Index {
    return this.indexBinary("add", a, b);
  }
  indexSub(a: Index, b: Index): Index {
    return this.indexBinary("sub", a, b);
  }
  indexMul(a: Index, b: Index): Index {
    return this.indexBinary("mul", a, b);
  }
  /** Rounded towards zero. */
  indexDiv(a: Index, b: Index): Index {
    return this.indexBinary("div", a, b);
  }
  indexRem(a: Index, b: Index): Index {
    return this.indexBinary("rem", a, b);
  }
  indexMin(a: Index, b: Index): Index {
    return this.indexBinary("min", a, b);
  }
  indexMax(a: Index, b: Index): Index {
    return this.indexBinary("max", a, b);
  }
  indexShiftLeft(a: Index, bits: Index): Index {
    return this.indexBinary("shl", a, bits);
  }
  indexAnd(a: Index, b: Index): Index {
    return this.indexBinary("and", a, b);
  }
  /** to <- from */
  indexAssign(to: Register, from: Index): void {
    this.write(to, { op: "indexMove", to, a: from });
  }
  /** to <- to + step: a moving pointer. */
  indexAddInto(to: Register, step: Index): void {
    this.write(to, { op: "index", kind: "add", to, a: to, b: step });
  }

  /** for (counter = from; counter < to; counter += step) body(counter); both bounds are read once, before the first iteration. */
  loop(from: Index, to: Index, step: number, body: (counter: Register) => void): void {
    requireArgument(
      Number.isInteger(step) && step > 0,
      `${this.name}: the step of a loop must be a whole number above 0, got ${step}.`,
      { step },
    );
    if (typeof from === "number" && typeof to === "number" && from >= to) return;
    const counter = this.index();
    this.emit({ op: "loop", counter, from, to, step, body: this.block(() => body(counter)) });
  }
  ifLess(a: Index, b: Index, then: () => void, otherwise: () => void = () => {}): void {
    this.branch("less", a, b, then, otherwise);
  }
  ifEqual(a: Index, b: Index, then: () => void, otherwise: () => void = () => {}): void {
    this.branch("equal", a, b, then, otherwise);
  }

  /** Emits any instruction, for those without a method here. */
  emit(instruction: Instruction): void {
    this.scope.push(instruction);
  }

  finish(): VectorFunction {
    requireArgument(this.depth === 0, `${this.name}: finish must not be called inside a loop or a branch.`, {
      name: this.name,
    });
    return {
      name: this.name,
      parameters: this.parameters,
      registerCount: this.count,
      body: [...this.hoisted, ...this.scope],
    };
  }

  // Within ---------------------------------------------------------------------------------------------------------

  protected register(kind: RegisterKind): Register {
    return { id: this.count++, kind };
  }

  protected result(kind: RegisterKind, instruction: (to: Register) => Instruction): Register {
    const to = this.register(kind);
    this.emit(instruction(to));
    return to;
  }

  protected hoist(key: string, kind: RegisterKind, instruction: (to: Register) => Instruction): Register {
    let register = this.constants.get(key);
    if (register === undefined) {
      register = this.register(kind);
      this.constants.set(key, register);
      this.constantIds.add(register.id);
      this.hoisted.push(instruction(register));
    }
    return register;
  }

  protected asFloat(value: Operand): Register {
    return typeof value === "number" ? this.constant(value) : value;
  }

  protected asInt(value: Operand): Register {
    return typeof value === "number" ? this.intConstant(value) : value;
  }

  protected asIndex(value: Index): Register {
    if (typeof value !== "number") return value;
    return this.hoist(`index ${value}`, "index", (to) => ({ op: "indexMove", to, a: value }));
  }

  protected requireVariable(register: Register): void {
    if (!this.constantIds.has(register.id) && !this.shared.has(register.id)) return;
    throw new GradusError(
      "bad-argument",
      `${this.name}: register ${register.id} is shared and must not be overwritten. Use variable(value) for an accumulator, indexVariable(value) for a moving pointer.`,
      { name: this.name, register },
    );
  }

  protected write(to: Register, instruction: Instruction): void {
    this.requireVariable(to);
    this.emit(instruction);
  }

  private block(body: () => void): readonly Instruction[] {
    const outer = this.scope;
    const inner: Instruction[] = [];
    this.scope = inner;
    this.depth++;
    try {
      body();
    } finally {
      this.scope = outer;
      this.depth--;
    }
    return inner;
  }

  private branch(compare: "less" | "equal", a: Index, b: Index, then: () => void, otherwise: () => void): void {
    if (typeof a === "number" && typeof b === "number") {
      if (compare === "less" ? a < b : a === b) then();
      else otherwise();
      return;
    }
    // biome-ignore lint/suspicious/noThenProperty: an instruction of the program format, never awaited
    this.emit({ op: "if", compare, a, b, then: this.block(then), otherwise: this.block(otherwise) });
  }
}
