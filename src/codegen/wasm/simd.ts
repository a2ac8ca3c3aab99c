import type {
  Compare,
  FastBinary,
  FloatBinary,
  FloatUnary,
  Horizontal,
  IntBinary,
  IntShift,
  Register,
} from "../program.ts";
import { type Opcode, opcode, valueType } from "./encoder.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { type LaneRules, type Of, tableRules } from "./rules.ts";

const floatUnary: Record<FloatUnary, Opcode> = {
  neg: opcode.f32x4Neg,
  abs: opcode.f32x4Abs,
  sqrt: opcode.f32x4Sqrt,
  floor: opcode.f32x4Floor,
  ceil: opcode.f32x4Ceil,
  trunc: opcode.f32x4Trunc,
  nearest: opcode.f32x4Nearest,
};

const floatBinary: Record<FloatBinary, Opcode> = {
  add: opcode.f32x4Add,
  sub: opcode.f32x4Sub,
  mul: opcode.f32x4Mul,
  div: opcode.f32x4Div,
  min: opcode.f32x4Min,
  max: opcode.f32x4Max,
};

/** pmin(b, a) is a < b ? a : b, with swapped operands. One machine instruction on x64. */
const fastBinary: Record<FastBinary, Opcode> = { fastMin: opcode.f32x4Pmin, fastMax: opcode.f32x4Pmax };

const intBinary: Record<Exclude<IntBinary, "umulHigh">, Opcode> = {
  iadd: opcode.i32x4Add,
  isub: opcode.i32x4Sub,
  imul: opcode.i32x4Mul,
  and: opcode.v128And,
  or: opcode.v128Or,
  xor: opcode.v128Xor,
  imin: opcode.i32x4MinS,
  imax: opcode.i32x4MaxS,
};

const intShift: Record<IntShift, Opcode> = { shl: opcode.i32x4Shl, shr: opcode.i32x4ShrU, sar: opcode.i32x4ShrS };

const floatCompare: Record<Compare, Opcode> = {
  equal: opcode.f32x4Eq,
  less: opcode.f32x4Lt,
  lessEqual: opcode.f32x4Le,
};

const intCompare: Record<"signed" | "unsigned", Record<Compare, Opcode>> = {
  signed: { equal: opcode.i32x4Eq, less: opcode.i32x4LtS, lessEqual: opcode.i32x4LeS },
  unsigned: { equal: opcode.i32x4Eq, less: opcode.i32x4LtU, lessEqual: opcode.i32x4LeU },
};

const maskBinary = { and: opcode.v128And, or: opcode.v128Or, xor: opcode.v128Xor } as const;

const floatHorizontal: Record<Horizontal, Opcode> = {
  add: opcode.f32x4Add,
  mul: opcode.f32x4Mul,
  min: opcode.f32x4Min,
  max: opcode.f32x4Max,
};

const intHorizontal: Record<Horizontal, Opcode> = {
  add: opcode.i32x4Add,
  mul: opcode.i32x4Mul,
  min: opcode.i32x4MinS,
  max: opcode.i32x4MaxS,
};

/** The byte shuffle of a lane shuffle: 0 to 3 from the first operand, 4 to 7 from the second. */
function lanePattern(...lanes: readonly number[]): readonly number[] {
  return lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte));
}

const ODD_LANES = lanePattern(1, 3, 5, 7);
const SWAP_HALVES = lanePattern(2, 3, 0, 1);
const SWAP_NEIGHBOURS = lanePattern(1, 0, 3, 2);
const LOW_INTERLEAVED = lanePattern(0, 4, 1, 5);
const HIGH_INTERLEAVED = lanePattern(2, 6, 3, 7);
const LOW_HALVES = lanePattern(0, 1, 4, 5);
const HIGH_HALVES = lanePattern(2, 3, 6, 7);

function bytesOf(lanes: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(lanes.buffer);
}

function binaryRule({ kind, to, a, b }: Of<"binary">, writer: FunctionWriter): void {
  if (kind === "fastMin" || kind === "fastMax") writer.get(b, a).op(fastBinary[kind]).set(to);
  else writer.get(a, b).op(floatBinary[kind]).set(to);
}

function intBinaryRule({ kind, to, a, b }: Of<"intBinary">, writer: FunctionWriter): void {
  if (kind !== "umulHigh") {
    writer.get(a, b).op(intBinary[kind]).set(to);
    return;
  }
  // two pairs of 64-bit products; their high halves are the odd lanes
  writer.get(a, b).op(opcode.i64x2ExtmulLowI32x4U).get(a, b).op(opcode.i64x2ExtmulHighI32x4U);
  writer.shuffle(ODD_LANES).set(to);
}

/** Loads lane 0, then the others one by one. On the stack, an address is below the vector that it is loaded into, so the last lane's address
 *  is pushed first. */
function gather(writer: FunctionWriter, to: Register, lanes: number, address: (lane: number) => number): void {
  const offsets: number[] = [];
  for (let lane = lanes - 1; lane >= 0; lane--) offsets[lane] = address(lane);
  writer.access(opcode.v128Load32Zero, offsets[0] as number);
  for (let lane = 1; lane < lanes; lane++) {
    writer.access(opcode.v128Load32Lane, offsets[lane] as number).op([lane]);
  }
  writer.set(to);
}

function storeLane(
  writer: FunctionWriter,
  code: Opcode,
  from: Register,
  base: Register,
  offset: number,
  lane: number,
): void {
  writer.address(base, offset).get(from).access(code, offset).op([lane]);
}

function storeRule({ from, base, offset, lanes }: Of<"store">, writer: FunctionWriter): void {
  if (lanes === 4) {
    writer.address(base, offset).get(from).access(opcode.v128Store, offset);
    return;
  }
  if (lanes >= 2) storeLane(writer, opcode.v128Store64Lane, from, base, offset, 0);
  if (lanes % 2 === 1) storeLane(writer, opcode.v128Store32Lane, from, base, offset + (lanes - 1) * 4, lanes - 1);
}

function horizontalRule({ kind, to, a }: Of<"horizontal">, writer: FunctionWriter): void {
  const join = (a.kind === "float" ? floatHorizontal : intHorizontal)[kind];
  writer.get(a, a, a).shuffle(SWAP_HALVES).op(join).set(to);
  writer.get(to, to, to).shuffle(SWAP_NEIGHBOURS).op(join).set(to);
}

function transposeRule({ registers }: Of<"transpose">, writer: FunctionWriter): void {
  const [r0, r1, r2, r3] = registers as readonly [Register, Register, Register, Register];
  const [t0, t1, t2, t3] = writer.scratchLocals(valueType.v128, 4) as readonly [number, number, number, number];
  writer.get(r0, r1).shuffle(LOW_INTERLEAVED).setLocal(t0); // 00 10 01 11
  writer.get(r2, r3).shuffle(LOW_INTERLEAVED).setLocal(t1); // 20 30 21 31
  writer.get(r0, r1).shuffle(HIGH_INTERLEAVED).setLocal(t2); // 02 12 03 13
  writer.get(r2, r3).shuffle(HIGH_INTERLEAVED).setLocal(t3); // 22 32 23 33
  writer.getLocal(t0).getLocal(t1).shuffle(LOW_HALVES).set(r0);
  writer.getLocal(t0).getLocal(t1).shuffle(HIGH_HALVES).set(r1);
  writer.getLocal(t2).getLocal(t3).shuffle(LOW_HALVES).set(r2);
  writer.getLocal(t2).getLocal(t3).shuffle(HIGH_HALVES).set(r3);
}

/** wasm128: four lanes in a v128; a mask is all ones or zeros in each lane. Multiply-add is one instruction if the engine has relaxed SIMD. */
export function simdRules(relaxed: boolean): LaneRules {
  return {
    ...tableRules({ floatUnary, intShift, floatCompare, intCompare, maskBinary }),
    floatConstant: (writer, { to, value }) => writer.v128(bytesOf(new Float32Array(4).fill(value))).set(to),
    intConstant: (writer, { to, value }) => writer.v128(bytesOf(new Int32Array(4).fill(value))).set(to),
    intRamp: (writer, { to, start, step }) =>
      writer.v128(bytesOf(Int32Array.from([0, 1, 2, 3], (lane) => start + lane * step))).set(to),
    maskFirst: (writer, { to, count }) =>
      writer.v128(bytesOf(Int32Array.from([0, 1, 2, 3], (lane) => (lane < count ? -1 : 0)))).set(to),
    binary: (writer, instruction) => binaryRule(instruction, writer),
    multiplyAdd: (writer, { to, a, b, c }) => {
      if (relaxed) writer.get(a, b, c).op(opcode.f32x4RelaxedMadd).set(to);
      else writer.get(c, a, b).op(opcode.f32x4Mul).op(opcode.f32x4Add).set(to);
    },
    negMultiplyAdd: (writer, { to, a, b, c }) => {
      if (relaxed) writer.get(a, b, c).op(opcode.f32x4RelaxedNmadd).set(to);
      else writer.get(c, a, b).op(opcode.f32x4Mul).op(opcode.f32x4Sub).set(to);
    },
    intBinary: (writer, instruction) => intBinaryRule(instruction, writer),
    maskNot: (writer, { to, a }) => writer.get(a).op(opcode.v128Not).set(to),
    select: (writer, { to, mask, a, b }) => writer.get(a, b, mask).op(opcode.v128Bitselect).set(to),
    bitcast: (writer, { to, a }) => writer.get(a).set(to),
    convert: (writer, { to, a, signed }) => {
      if (a.kind === "int")
        writer
          .get(a)
          .op(signed ? opcode.f32x4ConvertI32x4S : opcode.f32x4ConvertI32x4U)
          .set(to);
      else
        writer
          .get(a)
          .op(signed ? opcode.i32x4TruncSatF32x4S : opcode.i32x4TruncSatF32x4U)
          .set(to);
    },
    splatIndex: (writer, { to, a }) => writer.get(a).op(opcode.i32x4Splat).set(to),
    firstLane: (writer, { to, a }) => writer.get(a).op(opcode.i32x4ExtractLane).op([0]).set(to),
    load: (writer, { to, base, offset }) => writer.address(base, offset).access(opcode.v128Load, offset).set(to),
    loadSplat: (writer, { to, base, offset }) =>
      writer.address(base, offset).access(opcode.v128Load32Splat, offset).set(to),
    loadStrided: (writer, { to, base, offset, stride, lanes }) =>
      gather(writer, to, lanes, (lane) => {
        writer.address(base, offset + lane * stride);
        return offset + lane * stride;
      }),
    loadIndexed: (writer, { to, base, indices, lanes }) =>
      gather(writer, to, lanes, (lane) => {
        writer.get(base, indices).op(opcode.i32x4ExtractLane).op([lane]).i32(2).op(opcode.i32Shl).op(opcode.i32Add);
        return 0;
      }),
    store: (writer, instruction) => storeRule(instruction, writer),
    storeStrided: (writer, { from, base, offset, stride, lanes }) => {
      for (let lane = 0; lane < lanes; lane++) {
        storeLane(writer, opcode.v128Store32Lane, from, base, offset + lane * stride, lane);
      }
    },
    horizontal: (writer, instruction) => horizontalRule(instruction, writer),
    splatLane: (writer, { to, a, lane }) =>
      writer
        .get(a, a)
        .shuffle(Array.from({ length: 16 }, (_, byte) => lane * 4 + (byte & 3)))
        .set(to),
    transpose: (writer, instruction) => transposeRule(instruction, writer),
    prefetch: () => {
      // wasm has no prefetch
    },
    interleaveBlocks: () => {
      // with four lanes a register is one block
    },
  };
}
