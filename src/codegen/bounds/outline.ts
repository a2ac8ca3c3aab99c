import { GradusError } from "../../core/errors.ts";
import type { Index, Instruction, Register, VectorFunction } from "../program.ts";

type Op = Instruction["op"];
type Of<O extends Op> = Extract<Instruction, { readonly op: O }>;

/** Bytes from a base address that are read or written, and the instructions that reach furthest. */
export interface Span {
  readonly low: number;
  /** the first byte beyond */
  readonly high: number;
  readonly lowest: Instruction;
  readonly highest: Instruction;
}

/** Everything that a stretch of straight code reads and writes through one address. */
export interface AccessStep {
  readonly op: "access";
  readonly base: number;
  readonly loads: Span | undefined;
  readonly stores: Span | undefined;
}

/** How a block changes an index register: by a constant sum, by constants inside of other blocks, or in any other way. */
export type Change =
  | { readonly kind: "advance"; readonly step: number }
  | { readonly kind: "nested" }
  | { readonly kind: "other" };

export interface LoopStep {
  readonly op: "loop";
  readonly counter: number;
  readonly from: Index;
  readonly to: Index;
  readonly step: number;
  readonly body: Outline;
}

export interface IfStep {
  readonly op: "if";
  readonly compare: "less" | "equal";
  readonly a: Index;
  readonly b: Index;
  readonly then: Outline;
  readonly otherwise: Outline;
}

export type Step = Exclude<Instruction, Of<"loop" | "if">> | AccessStep | LoopStep | IfStep;

/** A block without what has nothing to do with addresses. */
export interface Outline {
  readonly steps: readonly Step[];
  /** index registers that the block writes */
  readonly changes: ReadonlyMap<number, Change>;
  /** int registers that it writes */
  readonly ints: ReadonlySet<number>;
}

/** What an instruction is to addresses: it computes one, reads or writes memory, holds other instructions, or computes vectors. */
const PARTS = {
  floatConstant: "vector",
  intConstant: "vector",
  intRamp: "vector",
  maskFirst: "vector",
  move: "vector",
  unary: "vector",
  binary: "vector",
  multiplyAdd: "vector",
  negMultiplyAdd: "vector",
  intBinary: "vector",
  intShift: "vector",
  compare: "vector",
  intCompare: "vector",
  maskBinary: "vector",
  maskNot: "vector",
  select: "vector",
  bitcast: "vector",
  convert: "vector",
  splatIndex: "vector",
  horizontal: "vector",
  splatLane: "vector",
  transpose: "vector",
  interleaveBlocks: "vector",
  firstLane: "index",
  index: "index",
  indexMove: "index",
  load: "memory",
  loadSplat: "memory",
  loadStrided: "memory",
  loadIndexed: "memory",
  store: "memory",
  storeStrided: "memory",
  loop: "block",
  if: "block",
} satisfies Record<Op, "vector" | "index" | "memory" | "block">;

const ELEMENT = 4;

function spread(offset: number, stride: number, lanes: number): readonly [low: number, high: number] {
  const last = (lanes - 1) * stride;
  return [offset + Math.min(0, last), offset + Math.max(0, last) + ELEMENT];
}

/** Bytes from the base that an instruction touches, on a machine of so many lanes. Full-width loads take all lanes, stores only theirs. */
function touched(
  instruction: Of<"load" | "loadSplat" | "loadStrided" | "store" | "storeStrided">,
  lanes: number,
): readonly [low: number, high: number] {
  switch (instruction.op) {
    case "load":
      return spread(instruction.offset, ELEMENT, lanes);
    case "loadSplat":
      return spread(instruction.offset, ELEMENT, 1);
    case "store":
      return spread(instruction.offset, ELEMENT, instruction.lanes);
    default:
      return spread(instruction.offset, instruction.stride, instruction.lanes);
  }
}

/** Two spans as one. */
export function joinSpans(a: Span | undefined, b: Span): Span {
  if (a === undefined || (b.low < a.low && b.high > a.high)) return b;
  if (b.low >= a.low && b.high <= a.high) return a;
  return b.low < a.low ? { ...a, low: b.low, lowest: b.lowest } : { ...a, high: b.high, highest: b.highest };
}

/** The registers that a computation writes. */
export function written(instruction: Instruction): readonly Register[] {
  if ("to" in instruction && typeof instruction.to === "object") return [instruction.to];
  return "registers" in instruction ? instruction.registers : [];
}

class OutlineBuilder {
  readonly #code: VectorFunction;
  readonly #lanes: number;
  /** are int registers of interest, because addresses come from them? */
  readonly #withInts: boolean;
  hasDataAddresses = false;

  constructor(code: VectorFunction, lanes: number, withInts: boolean) {
    this.#code = code;
    this.#lanes = lanes;
    this.#withInts = withInts;
  }

  block(body: readonly Instruction[]): Outline {
    const steps: Step[] = [];
    const changes = new Map<number, Change>();
    const ints = new Set<number>();
    const pending = new Map<number, { loads: Span | undefined; stores: Span | undefined }>();
    const flush = (base: number): void => {
      const access = pending.get(base);
      if (access === undefined) return;
      steps.push({ op: "access", base, ...access });
      pending.delete(base);
    };
    const flushAll = (): void => {
      for (const base of [...pending.keys()]) flush(base);
    };
    const within = (inner: Outline): Outline => {
      for (const [id, { kind }] of inner.changes) {
        const isOther = kind === "other" || changes.get(id)?.kind === "other";
        changes.set(id, { kind: isOther ? "other" : "nested" });
      }
      for (const id of inner.ints) ints.add(id);
      return inner;
    };

    for (const instruction of body) {
      if (this.#withInts) for (const { kind, id } of written(instruction)) if (kind === "int") ints.add(id);
      switch (instruction.op) {
        case "loop": {
          flushAll();
          const { counter, from, to, step } = instruction;
          const inner = within(this.block(instruction.body));
          if (inner.changes.has(counter.id)) this.#fail("has a body that writes its counter", instruction);
          if (!(step > 0)) this.#fail("must step forward", instruction);
          changes.set(counter.id, { kind: "other" });
          steps.push({ op: "loop", counter: counter.id, from, to, step, body: inner });
          break;
        }
        case "if": {
          flushAll();
          const { compare, a, b } = instruction;
          const [then, otherwise] = [instruction.then, instruction.otherwise].map((block) =>
            within(this.block(block)),
          ) as [Outline, Outline];
          steps.push({ op: "if", compare, a, b, then, otherwise });
          break;
        }
        case "load":
        case "loadSplat":
        case "loadStrided":
        case "store":
        case "storeStrided": {
          const [low, high] = touched(instruction, this.#lanes);
          const span: Span = { low, high, lowest: instruction, highest: instruction };
          const { id } = instruction.base;
          const access = pending.get(id) ?? { loads: undefined, stores: undefined };
          const isStore = instruction.op === "store" || instruction.op === "storeStrided";
          if (isStore) access.stores = joinSpans(access.stores, span);
          else access.loads = joinSpans(access.loads, span);
          pending.set(id, access);
          if (this.#withInts && !isStore && instruction.to.kind === "int") steps.push(instruction);
          break;
        }
        case "loadIndexed":
          this.hasDataAddresses = true;
          steps.push(instruction);
          break;
        case "index":
        case "indexMove":
        case "firstLane": {
          if (instruction.op === "firstLane") this.hasDataAddresses = true;
          const { id } = instruction.to;
          flush(id);
          steps.push(instruction);
          changes.set(id, changed(changes.get(id), instruction));
          break;
        }
        default:
          // an instruction that is not in the table may touch anything
          if (PARTS[instruction.op] !== "vector") this.#fail("is not known to the bounds verifier", instruction);
          if (this.#withInts && written(instruction).some(({ kind }) => kind === "int")) steps.push(instruction);
      }
    }
    flushAll();
    return { steps, changes, ints };
  }

  #fail(rule: string, instruction: Instruction): never {
    const { name } = this.#code;
    throw new GradusError(
      "bad-argument",
      `vector program: ${name}: ${instruction.op} ${rule}. Verify the program before its bounds.`,
      { function: name, instruction },
    );
  }
}

/** What one more write makes of what a block has done to a register so far. */
function changed(before: Change | undefined, instruction: Of<"index" | "indexMove" | "firstLane">): Change {
  const step = advanceOf(instruction);
  if (step === undefined || before?.kind === "other") return { kind: "other" };
  if (before?.kind === "nested") return before;
  return { kind: "advance", step: step + (before?.step ?? 0) };
}

/** By how much an instruction moves a pointer, if that is what it does. */
function advanceOf(instruction: Of<"index" | "indexMove" | "firstLane">): number | undefined {
  if (instruction.op !== "index") return undefined;
  const { kind, to, a, b } = instruction;
  const isSelf = (side: Index): boolean => typeof side !== "number" && side.id === to.id;
  if (kind === "add" && isSelf(a) && typeof b === "number") return b;
  if (kind === "add" && isSelf(b) && typeof a === "number") return a;
  return kind === "sub" && isSelf(a) && typeof b === "number" ? -b : undefined;
}

/** The part of a function that decides which bytes it touches. */
export function outlineOf(code: VectorFunction, lanes: number): Outline {
  const builder = new OutlineBuilder(code, lanes, false);
  const outline = builder.block(code.body);
  return builder.hasDataAddresses ? new OutlineBuilder(code, lanes, true).block(code.body) : outline;
}
