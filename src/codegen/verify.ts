import { GradusError } from "../core/errors.ts";
import { operandsOf } from "./operands.ts";
import type { Instruction, Register, VectorFunction, VectorProgram } from "./program.ts";

/** Parameters of a kernel beyond its addresses: begin, end, thread. */
export const RANGE_PARAMETERS = 3;

/** Registers that `interleaveBlocks` takes. */
const BLOCK_ROWS = 4;

function fail(
  name: string,
  rule: string,
  instruction: Instruction | undefined,
  values: Record<string, unknown>,
): never {
  const where = instruction === undefined ? name : `${name}, ${instruction.op}`;
  throw new GradusError("bad-argument", `vector program: ${where}: ${rule}.`, {
    function: name,
    rule,
    instruction,
    ...values,
  });
}

class FunctionVerifier {
  private readonly lanes: number;
  private readonly code: VectorFunction;
  /** counters of the loops around the instruction at hand, which only the loop itself may write */
  private readonly counters = new Set<number>();
  private readonly kinds = new Map<number, Register["kind"]>();

  constructor(code: VectorFunction, lanes: number) {
    this.code = code;
    this.lanes = lanes;
  }

  verify(): void {
    const defined = new Set<number>();
    for (const parameter of this.code.parameters) {
      if (parameter.kind !== "index") this.fail(`parameter ${parameter.id} must be an index, got ${parameter.kind}`);
      if (defined.has(parameter.id)) this.fail(`parameter ${parameter.id} is listed twice`);
      this.requireKnown(parameter, undefined);
      defined.add(parameter.id);
    }
    this.block(this.code.body, defined);
  }

  private fail(rule: string, instruction?: Instruction, values: Record<string, unknown> = {}): never {
    return fail(this.code.name, rule, instruction, values);
  }

  /** Checks a block and adds what it surely defines to `defined`. */
  private block(body: readonly Instruction[], defined: Set<number>): void {
    for (const instruction of body) {
      this.operands(instruction, defined);
      this.limits(instruction);
      if (instruction.op === "loop") {
        const inside = new Set(defined);
        this.counters.add(instruction.counter.id);
        this.block(instruction.body, inside);
        this.counters.delete(instruction.counter.id);
        // The body may never run and the counter is the loop's own: neither is defined after it.
        defined.delete(instruction.counter.id);
      }
      if (instruction.op === "if") {
        const then = new Set(defined);
        const otherwise = new Set(defined);
        this.block(instruction.then, then);
        this.block(instruction.otherwise, otherwise);
        for (const id of then) if (otherwise.has(id)) defined.add(id);
      }
    }
  }

  private operands(instruction: Instruction, defined: Set<number>): void {
    for (const { role, register, access, kinds } of operandsOf(instruction)) {
      this.requireKnown(register, instruction);
      if (!kinds.includes(register.kind)) {
        this.fail(`${role} must be ${kinds.join(" or ")}, got ${register.kind} ${register.id}`, instruction, {
          register,
        });
      }
      if (access === "read" && !defined.has(register.id)) {
        this.fail(`${role} reads register ${register.id} before anything was written to it`, instruction, { register });
      }
      if (access === "write") {
        if (this.counters.has(register.id)) {
          this.fail(`${role} writes register ${register.id}, the counter of a loop around it`, instruction, {
            register,
          });
        }
        defined.add(register.id);
      }
    }
  }

  /** One id is one register: of one kind, below registerCount. */
  private requireKnown(register: Register, instruction: Instruction | undefined): void {
    const { id, kind } = register;
    if (!Number.isInteger(id) || id < 0 || id >= this.code.registerCount) {
      this.fail(`register ${id} is outside [0, ${this.code.registerCount})`, instruction, { register });
    }
    const known = this.kinds.get(id) ?? kind;
    if (known !== kind) this.fail(`register ${id} is both ${known} and ${kind}`, instruction, { register });
    this.kinds.set(id, kind);
  }

  private limits(instruction: Instruction): void {
    if ("lanes" in instruction) this.whole("lanes", instruction.lanes, 1, this.lanes, instruction);
    if ("offset" in instruction) this.whole("offset", instruction.offset, -0x80000000, 0x7fffffff, instruction);
    if ("stride" in instruction) this.whole("stride", instruction.stride, -0x80000000, 0x7fffffff, instruction);
    if (instruction.op === "maskFirst") this.whole("count", instruction.count, 0, this.lanes, instruction);
    if (instruction.op === "intShift") this.whole("bits", instruction.bits, 0, 31, instruction);
    if (instruction.op === "loop") this.whole("step", instruction.step, 1, 0x7fffffff, instruction);
    if (instruction.op === "splatLane") this.whole("lane", instruction.lane, 0, this.lanes - 1, instruction);
    if (instruction.op === "transpose" || instruction.op === "interleaveBlocks") {
      const { registers } = instruction;
      const rows = instruction.op === "transpose" ? this.lanes : BLOCK_ROWS;
      this.whole("number of rows", registers.length, rows, rows, instruction);
      if (instruction.op === "interleaveBlocks" && this.lanes % 4 !== 0) {
        this.fail(`blocks of four lanes need four lanes or a multiple, got ${this.lanes}`, instruction);
      }
      if (new Set(registers.map(({ id }) => id)).size !== registers.length)
        this.fail("a row is listed twice", instruction);
    }
  }

  private whole(name: string, value: number, least: number, most: number, instruction: Instruction): void {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    this.fail(`${name} must be a whole number from ${least} to ${most}, got ${value}`, instruction, { value });
  }
}

/** Checks that every register has one kind, the kind that each place asks for, and is written on every path before it is read; that lanes,
 *  shifts and steps are within the target; and that nobody writes a running loop's counter.
 *  @throws GradusError `bad-argument` with the function, the rule and the instruction. */
export function verifyFunction(code: VectorFunction, lanes: number): void {
  new FunctionVerifier(code, lanes).verify();
}

/** Checks all functions, and that every call names a function and gives it as many addresses as it has parameters besides begin, end and thread. */
export function verifyProgram(program: VectorProgram): void {
  for (const code of program.functions) verifyFunction(code, program.lanes);
  program.calls.forEach((call, number) => {
    const where = `call ${number} (${call.label})`;
    const code = program.functions[call.function];
    if (code === undefined) {
      fail(where, `function ${call.function} is outside [0, ${program.functions.length})`, undefined, { call });
    }
    if (call.addresses.length + RANGE_PARAMETERS !== code.parameters.length) {
      const rule = `${code.name} takes ${code.parameters.length - RANGE_PARAMETERS} addresses, got ${call.addresses.length}`;
      fail(where, rule, undefined, { call });
    }
    for (const address of call.addresses) {
      if (!Number.isInteger(address) || address < 0) {
        fail(where, `an address must be a whole number from 0, got ${address}`, undefined, { call });
      }
    }
    if (!Number.isInteger(call.items) || call.items < 0 || !Number.isInteger(call.grain) || call.grain < 1) {
      fail(where, `items must be whole, from 0, and grain from 1, got ${call.items} and ${call.grain}`, undefined, {
        call,
      });
    }
  });
}
