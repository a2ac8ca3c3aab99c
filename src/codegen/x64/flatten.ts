import { walkInstructions } from "../operands.ts";
import type { Index, Instruction, Register, VectorFunction } from "../program.ts";

type Op = Instruction["op"];
export type Of<O extends Op> = Extract<Instruction, { readonly op: O }>;
export type Simple = Exclude<Instruction, { readonly op: "loop" | "if" }>;

/** A function as one row of steps: structured control becomes marks. A step's place in the row is its time for register allocation. */
export type Step =
  | { readonly kind: "instruction"; readonly instruction: Simple }
  | { readonly kind: "loop"; readonly loop: Of<"loop">; readonly limit: Index; end: number }
  | { readonly kind: "loopEnd"; readonly loop: Of<"loop">; readonly limit: Index }
  | { readonly kind: "if"; readonly branch: Of<"if"> }
  | { readonly kind: "else" }
  | { readonly kind: "ifEnd" };

export interface FlatFunction {
  readonly steps: readonly Step[];
  /** registers, those that loops keep their bounds in included */
  readonly registerCount: number;
}

/** Instructions that change more registers at once than there are to carry spilled values. */
export function isSquare(instruction: Simple): instruction is Of<"transpose" | "interleaveBlocks"> {
  return instruction.op === "transpose" || instruction.op === "interleaveBlocks";
}

/** How often each index register is written. */
function countIndexWrites(code: VectorFunction): Uint32Array {
  const counts = new Uint32Array(code.registerCount);
  walkInstructions(code.body, (instruction) => {
    if (instruction.op === "loop") (counts[instruction.counter.id] as number) += 1;
    else if ("to" in instruction && typeof instruction.to === "object" && instruction.to.kind === "index") {
      (counts[instruction.to.id] as number) += 1;
    }
  });
  return counts;
}

/** @param ownSquares instructions that need many registers at once work on copies, which live for that instruction only; the registers
 *  themselves may then lie in memory. */
export function flatten(code: VectorFunction, ownSquares = false): FlatFunction {
  const steps: Step[] = [];
  const indexWrites = countIndexWrites(code);
  let registerCount = code.registerCount;
  const simple = (instruction: Simple): void => {
    steps.push({ kind: "instruction", instruction });
  };
  const square = (instruction: Of<"transpose" | "interleaveBlocks">): void => {
    const copies = instruction.registers.map(({ kind }): Register => ({ id: registerCount++, kind }));
    const pairs = instruction.registers.map((register, row) => [register, copies[row] as Register] as const);
    for (const [register, copy] of pairs) simple({ op: "move", to: copy, a: register });
    simple({ ...instruction, registers: copies });
    for (const [register, copy] of pairs) simple({ op: "move", to: register, a: copy });
  };
  const block = (body: readonly Instruction[]): void => {
    for (const instruction of body) {
      if (instruction.op === "loop") loop(instruction);
      else if (instruction.op === "if") {
        steps.push({ kind: "if", branch: instruction });
        block(instruction.then);
        if (instruction.otherwise.length > 0) steps.push({ kind: "else" });
        block(instruction.otherwise);
        steps.push({ kind: "ifEnd" });
      } else if (ownSquares && isSquare(instruction)) square(instruction);
      else simple(instruction);
    }
  };
  const loop = (instruction: Of<"loop">): void => {
    const { from, to, step } = instruction;
    const isConstant = typeof from === "number" && typeof to === "number";
    if (isConstant && from >= to) return;
    if (isConstant && from + step >= to) {
      simple({ op: "indexMove", to: instruction.counter, a: from });
      block(instruction.body);
      return;
    }
    let limit: Index = to;
    // the bound is read once: where the body may change its register, the loop keeps a copy. A register that is written once has been
    // written before the loop, since the loop reads it
    if (typeof to !== "number" && (indexWrites[to.id] as number) > 1) {
      const copy: Register = { id: registerCount++, kind: "index" };
      simple({ op: "indexMove", to: copy, a: to });
      limit = copy;
    }
    const start: Step = { kind: "loop", loop: instruction, limit, end: 0 };
    steps.push(start);
    block(instruction.body);
    start.end = steps.length;
    steps.push({ kind: "loopEnd", loop: instruction, limit });
  };
  block(code.body);
  return { steps, registerCount };
}
