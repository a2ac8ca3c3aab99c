import type { Index, IndexBinary, Instruction, VectorFunction } from "../program.ts";
import { type ByteWriter, EMPTY_BLOCK, type Opcode, opcode, valueType } from "./encoder.ts";
import { FunctionWriter, scalarTypes, vectorTypes } from "./function-writer.ts";
import type { LaneRules, Of, SharedOp } from "./rules.ts";
import { scalarRules } from "./scalar.ts";
import { simdRules } from "./simd.ts";

const indexBinary: Record<Exclude<IndexBinary, "min" | "max">, Opcode> = {
  add: opcode.i32Add,
  sub: opcode.i32Sub,
  mul: opcode.i32Mul,
  div: opcode.i32DivS,
  rem: opcode.i32RemS,
  shl: opcode.i32Shl,
  and: opcode.i32And,
};

function indexRule(writer: FunctionWriter, { kind, to, a, b }: Of<"index">): void {
  writer.index(a).index(b);
  if (kind !== "min" && kind !== "max") writer.op(indexBinary[kind]).set(to);
  else {
    const keepFirst = kind === "min" ? opcode.i32LtS : opcode.i32GtS;
    writer.index(a).index(b).op(keepFirst).op(opcode.select).set(to);
  }
}

/** Does a block write an index register? */
function writes(body: readonly Instruction[], id: number): boolean {
  return body.some((instruction) => {
    if (instruction.op === "loop") return instruction.counter.id === id || writes(instruction.body, id);
    if (instruction.op === "if") return writes(instruction.then, id) || writes(instruction.otherwise, id);
    return "to" in instruction && instruction.to.id === id;
  });
}

type Rules = LaneRules & {
  readonly [O in SharedOp]: (writer: FunctionWriter, instruction: Of<O>) => void;
};

function withShared(lanes: LaneRules): Rules {
  const block = (writer: FunctionWriter, body: readonly Instruction[]): void => {
    for (const instruction of body) emitInstruction(rules, writer, instruction);
  };

  const loop = (writer: FunctionWriter, { counter, from, to, step, body }: Of<"loop">): void => {
    const constant = typeof from === "number" && typeof to === "number";
    if (constant && from >= to) return;
    writer.index(from).set(counter);
    if (constant && from + step >= to) {
      block(writer, body);
      return;
    }
    // the bound is read once: if the body changes its register, the loop keeps a copy
    let pushLimit = (): FunctionWriter => writer.index(to);
    if (typeof to !== "number" && writes(body, to.id)) {
      const limit = writer.privateLocal(valueType.i32);
      writer.get(to).setLocal(limit);
      pushLimit = () => writer.getLocal(limit);
    }
    if (!constant) {
      writer.get(counter);
      pushLimit().op(opcode.i32LtS).op(opcode.if).op([EMPTY_BLOCK]);
    }
    writer.op(opcode.loop).op([EMPTY_BLOCK]);
    block(writer, body);
    writer.get(counter).i32(step).op(opcode.i32Add).tee(counter);
    pushLimit().op(opcode.i32LtS).op(opcode.brIf, 0).op(opcode.end);
    if (!constant) writer.op(opcode.end);
  };

  const branch = (writer: FunctionWriter, { compare, a, b, then, otherwise }: Of<"if">): void => {
    writer
      .index(a)
      .index(b)
      .op(compare === "less" ? opcode.i32LtS : opcode.i32Eq);
    writer.op(opcode.if).op([EMPTY_BLOCK]);
    block(writer, then);
    if (otherwise.length > 0) {
      writer.op(opcode.else);
      block(writer, otherwise);
    }
    writer.op(opcode.end);
  };

  const rules: Rules = {
    ...lanes,
    move: (writer, { to, a }) => writer.get(a).set(to),
    index: indexRule,
    indexMove: (writer: FunctionWriter, { to, a }: { to: Of<"indexMove">["to"]; a: Index }) => writer.index(a).set(to),
    loop,
    if: branch,
  };
  return rules;
}

function emitInstruction(rules: Rules, writer: FunctionWriter, instruction: Instruction): void {
  (rules[instruction.op] as (writer: FunctionWriter, instruction: Instruction) => void)(writer, instruction);
}

const fused = withShared(simdRules(true));
const unfused = withShared(simdRules(false));
const scalar = withShared(scalarRules);

export interface EmitFeatures {
  readonly simd: boolean;
  readonly relaxed: boolean;
}

/** Appends the body of one function in the format of the code section. */
export function emitFunctionBody(code: VectorFunction, features: EmitFeatures, target: ByteWriter): void {
  const rules = features.simd ? (features.relaxed ? fused : unfused) : scalar;
  const writer = new FunctionWriter(code, features.simd ? vectorTypes : scalarTypes);
  for (const instruction of code.body) emitInstruction(rules, writer, instruction);
  writer.finish(target);
}
