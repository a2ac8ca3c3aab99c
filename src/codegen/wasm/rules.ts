import type { Instruction } from "../program.ts";
import type { FunctionWriter } from "./function-writer.ts";

type Op = Instruction["op"];
export type Of<O extends Op> = Extract<Instruction, { readonly op: O }>;

/** Instructions whose code does not depend on how wide a register is. */
export type SharedOp = "move" | "index" | "indexMove" | "loop" | "if";

/** How a target writes each instruction on lanes. */
export type LaneRules = {
  readonly [O in Exclude<Op, SharedOp>]: (writer: FunctionWriter, instruction: Of<O>) => void;
};
