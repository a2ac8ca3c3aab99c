import { requireArgument } from "../core/errors.ts";
import { BuilderBase, type Operand } from "./builder-base.ts";
import type {
  Compare,
  FastBinary,
  FloatBinary,
  FloatUnary,
  Horizontal,
  Index,
  IntBinary,
  IntShift,
  Register,
} from "./program.ts";

export type { Operand } from "./builder-base.ts";

/** Writes one vector function, instruction by instruction.
 *
 *  Every method that computes returns a fresh register. Registers are mutable: `assign`, `…Into` and `indexAssign` write to an existing
 *  register, for accumulators and moving pointers (`variable`, `intVariable`, `indexVariable`). Plain numbers are accepted wherever a
 *  float, int or index is read. Constants are hoisted to the start of the function and shared, so they keep their value in every scope;
 *  the builder throws on a write to one.
 *
 *    const b = new FunctionBuilder("scale", target);
 *    const [x, y] = [b.parameter(), b.parameter()];
 *    const [begin, end] = b.range();
 *    b.loop(begin, end, target.lanes, (i) => {
 *      const offset = b.indexShiftLeft(i, 2);
 *      b.store(b.mul(b.load(b.indexAdd(x, offset)), 2), b.indexAdd(y, offset));
 *    });
 *    const kernel = b.finish(); */
export class FunctionBuilder extends BuilderBase {
  // Floats ---------------------------------------------------------------------------------------------------------

  unary(kind: FloatUnary, a: Operand): Register {
    return this.result("float", (to) => ({ op: "unary", kind, to, a: this.asFloat(a) }));
  }
  binary(kind: FloatBinary | FastBinary, a: Operand, b: Operand): Register {
    return this.result("float", (to) => ({ op: "binary", kind, to, a: this.asFloat(a), b: this.asFloat(b) }));
  }
  /** to <- to (kind) value */
  binaryInto(kind: FloatBinary | FastBinary, to: Register, value: Operand): void {
    this.write(to, { op: "binary", kind, to, a: to, b: this.asFloat(value) });
  }
  neg(a: Operand): Register {
    return this.unary("neg", a);
  }
  abs(a: Operand): Register {
    return this.unary("abs", a);
  }
  sqrt(a: Operand): Register {
    return this.unary("sqrt", a);
  }
  floor(a: Operand): Register {
    return this.unary("floor", a);
  }
  ceil(a: Operand): Register {
    return this.unary("ceil", a);
  }
  trunc(a: Operand): Register {
    return this.unary("trunc", a);
  }
  /** Rounds to the nearest whole number, halves to even. */
  nearest(a: Operand): Register {
    return this.unary("nearest", a);
  }
  add(a: Operand, b: Operand): Register {
    return this.binary("add", a, b);
  }
  sub(a: Operand, b: Operand): Register {
    return this.binary("sub", a, b);
  }
  mul(a: Operand, b: Operand): Register {
    return this.binary("mul", a, b);
  }
  div(a: Operand, b: Operand): Register {
    return this.binary("div", a, b);
  }
  /** NaN if either side is NaN; -0 < +0. */
  min(a: Operand, b: Operand): Register {
    return this.binary("min", a, b);
  }
  max(a: Operand, b: Operand): Register {
    return this.binary("max", a, b);
  }
  /** a < b ? a : b, one instruction on every target; b if either is NaN. */
  fastMin(a: Operand, b: Operand): Register {
    return this.binary("fastMin", a, b);
  }
  /** a > b ? a : b, one instruction on every target; b if either is NaN. */
  fastMax(a: Operand, b: Operand): Register {
    return this.binary("fastMax", a, b);
  }
  /** a * b + c */
  multiplyAdd(a: Operand, b: Operand, c: Operand): Register {
    return this.result("float", (to) => ({
      op: "multiplyAdd",
      to,
      a: this.asFloat(a),
      b: this.asFloat(b),
      c: this.asFloat(c),
    }));
  }
  /** c - a * b */
  negMultiplyAdd(a: Operand, b: Operand, c: Operand): Register {
    return this.result("float", (to) => ({
      op: "negMultiplyAdd",
      to,
      a: this.asFloat(a),
      b: this.asFloat(b),
      c: this.asFloat(c),
    }));
  }
  /** accumulator <- a * b + accumulator */
  multiplyAddInto(accumulator: Register, a: Operand, b: Operand): void {
    this.write(accumulator, {
      op: "multiplyAdd",
      to: accumulator,
      a: this.asFloat(a),
      b: this.asFloat(b),
      c: accumulator,
    });
  }
  /** accumulator <- accumulator - a * b */
  negMultiplyAddInto(accumulator: Register, a: Operand, b: Operand): void {
    this.write(accumulator, {
      op: "negMultiplyAdd",
      to: accumulator,
      a: this.asFloat(a),
      b: this.asFloat(b),
      c: accumulator,
    });
  }
  /** c0 + x (c1 + x (c2 + …)): Horner's scheme, coefficients from the constant term up. */
  polynomial(x: Operand, coefficients: readonly number[]): Register {
    requireArgument(coefficients.length >= 2, "polynomial: give two or more coefficients", { coefficients });
    let sum: Operand = coefficients.at(-1) as number;
    for (let power = coefficients.length - 2; power >= 0; power--) {
      sum = this.multiplyAdd(sum, x, coefficients[power] as number);
    }
    return sum as Register;
  }

  // Ints -----------------------------------------------------------------------------------------------------------

  intBinary(kind: IntBinary, a: Operand, b: Operand): Register {
    return this.result("int", (to) => ({ op: "intBinary", kind, to, a: this.asInt(a), b: this.asInt(b) }));
  }
  intShift(kind: IntShift, a: Operand, bits: number): Register {
    return this.result("int", (to) => ({ op: "intShift", kind, to, a: this.asInt(a), bits }));
  }
  intAdd(a: Operand, b: Operand): Register {
    return this.intBinary("iadd", a, b);
  }
  intSub(a: Operand, b: Operand): Register {
    return this.intBinary("isub", a, b);
  }
  intMul(a: Operand, b: Operand): Register {
    return this.intBinary("imul", a, b);
  }
  intAnd(a: Operand, b: Operand): Register {
    return this.intBinary("and", a, b);
  }
  intOr(a: Operand, b: Operand): Register {
    return this.intBinary("or", a, b);
  }
  intXor(a: Operand, b: Operand): Register {
    return this.intBinary("xor", a, b);
  }
  /** Signed. */
  intMin(a: Operand, b: Operand): Register {
    return this.intBinary("imin", a, b);
  }
  /** Signed. */
  intMax(a: Operand, b: Operand): Register {
    return this.intBinary("imax", a, b);
  }
  /** High 32 bits of the unsigned product. */
  umulHigh(a: Operand, b: Operand): Register {
    return this.intBinary("umulHigh", a, b);
  }
  shiftLeft(a: Operand, bits: number): Register {
    return this.intShift("shl", a, bits);
  }
  /** Shifts in zeros from above. */
  shiftRight(a: Operand, bits: number): Register {
    return this.intShift("shr", a, bits);
  }
  /** Shifts in the sign from above. */
  shiftRightSigned(a: Operand, bits: number): Register {
    return this.intShift("sar", a, bits);
  }

  // Comparisons and masks ------------------------------------------------------------------------------------------

  compare(kind: Compare, a: Operand, b: Operand): Register {
    return this.result("mask", (to) => ({ op: "compare", kind, to, a: this.asFloat(a), b: this.asFloat(b) }));
  }
  intCompare(kind: Compare, a: Operand, b: Operand, signed = true): Register {
    return this.result("mask", (to) => ({ op: "intCompare", kind, signed, to, a: this.asInt(a), b: this.asInt(b) }));
  }
  maskBinary(kind: "and" | "or" | "xor", a: Register, b: Register): Register {
    return this.result("mask", (to) => ({ op: "maskBinary", kind, to, a, b }));
  }
  maskAnd(a: Register, b: Register): Register {
    return this.maskBinary("and", a, b);
  }
  maskOr(a: Register, b: Register): Register {
    return this.maskBinary("or", a, b);
  }
  maskXor(a: Register, b: Register): Register {
    return this.maskBinary("xor", a, b);
  }
  maskNot(a: Register): Register {
    return this.result("mask", (to) => ({ op: "maskNot", to, a }));
  }
  /** mask ? a : b, lane by lane; ints if either side is an int register, else floats. */
  select(mask: Register, a: Operand, b: Operand): Register {
    const isInt = [a, b].some((side) => typeof side !== "number" && side.kind === "int");
    const read = isInt ? this.asInt.bind(this) : this.asFloat.bind(this);
    return this.result(isInt ? "int" : "float", (to) => ({ op: "select", to, mask, a: read(a), b: read(b) }));
  }

  // Moves and conversions ------------------------------------------------------------------------------------------

  /** A new float register with an initial value: an accumulator. */
  variable(value: Operand): Register {
    return this.copy(this.asFloat(value));
  }
  intVariable(value: Operand): Register {
    return this.copy(this.asInt(value));
  }
  /** to <- from */
  assign(to: Register, from: Operand): void {
    if (to.kind === "index") this.indexAssign(to, from);
    else this.write(to, { op: "move", to, a: to.kind === "int" ? this.asInt(from) : this.asFloat(from) });
  }
  copy(a: Register): Register {
    if (a.kind === "index") return this.indexVariable(a);
    return this.result(a.kind, (to) => ({ op: "move", to, a }));
  }
  /** The same bits as the other kind: float to int, int to float. */
  bitcast(a: Register): Register {
    return this.result(a.kind === "float" ? "int" : "float", (to) => ({ op: "bitcast", to, a }));
  }
  /** The same number as the other kind; float to int truncates and saturates, NaN gives 0. */
  convert(a: Register, signed = true): Register {
    return this.result(a.kind === "float" ? "int" : "float", (to) => ({ op: "convert", to, a, signed }));
  }
  /** One index in every lane. */
  splatIndex(a: Index): Register {
    return typeof a === "number" ? this.intConstant(a) : this.result("int", (to) => ({ op: "splatIndex", to, a }));
  }
  /** Lane 0 of an int as an index. */
  firstLane(a: Register): Register {
    return this.result("index", (to) => ({ op: "firstLane", to, a }));
  }
  /** Combines all lanes in a fixed order (halves, then quarters, …); the result is in every lane. */
  horizontal(kind: Horizontal, a: Register): Register {
    return this.result(a.kind, (to) => ({ op: "horizontal", kind, to, a }));
  }
  /** One lane in every lane. */
  splatLane(a: Register, lane: number): Register {
    return this.result(a.kind, (to) => ({ op: "splatLane", to, a, lane }));
  }
  /** Transposes a square in place: its rows are as many registers as there are lanes. */
  transpose(registers: readonly Register[]): void {
    for (const register of registers) this.requireVariable(register);
    this.emit({ op: "transpose", registers });
  }

  /** Treats four registers as one row of blocks of four lanes: block k of the result is block floor(k / 4) of register k mod 4. */
  interleaveBlocks(registers: readonly Register[]): void {
    for (const register of registers) this.requireVariable(register);
    this.emit({ op: "interleaveBlocks", registers });
  }

  // Memory: addresses in bytes -------------------------------------------------------------------------------------

  load(base: Index, offset = 0, kind: "float" | "int" = "float"): Register {
    return this.result(kind, (to) => ({ op: "load", to, base: this.asIndex(base), offset }));
  }
  loadSplat(base: Index, offset = 0, kind: "float" | "int" = "float"): Register {
    return this.result(kind, (to) => ({ op: "loadSplat", to, base: this.asIndex(base), offset }));
  }
  /** Lane l from base + offset + l * stride. */
  loadStrided(
    base: Index,
    offset: number,
    stride: number,
    lanes = this.target.lanes,
    kind: "float" | "int" = "float",
  ): Register {
    return this.result(kind, (to) => ({ op: "loadStrided", to, base: this.asIndex(base), offset, stride, lanes }));
  }
  /** Lane l from base + 4 * indices[l]. */
  loadIndexed(base: Index, indices: Register, lanes = this.target.lanes, kind: "float" | "int" = "float"): Register {
    return this.result(kind, (to) => ({ op: "loadIndexed", to, base: this.asIndex(base), indices, lanes }));
  }
  /** A hint that the line at base + offset will be read soon; any address is allowed. */
  prefetch(base: Index, offset = 0): void {
    this.emit({ op: "prefetch", base: this.asIndex(base), offset });
  }
  store(from: Operand, base: Index, offset = 0, lanes = this.target.lanes): void {
    this.emit({ op: "store", from: this.asFloat(from), base: this.asIndex(base), offset, lanes });
  }
  storeStrided(from: Operand, base: Index, offset: number, stride: number, lanes = this.target.lanes): void {
    this.emit({ op: "storeStrided", from: this.asFloat(from), base: this.asIndex(base), offset, stride, lanes });
  }
}
