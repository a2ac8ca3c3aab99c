import { readsOf, writeOf } from "../operands.ts";
import type { Index, Register, RegisterKind, VectorFunction } from "../program.ts";
import { type FlatFunction, isSquare, type Simple, type Step } from "./flatten.ts";

/** The register files; a value lives in one of them. */
export type RegisterFile = "general" | "vector" | "mask";

/** The time in which a value needs a place. A step reads its operands at twice its number and writes its results one later. */
export interface Interval {
  readonly id: number;
  readonly file: RegisterFile;
  start: number;
  end: number;
  /** number of uses; uses in loops count many times */
  weight: number;
  /** the value of a register to it: uses divided by length, little for constants */
  worth: number;
  /** values whose register it prefers to take over, most preferred first; -1: none */
  firstHint: number;
  secondHint: number;
  thirdHint: number;
  /** the constant instruction that defines it, if nothing else writes it */
  constant: Simple | undefined;
}

/** The registers that a rule needs besides those of its operands. */
export interface Needs {
  readonly vectors?: number;
  readonly masks?: number;
  /** the result is written before all operands are read, so it must not share their registers */
  readonly early?: boolean;
}

export interface Liveness {
  /** by file, sorted by start */
  readonly intervals: Readonly<Record<RegisterFile, readonly Interval[]>>;
  /** constant instructions, by the id of the value */
  readonly constants: ReadonlyMap<number, Simple>;
  /** ids of the temporaries of each step that has any */
  readonly temporaries: ReadonlyMap<number, { readonly vectors: readonly number[]; readonly masks: readonly number[] }>;
}

const USE_IN_A_LOOP = 8;
const CONSTANT_OPS: ReadonlySet<string> = new Set(["floatConstant", "intConstant", "intRamp", "maskFirst"]);
/** A constant without a register is read from memory as an operand, at almost no cost. */
const CONSTANT_WORTH = 1 / 16;

/** The live interval of every register. A loop's body may run again, so a value from before the loop that is used in it lives until the end
 *  of the loop. */
export function findIntervals(
  code: VectorFunction,
  { steps, registerCount }: FlatFunction,
  fileOf: (kind: RegisterKind) => RegisterFile,
  needsOf: (instruction: Simple) => Needs,
): Liveness {
  const finder = new IntervalFinder(registerCount, fileOf);
  for (const parameter of code.parameters) finder.write(parameter, -1);
  for (let number = 0; number < steps.length; number++) {
    const step = steps[number] as Step;
    const time = 2 * number;
    if (step.kind === "instruction") finder.instruction(step.instruction, number, needsOf(step.instruction));
    else if (step.kind === "loop") finder.loop(step, time);
    else if (step.kind === "loopEnd") finder.loopEnd();
    else if (step.kind === "if") {
      finder.read(step.branch.a, time);
      finder.read(step.branch.b, time);
    }
  }
  return finder.finish();
}

class IntervalFinder {
  readonly #fileOf: (kind: RegisterKind) => RegisterFile;
  readonly #known: (Interval | undefined)[];
  readonly #writes: Uint8Array;
  readonly #extra: Interval[] = [];
  readonly #temporaries = new Map<number, { vectors: number[]; masks: number[] }>();
  /** first and last times of the enclosing loops */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #reads: Register[] = [];
  #use = 1;
  #nextId: number;

  constructor(registerCount: number, fileOf: (kind: RegisterKind) => RegisterFile) {
    this.#known = new Array(registerCount).fill(undefined);
    this.#writes = new Uint8Array(registerCount);
    this.#nextId = registerCount;
    this.#fileOf = fileOf;
  }

  #mention(register: Register, time: number): Interval {
    let interval = this.#known[register.id];
    if (interval === undefined) {
      interval = newInterval(register.id, this.#fileOf(register.kind), time, time);
      this.#known[register.id] = interval;
    }
    interval.weight += this.#use;
    if (time > interval.end) interval.end = time;
    // the outermost loop that began after the value did
    const starts = this.#starts;
    for (let depth = 0; depth < starts.length; depth++) {
      if ((starts[depth] as number) <= interval.start) continue;
      const end = this.#ends[depth] as number;
      if (end > interval.end) interval.end = end;
      break;
    }
    return interval;
  }

  read(value: Index, time: number): void {
    if (typeof value !== "number") this.#mention(value, time);
  }

  write(register: Register, time: number): Interval {
    const interval = this.#mention(register, time);
    const count = this.#writes[register.id] as number;
    if (count < 2) this.#writes[register.id] = count + 1;
    return interval;
  }

  instruction(instruction: Simple, number: number, needs: Needs): void {
    const time = 2 * number;
    const reads = this.#reads;
    readsOf(instruction, reads);
    for (let position = 0; position < reads.length; position++) this.#mention(reads[position] as Register, time);
    if (isSquare(instruction)) {
      for (let position = 0; position < reads.length; position++) {
        this.#written(instruction, reads[position] as Register, time, needs).weight = Number.MAX_VALUE;
      }
    } else {
      const register = writeOf(instruction);
      if (register !== undefined) {
        const interval = this.#written(instruction, register, time, needs);
        // the last operand first: it is the accumulator
        if (!needs.early)
          for (let read = reads.length - 1; read >= 0; read--) this.#hint(interval, reads[read] as Register);
      }
    }
    const { vectors = 0, masks = 0 } = needs;
    if (vectors + masks === 0) return;
    const own = { vectors: [] as number[], masks: [] as number[] };
    for (let count = 0; count < vectors; count++) own.vectors.push(this.#temporary("vector", time));
    for (let count = 0; count < masks; count++) own.masks.push(this.#temporary("mask", time));
    this.#temporaries.set(number, own);
  }

  #written(instruction: Simple, register: Register, time: number, needs: Needs): Interval {
    const interval = this.write(register, needs.early ? time : time + 1);
    if (time + 1 > interval.end) interval.end = time + 1;
    const isOnly = this.#writes[register.id] === 1;
    interval.constant = isOnly && CONSTANT_OPS.has(instruction.op) ? instruction : undefined;
    return interval;
  }

  #hint(interval: Interval, { id }: Register): void {
    if (this.#known[id]?.file !== interval.file) return;
    if (interval.firstHint < 0) interval.firstHint = id;
    else if (interval.secondHint < 0) interval.secondHint = id;
    else if (interval.thirdHint < 0) interval.thirdHint = id;
  }

  #temporary(file: RegisterFile, time: number): number {
    const interval = newInterval(this.#nextId++, file, time, time + 1);
    interval.weight = Number.POSITIVE_INFINITY;
    this.#extra.push(interval);
    return interval.id;
  }

  loop(step: Step & { readonly kind: "loop" }, time: number): void {
    const { counter, from } = step.loop;
    const end = 2 * step.end + 1;
    this.read(from, time);
    if (typeof step.limit !== "number") {
      const limit = this.#mention(step.limit, time);
      if (end > limit.end) limit.end = end;
    }
    const interval = this.write(counter, time + 1);
    this.write(counter, time + 1);
    if (end > interval.end) interval.end = end;
    this.#starts.push(time);
    this.#ends.push(end);
    this.#use *= USE_IN_A_LOOP;
    interval.weight += this.#use;
  }

  loopEnd(): void {
    this.#starts.pop();
    this.#ends.pop();
    this.#use /= USE_IN_A_LOOP;
  }

  finish(): Liveness {
    const intervals: Record<RegisterFile, Interval[]> = { general: [], vector: [], mask: [] };
    const constants = new Map<number, Simple>();
    const add = (interval: Interval): void => {
      const weight = interval.constant === undefined ? interval.weight : interval.weight * CONSTANT_WORTH;
      interval.worth = weight / (interval.end - interval.start + 1);
      if (interval.constant !== undefined) constants.set(interval.id, interval.constant);
      intervals[interval.file].push(interval);
    };
    for (let index = 0; index < this.#extra.length; index++) add(this.#extra[index] as Interval);
    for (let index = 0; index < this.#known.length; index++) {
      const interval = this.#known[index];
      if (interval !== undefined) add(interval);
    }
    const byStart = (a: Interval, b: Interval): number => a.start - b.start;
    intervals.general.sort(byStart);
    intervals.vector.sort(byStart);
    intervals.mask.sort(byStart);
    return { intervals, constants, temporaries: this.#temporaries };
  }
}

function newInterval(id: number, file: RegisterFile, start: number, end: number): Interval {
  return {
    id,
    file,
    start,
    end,
    weight: 0,
    worth: 0,
    firstHint: -1,
    secondHint: -1,
    thirdHint: -1,
    constant: undefined,
  };
}
