import type { Index, Instruction, Register, VectorFunction } from "../program.ts";

type Op = Instruction["op"];
export type Of<O extends Op> = Extract<Instruction, { readonly op: O }>;
export type Simple = Exclude<Instruction, { readonly op: "loop" | "if" }>;

/** A function as one list of steps: structured control flow becomes markers. A step's index is its time for register allocation. */
export type Step =
  | { readonly kind: "instruction"; readonly instruction: Simple }
  | { readonly kind: "loop"; readonly loop: Of<"loop">; readonly limit: Index; end: number }
  | { readonly kind: "loopEnd"; readonly loop: Of<"loop">; readonly limit: Index }
  | { readonly kind: "if"; readonly branch: Of<"if"> }
  | { readonly kind: "else" }
  | { readonly kind: "ifEnd" };

export interface FlatFunction {
  readonly steps: readonly Step[];
  /** number of registers, including copies of loop bounds */
  readonly registerCount: number;
}

/** Instructions that change more registers at once than there are scratch registers. */
export function isSquare(instruction: Simple): instruction is Of<"transpose" | "interleaveBlocks"> {
  return instruction.op === "transpose" || instruction.op === "interleaveBlocks";
}

/** @param ownSquares instructions that need many registers at once work on copies, which live only for that instruction; the registers
 *  themselves may then be in memory. */
export function flatten(code: VectorFunction, ownSquares = false): FlatFunction {
  const steps: Step[] = [];
  // the open loops, and the loops whose body writes the register of their bound
  const open: (Step & { readonly kind: "loop" })[] = [];
  let changed: Set<Step> | undefined;
  let registerCount = code.registerCount;
  const simple = (instruction: Simple): void => {
    steps.push({ kind: "instruction", instruction });
    if ("to" in instruction && instruction.to.kind === "index") written(instruction.to);
  };
  const written = ({ id }: Register): void => {
    for (const loop of open) {
      if (typeof loop.limit === "number" || loop.limit.id !== id) continue;
      changed ??= new Set();
      changed.add(loop);
    }
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
    const start: Step & { readonly kind: "loop" } = { kind: "loop", loop: instruction, limit: to, end: 0 };
    steps.push(start);
    written(instruction.counter);
    open.push(start);
    block(instruction.body);
    open.pop();
    start.end = steps.length;
    steps.push({ kind: "loopEnd", loop: instruction, limit: to });
  };
  block(code.body);
  return changed === undefined ? { steps, registerCount } : withOwnLimits(steps, changed, registerCount);
}

/** Bounds are read once: a loop whose body changes its bound's register keeps a copy. */
function withOwnLimits(steps: readonly Step[], changed: ReadonlySet<Step>, registerCount: number): FlatFunction {
  const result: Step[] = [];
  const limits = new Map<Instruction, Register>();
  const moved: number[] = [];
  let count = registerCount;
  for (const step of steps) {
    let placed = step;
    if (step.kind === "loop" && changed.has(step)) {
      const copy: Register = { id: count++, kind: "index" };
      limits.set(step.loop, copy);
      result.push({ kind: "instruction", instruction: { op: "indexMove", to: copy, a: step.limit } });
      placed = { ...step, limit: copy };
    } else if (step.kind === "loopEnd") placed = { ...step, limit: limits.get(step.loop) ?? step.limit };
    moved.push(result.length);
    result.push(placed);
  }
  const shifted = result.map((step) => (step.kind === "loop" ? { ...step, end: moved[step.end] as number } : step));
  return { steps: shifted, registerCount: count };
}
