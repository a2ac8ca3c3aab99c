import { registersOf } from "../operands.ts";
import type { Register, RegisterKind, VectorFunction } from "../program.ts";
import { type FlatFunction, isSquare, type Simple } from "./flatten.ts";

/** Physical registers come in files; a value lives in one of them. */
export type RegisterFile = "general" | "vector" | "mask";

/** From when to when a value needs a place. Times are twice a step's number when its operands are read, one more when its results are written. */
export interface Interval {
  readonly id: number;
  readonly file: RegisterFile;
  start: number;
  end: number;
  /** how much a register is worth to it: uses, those in loops many times over */
  weight: number;
  /** values whose register it would like to take over */
  readonly hints: number[];
  /** the one instruction that gives it a constant, if that is all that ever writes it */
  constant?: Simple | undefined;
  /** what a rule needs for the time of one instruction: never without a register */
  readonly isTemporary: boolean;
}

/** What a rule needs besides its operands' registers. */
export interface Needs {
  readonly vectors?: number;
  readonly masks?: number;
  /** the result is written before all operands have been read: it must not share their registers */
  readonly early?: boolean;
}

export interface Liveness {
  readonly intervals: readonly Interval[];
  /** ids of the temporaries of each step that has some */
  readonly temporaries: ReadonlyMap<number, { readonly vectors: readonly number[]; readonly masks: readonly number[] }>;
}

const USE_IN_A_LOOP = 8;
const CONSTANT_OPS: ReadonlySet<string> = new Set(["floatConstant", "intConstant", "intRamp", "maskFirst"]);

/** Where every register begins and ends to matter. A loop's body may run again, so what was made before the loop and is used in it lives to
 *  the loop's end. */
export function findIntervals(
  code: VectorFunction,
  { steps, registerCount }: FlatFunction,
  fileOf: (kind: RegisterKind) => RegisterFile,
  needsOf: (instruction: Simple) => Needs,
): Liveness {
  const known: (Interval | undefined)[] = new Array(registerCount);
  const temporaries = new Map<number, { vectors: number[]; masks: number[] }>();
  const extra: Interval[] = [];
  const loops: { readonly start: number; readonly end: number }[] = [];
  let nextId = registerCount;

  const mention = (register: Register, time: number): Interval => {
    let interval = known[register.id];
    if (interval === undefined) {
      interval = {
        id: register.id,
        file: fileOf(register.kind),
        start: time,
        end: time,
        weight: 0,
        hints: [],
        isTemporary: false,
      };
      known[register.id] = interval;
    }
    interval.weight += USE_IN_A_LOOP ** loops.length;
    interval.end = Math.max(interval.end, time);
    const begin = interval.start;
    const outermost = loops.find(({ start }) => start > begin);
    if (outermost) interval.end = Math.max(interval.end, outermost.end);
    return interval;
  };
  const temporary = (file: RegisterFile, time: number): number => {
    const id = nextId++;
    extra.push({
      id,
      file,
      start: 2 * time,
      end: 2 * time + 1,
      weight: Number.POSITIVE_INFINITY,
      hints: [],
      isTemporary: true,
    });
    return id;
  };
  const writers = new Map<number, number>();

  for (const parameter of code.parameters) {
    mention(parameter, -1);
    writers.set(parameter.id, 1);
  }
  steps.forEach((step, number) => {
    const time = 2 * number;
    if (step.kind === "instruction") {
      const { instruction } = step;
      const needs = needsOf(instruction);
      const { reads, writes } = registersOf(instruction);
      for (const register of reads) mention(register, time);
      for (const register of writes) {
        const interval = mention(register, needs.early ? time : time + 1);
        interval.end = Math.max(interval.end, time + 1);
        const count = (writers.get(register.id) ?? 0) + 1;
        writers.set(register.id, count);
        if (isSquare(instruction)) interval.weight = Number.MAX_VALUE;
        interval.constant = count === 1 && CONSTANT_OPS.has(instruction.op) ? instruction : undefined;
        if (!needs.early) {
          // the last operand first: an accumulator is one
          for (let position = reads.length - 1; position >= 0; position--) {
            const other = known[(reads[position] as Register).id];
            if (other?.file === interval.file) interval.hints.push(other.id);
          }
        }
      }
      if (needs.vectors || needs.masks) {
        temporaries.set(number, {
          vectors: Array.from({ length: needs.vectors ?? 0 }, () => temporary("vector", number)),
          masks: Array.from({ length: needs.masks ?? 0 }, () => temporary("mask", number)),
        });
      }
    } else if (step.kind === "loop") {
      const { counter, from } = step.loop;
      if (typeof from !== "number") mention(from, time);
      const limit = typeof step.limit === "number" ? undefined : mention(step.limit, time);
      const interval = mention(counter, time + 1);
      writers.set(counter.id, 2);
      const end = 2 * step.end + 1;
      interval.end = Math.max(interval.end, end);
      if (limit) limit.end = Math.max(limit.end, end);
      loops.push({ start: time, end });
      interval.weight += USE_IN_A_LOOP ** loops.length;
    } else if (step.kind === "loopEnd") loops.pop();
    else if (step.kind === "if") {
      for (const side of [step.branch.a, step.branch.b]) if (typeof side !== "number") mention(side, time);
    }
  });
  return { intervals: [...known.filter((interval) => interval !== undefined), ...extra], temporaries };
}
