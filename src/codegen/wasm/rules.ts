import type { Compare, FloatUnary, Instruction, IntShift } from "../program.ts";
import type { Opcode } from "./encoder.ts";
import type { FunctionWriter } from "./function-writer.ts";

type Op = Instruction["op"];
export type Of<O extends Op> = Extract<Instruction, { readonly op: O }>;

/** Instructions whose code does not depend on the register width. */
export type SharedOp = "move" | "index" | "indexMove" | "loop" | "if";

/** How a target writes each instruction on lanes. */
export type LaneRules = {
  readonly [O in Exclude<Op, SharedOp>]: (writer: FunctionWriter, instruction: Of<O>) => void;
};

/** The opcodes of instructions with the same form for every lane width: operands, then one opcode. */
export interface OpcodeTables {
  readonly floatUnary: Readonly<Record<FloatUnary, Opcode>>;
  readonly intShift: Readonly<Record<IntShift, Opcode>>;
  readonly floatCompare: Readonly<Record<Compare, Opcode>>;
  readonly intCompare: Readonly<Record<"signed" | "unsigned", Readonly<Record<Compare, Opcode>>>>;
  readonly maskBinary: Readonly<Record<"and" | "or" | "xor", Opcode>>;
}

export function tableRules(tables: OpcodeTables) {
  return {
    unary: (writer, { kind, to, a }) => writer.get(a).op(tables.floatUnary[kind]).set(to),
    intShift: (writer, { kind, to, a, bits }) => writer.get(a).i32(bits).op(tables.intShift[kind]).set(to),
    compare: (writer, { kind, to, a, b }) => writer.get(a, b).op(tables.floatCompare[kind]).set(to),
    intCompare: (writer, { kind, signed, to, a, b }) =>
      writer
        .get(a, b)
        .op(tables.intCompare[signed ? "signed" : "unsigned"][kind])
        .set(to),
    maskBinary: (writer, { kind, to, a, b }) => writer.get(a, b).op(tables.maskBinary[kind]).set(to),
  } satisfies Partial<LaneRules>;
}
