import { GradusError } from "../../core/errors.ts";
import { append } from "../../core/extremes.ts";
import type { Index, Instruction, Register, VectorFunction } from "../program.ts";

type Op = Instruction["op"];
type Of<O extends Op> = Extract<Instruction, { readonly op: O }>;

/** Bytes read or written relative to a base address, and the instructions that reach furthest. */
export interface Span {
  readonly low: number;
  /** the first byte beyond */
  readonly high: number;
  readonly lowest: Instruction;
  readonly highest: Instruction;
}

/** All reads and writes of a stretch of straight-line code through one address. */
export interface AccessStep {
  readonly op: "access";
  readonly base: number;
  readonly loads: Span | undefined;
  readonly stores: Span | undefined;
}

/** How a block changes an index register: by a constant sum, by constants inside other blocks, or in any other way. */
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

/** A block reduced to the steps that affect addresses. */
export interface Outline {
  readonly steps: readonly Step[];
  /** index registers that the block writes and that may be read after it or in its next iteration */
  readonly changes: ReadonlyMap<number, Change>;
  /** int registers that it writes */
  readonly ints: ReadonlySet<number>;
}

/** The role of an instruction for addresses: it computes one, accesses memory, contains other instructions, or computes vectors. */
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
  // a hint reads nothing
  prefetch: "vector",
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

type Access = Of<"load" | "loadSplat" | "loadStrided" | "store" | "storeStrided">;
type IndexWrite = Of<"index" | "indexMove" | "firstLane">;

/** The accesses of a stretch of code through one address so far. */
class GrowingAccess {
  readonly op = "access";
  readonly base: number;
  loads: { -readonly [K in keyof Span]: Span[K] } | undefined;
  stores: { -readonly [K in keyof Span]: Span[K] } | undefined;

  constructor(base: number) {
    this.base = base;
  }

  /** @param width lanes of the machine: full-width loads read all of them, stores write only their own. */
  add(instruction: Access, width: number): void {
    const { op, offset } = instruction;
    const stride = "stride" in instruction ? instruction.stride : ELEMENT;
    const lanes = op === "load" ? width : op === "loadSplat" ? 1 : instruction.lanes;
    const last = (lanes - 1) * stride;
    const low = offset + Math.min(0, last);
    const high = offset + Math.max(0, last) + ELEMENT;
    const side = op === "store" || op === "storeStrided" ? "stores" : "loads";
    const span = this[side];
    if (span === undefined) {
      this[side] = { low, high, lowest: instruction, highest: instruction };
      return;
    }
    if (low < span.low) {
      span.low = low;
      span.lowest = instruction;
    }
    if (high > span.high) {
      span.high = high;
      span.highest = instruction;
    }
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

/** Records the int registers that an instruction writes; returns whether there are any. */
function noteInts(instruction: Instruction, ints: Set<number>): boolean {
  let found = false;
  for (const { kind, id } of written(instruction)) {
    if (kind !== "int") continue;
    ints.add(id);
    found = true;
  }
  return found;
}

class OutlineBuilder {
  readonly #code: VectorFunction;
  readonly #lanes: number;
  /** whether int registers matter, because addresses come from them */
  readonly #withInts: boolean;
  hasDataAddresses = false;
  /** the first write of each index register, in program order */
  readonly #firstWrites: Float64Array;
  #writes = 0;

  constructor(code: VectorFunction, lanes: number, withInts: boolean) {
    this.#code = code;
    this.#lanes = lanes;
    this.#withInts = withInts;
    this.#firstWrites = new Float64Array(code.registerCount).fill(Number.POSITIVE_INFINITY);
    for (const { id } of code.parameters) this.#firstWrites[id] = this.#writes++;
  }

  /** @param before only changes of registers first written before this moment count. A register first written in a loop's body cannot be
   *  read in a later iteration or after the loop; one first written in a branch can be read after it. */
  block(body: readonly Instruction[], before: number): Outline {
    const steps: Step[] = [];
    const changes = new Map<number, Change>();
    const ints = new Set<number>();
    let pending: GrowingAccess[] = [];
    for (let at = 0; at < body.length; at++) {
      const instruction = body[at] as Instruction;
      const part = PARTS[instruction.op];
      if (part === "vector") {
        if (this.#withInts && noteInts(instruction, ints)) steps.push(instruction as Step);
      } else if (part === "memory") {
        const makesInts = this.#withInts && noteInts(instruction, ints);
        if (instruction.op === "loadIndexed") this.hasDataAddresses = true;
        else this.#access(pending, instruction as Access);
        if (makesInts || instruction.op === "loadIndexed") steps.push(instruction as Step);
      } else if (part === "index") {
        const write = instruction as IndexWrite;
        if (write.op === "firstLane") this.hasDataAddresses = true;
        const { id } = write.to;
        const place = pending.findIndex(({ base }) => base === id);
        if (place >= 0) append(steps, pending.splice(place, 1));
        steps.push(write);
        if (this.#isFirstBefore(id, before)) changes.set(id, changed(changes.get(id), write));
      } else if (part === "block") {
        append(steps, pending);
        pending = [];
        steps.push(this.#inner(instruction as Of<"loop" | "if">, before, changes, ints));
      } else {
        // an instruction that is not in the table may access anything
        this.#fail("is not known to the bounds verifier", instruction);
      }
    }
    append(steps, pending);
    return { steps, changes, ints };
  }

  #access(pending: GrowingAccess[], instruction: Access): void {
    const { id } = instruction.base;
    for (let at = 0; at < pending.length; at++) {
      const access = pending[at] as GrowingAccess;
      if (access.base !== id) continue;
      access.add(instruction, this.#lanes);
      return;
    }
    const access = new GrowingAccess(id);
    pending.push(access);
    access.add(instruction, this.#lanes);
  }

  /** Records a write. Returns whether the register's first write was before that moment. */
  #isFirstBefore(id: number, moment: number): boolean {
    if (this.#firstWrites[id] === Number.POSITIVE_INFINITY) this.#firstWrites[id] = this.#writes++;
    return (this.#firstWrites[id] as number) < moment;
  }

  /** A loop or a branch; its changes are added to its block's. */
  #inner(
    instruction: Of<"loop" | "if">,
    before: number,
    changes: Map<number, Change>,
    ints: Set<number>,
  ): LoopStep | IfStep {
    const include = (inner: Outline): void => {
      for (const [id, { kind }] of inner.changes) {
        if (!this.#isFirstBefore(id, before)) continue;
        changes.set(id, kind === "other" || changes.get(id)?.kind === "other" ? OTHER : NESTED);
      }
      for (const id of inner.ints) ints.add(id);
    };
    if (instruction.op === "if") {
      const { op, compare, a, b } = instruction;
      const [then, otherwise] = [instruction.then, instruction.otherwise].map((block) =>
        this.block(block, Number.POSITIVE_INFINITY),
      ) as [Outline, Outline];
      include(then);
      include(otherwise);
      return { op, compare, a, b, then, otherwise };
    }
    const { op, counter, from, to, step } = instruction;
    const isKept = this.#isFirstBefore(counter.id, before);
    const body = this.block(instruction.body, this.#writes);
    if (body.changes.has(counter.id)) this.#fail("has a body that writes its counter", instruction);
    if (!(step > 0)) this.#fail("must step forward", instruction);
    include(body);
    if (isKept) changes.set(counter.id, OTHER);
    return { op, counter: counter.id, from, to, step, body };
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

const OTHER: Change = { kind: "other" };
const NESTED: Change = { kind: "nested" };

/** The combined change of a register after one more write. */
function changed(before: Change | undefined, instruction: IndexWrite): Change {
  const step = advanceOf(instruction);
  if (step === undefined || before?.kind === "other") return OTHER;
  if (before?.kind === "nested") return before;
  return { kind: "advance", step: step + (before?.step ?? 0) };
}

/** By how much an instruction moves a pointer; undefined if it does anything else. */
function advanceOf(instruction: IndexWrite): number | undefined {
  if (instruction.op !== "index") return undefined;
  const { kind, to, a, b } = instruction;
  const isSelf = (side: Index): boolean => typeof side !== "number" && side.id === to.id;
  if (kind === "add" && isSelf(a) && typeof b === "number") return b;
  if (kind === "add" && isSelf(b) && typeof a === "number") return a;
  return kind === "sub" && isSelf(a) && typeof b === "number" ? -b : undefined;
}

/** The part of a function that determines its memory accesses. */
export function outlineOf(code: VectorFunction, lanes: number): Outline {
  const builder = new OutlineBuilder(code, lanes, false);
  const outline = builder.block(code.body, 0);
  return builder.hasDataAddresses ? new OutlineBuilder(code, lanes, true).block(code.body, 0) : outline;
}
