import type { RegisterKind, Target, VectorFunction } from "../program.ts";
import { type Allocation, allocate, pressureOf, type RegisterCodes } from "./allocate.ts";
import type { Assembler } from "./assembler.ts";
import { Emitter, type Frame, type Scratch } from "./emitter.ts";
import { type FlatFunction, flatten, isSquare, type Step } from "./flatten.ts";
import { findIntervals, type Liveness, type RegisterFile } from "./intervals.ts";
import { type Label, memory, rax, rcx, rdi, rdx, rsi, rsp } from "./registers.ts";
import { needsOf, type Rules, ruleOf } from "./rule.ts";
import { avx2Rules } from "./rules-avx2.ts";
import { avx512Rules } from "./rules-avx512.ts";
import { compareIndices, moveIndex } from "./rules-index.ts";

/** General registers that hold values; rax and rdx are scratch registers, rsp is the stack pointer. */
const GENERAL_CODES: readonly number[] = [1, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/** k0 cannot hold a condition. */
const MASK_CODES: readonly number[] = [1, 2, 3, 4, 5, 6, 7];
/** Most spilled values that one instruction may access. */
const SCRATCH_VECTORS = 3;
const SCRATCH_MASKS = 3;
/** A loop's first instruction starts half a line of the instruction cache. */
const LOOP_ALIGNMENT = 32;

function codesWithout(scratch: Scratch, vectors: number): RegisterCodes {
  return {
    general: GENERAL_CODES,
    vector: Array.from({ length: vectors }, (_, code) => code).filter((code) => !scratch.vectors.includes(code)),
    mask: MASK_CODES.filter((code) => !scratch.masks.includes(code)),
  };
}

interface Placed {
  readonly flat: FlatFunction;
  readonly liveness: Liveness;
  readonly allocation: Allocation;
  readonly scratch: Scratch;
}

/** Allocates registers for all values. If some must be in memory, a few registers are reserved as scratch. If operands of an instruction
 *  that needs many registers at once would be in memory, it works on copies. */
function placeValues(code: VectorFunction, rules: Rules, isWide: boolean): Placed {
  const vectors = isWide ? 32 : 16;
  const fileOf = (kind: RegisterKind): RegisterFile =>
    kind === "index" ? "general" : kind === "mask" && isWide ? "mask" : "vector";
  const live = (ownSquares: boolean): Pick<Placed, "flat" | "liveness"> => {
    const flat = flatten(code, ownSquares);
    return { flat, liveness: findIntervals(code, flat, fileOf, (instruction) => needsOf(rules, instruction)) };
  };
  const place = (values: Pick<Placed, "flat" | "liveness">, scratch: Scratch): Placed => {
    const allocation = allocate(values.liveness.intervals, codesWithout(scratch, vectors));
    return { ...values, scratch, allocation };
  };
  const values = live(false);
  const isCrowded = (file: RegisterFile, registers: number): boolean =>
    pressureOf(values.liveness.intervals[file]) > registers;
  const scratch: Scratch = {
    vectors: isCrowded("vector", vectors) ? Array.from({ length: SCRATCH_VECTORS }, (_, k) => vectors - 1 - k) : [],
    masks: isWide && isCrowded("mask", MASK_CODES.length) ? MASK_CODES.slice(-SCRATCH_MASKS) : [],
  };
  const first = place(values, scratch);
  return hasSpilledSquare(first) ? place(live(true), scratch) : first;
}

function hasSpilledSquare({ flat, allocation }: Placed): boolean {
  return flat.steps.some(
    (step) =>
      step.kind === "instruction" &&
      isSquare(step.instruction) &&
      step.instruction.registers.some(({ id }) => allocation.homes[id]?.in !== "register"),
  );
}

/** Appends a function's machine code. It is called with rdi = its argument block (an address of 8 bytes for each parameter besides the last
 *  three), rsi = begin, rdx = end, rcx = thread; it preserves only the stack pointer. */
export function emitFunction(code: VectorFunction, target: Target, assembler: Assembler): void {
  const isWide = target.lanes === 16;
  const rules = isWide ? avx512Rules : avx2Rules;
  const { flat, liveness, allocation, scratch } = placeValues(code, rules, isWide);
  const { constants } = liveness;

  const { slots } = allocation;
  const masksAt = slots.vector * target.lanes * 4;
  const generalsAt = masksAt + slots.mask * 8;
  const entryAt = generalsAt + slots.general * 8;
  const frame: Frame = { vectors: 0, masks: masksAt, generals: generalsAt };
  const e = new Emitter(assembler, target, allocation, constants, scratch, frame);

  // begin, end and thread stay in the frame until all parameters are in place
  const bytes = Math.ceil((entryAt + 32) / 64) * 64;
  const oldStack = entryAt + 24;
  assembler.mov(rax, rsp);
  assembler.sub(rsp, bytes);
  assembler.and(rsp, -64);
  assembler.mov(memory(rsp, oldStack), rax);
  assembler.mov(memory(rsp, entryAt), rsi);
  assembler.mov(memory(rsp, entryAt + 8), rdx);
  assembler.mov(memory(rsp, entryAt + 16), rcx);
  assembler.mov(rdx, rdi);
  const addresses = code.parameters.length - 3;
  code.parameters.forEach((parameter, position) => {
    const place = position < addresses ? memory(rdx, position * 8) : memory(rsp, entryAt + (position - addresses) * 8);
    const home = e.indexPlace(parameter);
    if (home.kind === "general") assembler.mov(home, place);
    else {
      assembler.mov(rax, place);
      assembler.mov(home, rax);
    }
  });
  new ControlWriter(e, flat, liveness, rules).write();
  assembler.mov(rsp, memory(rsp, oldStack));
  assembler.ret();
}

/** Writes the steps: instructions by their rules, loops and branches as jumps. */
class ControlWriter {
  readonly #e: Emitter;
  readonly #flat: FlatFunction;
  readonly #liveness: Liveness;
  readonly #rules: Rules;
  readonly #loops: { readonly top: Label; readonly exit: Label }[] = [];
  readonly #branches: { otherwise: Label; readonly exit: Label }[] = [];

  constructor(e: Emitter, flat: FlatFunction, liveness: Liveness, rules: Rules) {
    this.#e = e;
    this.#flat = flat;
    this.#liveness = liveness;
    this.#rules = rules;
  }

  write(): void {
    this.#flat.steps.forEach((step, number) => this.#step(step, number));
  }

  #step(step: Step, number: number): void {
    const e = this.#e;
    const { assembler } = e;
    switch (step.kind) {
      case "instruction":
        e.begin(this.#liveness.temporaries.get(number));
        ruleOf(this.#rules, step.instruction).emit(e, step.instruction);
        e.finish();
        return;
      case "loop": {
        const { counter, from } = step.loop;
        const labels = { top: assembler.label(), exit: assembler.label() };
        this.#loops.push(labels);
        moveIndex(e, counter, from);
        if (typeof from !== "number" || typeof step.limit !== "number") {
          compareIndices(e, counter, step.limit);
          assembler.jcc("ge", labels.exit);
        }
        assembler.code.align(LOOP_ALIGNMENT);
        assembler.bind(labels.top);
        return;
      }
      case "loopEnd": {
        const { top, exit } = this.#loops.pop() as { readonly top: Label; readonly exit: Label };
        const { counter } = step.loop;
        assembler.add(e.indexPlace(counter), step.loop.step);
        compareIndices(e, counter, step.limit);
        assembler.jcc("l", top);
        assembler.bind(exit);
        return;
      }
      case "if": {
        const { compare, a, b } = step.branch;
        const labels = { otherwise: assembler.label(), exit: assembler.label() };
        this.#branches.push(labels);
        compareIndices(e, a, b);
        assembler.jcc(compare === "less" ? "ge" : "ne", labels.otherwise);
        return;
      }
      case "else": {
        const labels = this.#branches.at(-1) as { otherwise: Label; readonly exit: Label };
        assembler.jmp(labels.exit);
        assembler.bind(labels.otherwise);
        return;
      }
      case "ifEnd": {
        const { otherwise, exit } = this.#branches.pop() as { otherwise: Label; readonly exit: Label };
        if (assembler.code.offsetOf(otherwise) === undefined) assembler.bind(otherwise);
        assembler.bind(exit);
        return;
      }
    }
  }
}
