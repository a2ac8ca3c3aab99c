import { GradusError } from "../core/errors.ts";
import { KIND_BITS, type Limited, type Place, SHAPES } from "./operands.ts";
import type { Index, Instruction, Register, VectorFunction, VectorProgram } from "./program.ts";

/** Parameters of a kernel beyond its addresses: begin, end, thread. */
export const RANGE_PARAMETERS = 3;

/** Registers that `interleaveBlocks` takes. */
const BLOCK_ROWS = 4;

type InPlace = Extract<Instruction, { readonly op: "transpose" | "interleaveBlocks" }>;

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

/** Facts about a register: the bit of its kind, once known, and these flags. */
const KIND = 0b1111;
const IS_DEFINED = 0b1_0000;
/** the counter of an enclosing loop, which only the loop itself may write */
const IS_COUNTER = 0b10_0000;

type Fields = Readonly<Record<string, unknown>>;

class FunctionVerifier {
  readonly #lanes: number;
  readonly #code: VectorFunction;
  readonly #known: Uint8Array;
  /** the last object seen for each register, so that it is checked once */
  readonly #seen: (Register | undefined)[];
  /** registers that became defined or (as -1 - id) undefined, in order, so that the end of a block can undo it */
  readonly #trail: number[] = [];
  readonly #limits: Readonly<Record<Limited, readonly [least: number, most: number]>>;

  constructor(code: VectorFunction, lanes: number) {
    this.#code = code;
    this.#lanes = lanes;
    this.#known = new Uint8Array(code.registerCount);
    this.#seen = new Array<Register | undefined>(code.registerCount);
    this.#limits = {
      lanes: [1, lanes],
      offset: [-0x80000000, 0x7fffffff],
      stride: [-0x80000000, 0x7fffffff],
      count: [0, lanes],
      bits: [0, 31],
      step: [1, 0x7fffffff],
      lane: [0, lanes - 1],
    };
  }

  verify(): void {
    for (const parameter of this.#code.parameters) {
      const { id, kind } = parameter;
      if (kind !== "index") this.#fail(`parameter ${id} must be an index, got ${kind}`);
      if (((this.#known[id] ?? 0) & IS_DEFINED) !== 0) this.#fail(`parameter ${id} is listed twice`);
      this.#requireKnown(parameter, undefined);
      this.#define(id);
    }
    this.#block(this.#code.body);
  }

  #fail(rule: string, instruction?: Instruction, values: Record<string, unknown> = {}): never {
    return fail(this.#code.name, rule, instruction, values);
  }

  // Blocks ---------------------------------------------------------------------------------------------------------

  #block(body: readonly Instruction[]): void {
    for (let at = 0; at < body.length; at++) {
      const instruction = body[at] as Instruction;
      const { places, isInPlace, limited } = SHAPES[instruction.op];
      const fields = instruction as unknown as Fields;
      if (isInPlace) this.#rows(instruction as InPlace);
      for (let k = 0; k < places.length; k++) this.#place(places[k] as Place, fields, instruction);
      for (let k = 0; k < limited.length; k++) {
        const name = limited[k] as Limited;
        const limit = this.#limits[name];
        this.#requireWhole(name, fields[name] as number, limit[0], limit[1], instruction);
      }
      if (instruction.op === "loop") this.#loop(instruction.counter.id, instruction.body);
      else if (instruction.op === "if") this.#branches(instruction.then, instruction.otherwise);
    }
  }

  #loop(counter: number, body: readonly Instruction[]): void {
    const mark = this.#trail.length;
    (this.#known[counter] as number) |= IS_COUNTER;
    this.#block(body);
    (this.#known[counter] as number) &= ~IS_COUNTER;
    // the body may never run, and the counter belongs to the loop: neither is defined after it
    this.#takeBack(mark);
    (this.#known[counter] as number) &= ~IS_DEFINED;
    this.#trail.push(-1 - counter);
  }

  #branches(then: readonly Instruction[], otherwise: readonly Instruction[]): void {
    const defined = this.#definedBy(then);
    if (defined.length === 0) {
      this.#definedBy(otherwise);
      return;
    }
    const both = new Set(this.#definedBy(otherwise));
    for (const id of defined) if (both.has(id)) this.#define(id);
  }

  /** Checks a branch and restores the state. Returns the registers that it certainly defines. */
  #definedBy(body: readonly Instruction[]): number[] {
    const mark = this.#trail.length;
    this.#block(body);
    const defined: number[] = [];
    for (let at = mark; at < this.#trail.length; at++) {
      const id = this.#trail[at] as number;
      if (id >= 0 && ((this.#known[id] as number) & IS_DEFINED) !== 0) defined.push(id);
    }
    this.#takeBack(mark);
    return defined;
  }

  #define(id: number): void {
    const known = this.#known[id] as number;
    if ((known & IS_DEFINED) !== 0) return;
    this.#known[id] = known | IS_DEFINED;
    this.#trail.push(id);
  }

  #takeBack(mark: number): void {
    while (this.#trail.length > mark) {
      const entry = this.#trail.pop() as number;
      if (entry >= 0) (this.#known[entry] as number) &= ~IS_DEFINED;
      else (this.#known[-1 - entry] as number) |= IS_DEFINED;
    }
  }

  // Registers ------------------------------------------------------------------------------------------------------

  #place(place: Place, fields: Fields, instruction: Instruction): void {
    const register = fields[place.field] as Index;
    if (typeof register === "number" && place.mayBeNumber) return;
    let allowed = place.kinds;
    const { like } = place;
    if (like !== undefined) {
      const bit = KIND_BITS[(fields[like.field] as Register).kind];
      allowed = like.isOther ? allowed & ~bit : bit;
    }
    this.#register(place.field, register as Register, place.isWritten, allowed, instruction);
  }

  /** The registers of an instruction that reads and writes a list of them, all of one kind. */
  #rows(instruction: InPlace): void {
    const { registers } = instruction;
    const isSquare = instruction.op === "transpose";
    const kind = KIND_BITS[registers[0]?.kind ?? "float"];
    for (const isWritten of [false, true]) {
      const allowed = isWritten ? kind : KIND_BITS.float | KIND_BITS.int;
      registers.forEach((register, row) => {
        this.#register(`row ${row}`, register, isWritten, allowed, instruction);
      });
    }
    const rows = isSquare ? this.#lanes : BLOCK_ROWS;
    this.#requireWhole("number of rows", registers.length, rows, rows, instruction);
    if (!isSquare && this.#lanes % 4 !== 0) {
      this.#fail(`blocks of four lanes need four lanes or a multiple, got ${this.#lanes}`, instruction);
    }
    if (new Set(registers.map(({ id }) => id)).size !== registers.length)
      this.#fail("a row is listed twice", instruction);
  }

  #register(role: string, register: Register, isWritten: boolean, allowed: number, instruction: Instruction): void {
    const { id } = register;
    if (this.#seen[id] !== register) this.#requireKnown(register, instruction);
    const known = this.#known[id] as number;
    if ((known & allowed) === 0) {
      this.#fail(`${role} must be ${namesOf(allowed)}, got ${register.kind} ${id}`, instruction, { register });
    }
    if (!isWritten) {
      if ((known & IS_DEFINED) !== 0) return;
      this.#fail(`${role} reads register ${id} before it is written`, instruction, { register });
    }
    if ((known & IS_COUNTER) !== 0) {
      this.#fail(`${role} writes register ${id}, the counter of an enclosing loop`, instruction, { register });
    }
    if ((known & IS_DEFINED) === 0) this.#define(id);
  }

  /** Each id is one register of one kind, below registerCount. */
  #requireKnown(register: Register, instruction: Instruction | undefined): void {
    const { id, kind } = register;
    const { registerCount } = this.#code;
    if (!Number.isInteger(id) || id < 0 || id >= registerCount) {
      this.#fail(`register ${id} is outside [0, ${registerCount})`, instruction, { register });
    }
    const bit = KIND_BITS[kind];
    const known = (this.#known[id] as number) & KIND;
    if (known !== 0 && known !== bit) {
      this.#fail(`register ${id} is both ${namesOf(known)} and ${kind}`, instruction, { register });
    }
    (this.#known[id] as number) |= bit;
    this.#seen[id] = register;
  }

  #requireWhole(name: string, value: number, least: number, most: number, instruction: Instruction): void {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    this.#fail(`${name} must be a whole number from ${least} to ${most}, got ${value}`, instruction, { value });
  }
}

/** The names of the kinds in a bit set. */
function namesOf(kinds: number): string {
  return Object.entries(KIND_BITS)
    .filter(([, bit]) => (kinds & bit) !== 0)
    .map(([kind]) => kind)
    .join(" or ");
}

/** Checks that every register has one kind, which every place allows, and is written on every path before it is read; that lanes, shifts
 *  and steps are within the target's limits; and that no instruction writes the counter of an enclosing loop.
 *  @throws GradusError `bad-argument` with the function, the rule and the instruction. */
export function verifyFunction(code: VectorFunction, lanes: number): void {
  new FunctionVerifier(code, lanes).verify();
}

/** Checks all functions, and that every call names a function and gives it one address per parameter besides begin, end and thread. */
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
        fail(where, `an address must be a whole number of at least 0, got ${address}`, undefined, { call });
      }
    }
    if (!Number.isInteger(call.items) || call.items < 0 || !Number.isInteger(call.grain) || call.grain < 1) {
      fail(
        where,
        `items must be a whole number of at least 0, and grain of at least 1, got ${call.items} and ${call.grain}`,
        undefined,
        {
          call,
        },
      );
    }
  });
}
