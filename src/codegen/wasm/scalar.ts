import { GradusError } from "../../core/errors.ts";
import type { Compare, FloatBinary, FloatUnary, IntBinary, IntShift, Register } from "../program.ts";
import { type Opcode, opcode } from "./encoder.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { type LaneRules, type Of, tableRules } from "./rules.ts";

const floatUnary: Record<FloatUnary, Opcode> = {
  neg: opcode.f32Neg,
  abs: opcode.f32Abs,
  sqrt: opcode.f32Sqrt,
  floor: opcode.f32Floor,
  ceil: opcode.f32Ceil,
  trunc: opcode.f32Trunc,
  nearest: opcode.f32Nearest,
};

const floatBinary: Record<FloatBinary, Opcode> = {
  add: opcode.f32Add,
  sub: opcode.f32Sub,
  mul: opcode.f32Mul,
  div: opcode.f32Div,
  min: opcode.f32Min,
  max: opcode.f32Max,
};

const intBinary: Record<Exclude<IntBinary, "umulHigh" | "imin" | "imax">, Opcode> = {
  iadd: opcode.i32Add,
  isub: opcode.i32Sub,
  imul: opcode.i32Mul,
  and: opcode.i32And,
  or: opcode.i32Or,
  xor: opcode.i32Xor,
};

const intShift: Record<IntShift, Opcode> = { shl: opcode.i32Shl, shr: opcode.i32ShrU, sar: opcode.i32ShrS };

const floatCompare: Record<Compare, Opcode> = { equal: opcode.f32Eq, less: opcode.f32Lt, lessEqual: opcode.f32Le };

const intCompare: Record<"signed" | "unsigned", Record<Compare, Opcode>> = {
  signed: { equal: opcode.i32Eq, less: opcode.i32LtS, lessEqual: opcode.i32LeS },
  unsigned: { equal: opcode.i32Eq, less: opcode.i32LtU, lessEqual: opcode.i32LeU },
};

const maskBinary = { and: opcode.i32And, or: opcode.i32Or, xor: opcode.i32Xor } as const;

function binaryRule({ kind, to, a, b }: Of<"binary">, writer: FunctionWriter): void {
  if (kind === "fastMin") writer.get(a, b, a, b).op(opcode.f32Lt).op(opcode.select).set(to);
  else if (kind === "fastMax") writer.get(a, b, a, b).op(opcode.f32Gt).op(opcode.select).set(to);
  else writer.get(a, b).op(floatBinary[kind]).set(to);
}

function intBinaryRule({ kind, to, a, b }: Of<"intBinary">, writer: FunctionWriter): void {
  if (kind === "imin") writer.get(a, b, a, b).op(opcode.i32LtS).op(opcode.select).set(to);
  else if (kind === "imax") writer.get(a, b, a, b).op(opcode.i32GtS).op(opcode.select).set(to);
  else if (kind === "umulHigh") {
    writer.get(a).op(opcode.i64ExtendI32U).get(b).op(opcode.i64ExtendI32U).op(opcode.i64Mul);
    writer.i64(32).op(opcode.i64ShrU).op(opcode.i32WrapI64).set(to);
  } else writer.get(a, b).op(intBinary[kind]).set(to);
}

function load(writer: FunctionWriter, to: Register, base: Register, offset: number): void {
  const code = to.kind === "float" ? opcode.f32Load : opcode.i32Load;
  writer.address(base, offset).access(code, offset).set(to);
}

function store(writer: FunctionWriter, from: Register, base: Register, offset: number): void {
  const code = from.kind === "float" ? opcode.f32Store : opcode.i32Store;
  writer.address(base, offset).get(from).access(code, offset);
}

/** wasmScalar: one lane, WebAssembly 1.0 with saturating conversions; a mask is 0 or 1. For engines without SIMD. */
export const scalarRules: LaneRules = {
  ...tableRules({ floatUnary, intShift, floatCompare, intCompare, maskBinary }),
  floatConstant: (writer, { to, value }) => writer.f32(value).set(to),
  intConstant: (writer, { to, value }) => writer.i32(value).set(to),
  intRamp: (writer, { to, start }) => writer.i32(start).set(to),
  maskFirst: (writer, { to, count }) => writer.i32(count > 0 ? 1 : 0).set(to),
  binary: (writer, instruction) => binaryRule(instruction, writer),
  multiplyAdd: (writer, { to, a, b, c }) => writer.get(c, a, b).op(opcode.f32Mul).op(opcode.f32Add).set(to),
  negMultiplyAdd: (writer, { to, a, b, c }) => writer.get(c, a, b).op(opcode.f32Mul).op(opcode.f32Sub).set(to),
  intBinary: (writer, instruction) => intBinaryRule(instruction, writer),
  maskNot: (writer, { to, a }) => writer.get(a).op(opcode.i32Eqz).set(to),
  select: (writer, { to, mask, a, b }) => writer.get(a, b, mask).op(opcode.select).set(to),
  bitcast: (writer, { to, a }) =>
    writer
      .get(a)
      .op(a.kind === "float" ? opcode.i32ReinterpretF32 : opcode.f32ReinterpretI32)
      .set(to),
  convert: (writer, { to, a, signed }) => {
    if (a.kind === "int")
      writer
        .get(a)
        .op(signed ? opcode.f32ConvertI32S : opcode.f32ConvertI32U)
        .set(to);
    else
      writer
        .get(a)
        .op(signed ? opcode.i32TruncSatF32S : opcode.i32TruncSatF32U)
        .set(to);
  },
  splatIndex: (writer, { to, a }) => writer.get(a).set(to),
  firstLane: (writer, { to, a }) => writer.get(a).set(to),
  load: (writer, { to, base, offset }) => load(writer, to, base, offset),
  loadSplat: (writer, { to, base, offset }) => load(writer, to, base, offset),
  loadStrided: (writer, { to, base, offset }) => load(writer, to, base, offset),
  loadIndexed: (writer, { to, base, indices }) => {
    const code = to.kind === "float" ? opcode.f32Load : opcode.i32Load;
    writer.get(base, indices).i32(2).op(opcode.i32Shl).op(opcode.i32Add).access(code, 0).set(to);
  },
  store: (writer, { from, base, offset }) => store(writer, from, base, offset),
  storeStrided: (writer, { from, base, offset }) => store(writer, from, base, offset),
  horizontal: (writer, { to, a }) => writer.get(a).set(to),
  splatLane: (writer, { to, a }) => writer.get(a).set(to),
  transpose: () => {
    // one row of one column
  },
  prefetch: () => {
    // wasm has no prefetch
  },
  interleaveBlocks: () => {
    throw new GradusError("bad-argument", "wasm: interleaveBlocks needs four lanes, but this target has one.");
  },
};
