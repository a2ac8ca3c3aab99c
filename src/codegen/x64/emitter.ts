import { GradusError } from "../../core/errors.ts";
import type { Index, Register, Target } from "../program.ts";
import type { Allocation, Home } from "./allocate.ts";
import type { Assembler, VectorOptions } from "./assembler.ts";
import type { Simple } from "./flatten.ts";
import {
  broadcastOf,
  type General,
  generals,
  type Label,
  type Mask,
  type Memory,
  masks,
  memory,
  type Place,
  rax,
  rsp,
  type Vector,
  xmm,
  ymm,
  zmm,
} from "./registers.ts";
import type { VectorName } from "./vector-table.ts";

/** Registers that carry spilled values to and from one instruction; excluded from the allocation if anything is spilled. */
export interface Scratch {
  readonly vectors: readonly number[];
  readonly masks: readonly number[];
}

/** Offsets of the parts of a function's frame, in bytes from the stack pointer. */
export interface Frame {
  readonly vectors: number;
  readonly masks: number;
  readonly generals: number;
}

const floatWord = new Float32Array(1);
const intWord = new Int32Array(floatWord.buffer);

export type LaneValue = Vector | Memory;

/** The tool of the rules: the assembler, and for every value of the program its register or memory location. */
export class Emitter {
  readonly assembler: Assembler;
  readonly target: Target;
  readonly isWide: boolean;
  readonly #allocation: Allocation;
  readonly #constants: ReadonlyMap<number, Simple>;
  readonly #scratch: Scratch;
  readonly #frame: Frame;
  readonly #vectorFile: readonly Vector[];
  #temporaries: { readonly vectors: readonly number[]; readonly masks: readonly number[] } | undefined;
  #scratchVectors = 0;
  #scratchMasks = 0;
  #stores: (() => void)[] = [];
  readonly #spreadConstants = new Map<number, Memory>();
  readonly #wholeConstants = new Map<number, Memory>();

  constructor(
    assembler: Assembler,
    target: Target,
    allocation: Allocation,
    constants: ReadonlyMap<number, Simple>,
    scratch: Scratch,
    frame: Frame,
  ) {
    this.assembler = assembler;
    this.target = target;
    this.isWide = target.lanes === 16;
    this.#allocation = allocation;
    this.#constants = constants;
    this.#scratch = scratch;
    this.#frame = frame;
    this.#vectorFile = this.isWide ? zmm : ymm;
  }

  /** Shorthand for the assembler's. */
  vector(name: VectorName, operands: Parameters<Assembler["vector"]>[1], options?: VectorOptions): void {
    this.assembler.vector(name, operands, options);
  }

  // One instruction --------------------------------------------------------------------------------------------------

  begin(temporaries: { readonly vectors: readonly number[]; readonly masks: readonly number[] } | undefined): void {
    this.#temporaries = temporaries;
    this.#scratchVectors = 0;
    this.#scratchMasks = 0;
  }

  /** Writes spilled results back. */
  finish(): void {
    if (this.#stores.length === 0) return;
    for (const store of this.#stores) store();
    this.#stores = [];
  }

  temporary(index = 0): Vector {
    const home = this.#home(this.#temporaries?.vectors[index] as number);
    return this.#vectorFile[this.#code(home)] as Vector;
  }

  temporaryMask(index = 0): Mask {
    return masks[this.#code(this.#home(this.#temporaries?.masks[index] as number))] as Mask;
  }

  // Vectors ----------------------------------------------------------------------------------------------------------

  /** Do two values share a place? */
  isSame(a: Register, b: Register): boolean {
    if (a.id === b.id) return true;
    const [first, second] = [this.#home(a.id), this.#home(b.id)];
    return (
      first.in === "register" && second.in === "register" && first.code === second.code && sameFile(a, b, this.isWide)
    );
  }

  isInRegister(register: Register): boolean {
    return this.#home(register.id).in === "register";
  }

  /** A value in a register. */
  read(register: Register): Vector {
    const home = this.#home(register.id);
    if (home.in === "register") return this.#vectorFile[home.code] as Vector;
    const to = this.#nextVector();
    this.load(to, this.operand(register));
    return to;
  }

  /** A value where it is, register or memory. @param whole the instruction cannot broadcast one element. */
  operand(register: Register, whole = false): LaneValue {
    const home = this.#home(register.id);
    if (home.in === "register") return this.#vectorFile[home.code] as Vector;
    if (home.in === "frame") return memory(rsp, this.#frame.vectors + home.slot * this.target.lanes * 4);
    return this.constantOperand(this.#constants.get(register.id) as Simple, whole);
  }

  /** The register of a result; a spilled result is written to memory after the instruction. */
  write(register: Register): Vector {
    const home = this.#home(register.id);
    if (home.in === "register") return this.#vectorFile[home.code] as Vector;
    const to = this.#nextVector();
    const place = this.operand(register) as Memory;
    this.#stores.push(() => this.vector("vmovupsStore", [place, to]));
    return to;
  }

  /** A value that is changed in place: read now, written after the instruction. */
  update(register: Register): Vector {
    const home = this.#home(register.id);
    const to = this.write(register);
    if (home.in !== "register") this.load(to, this.operand(register));
    return to;
  }

  /** to <- from, wherever it is. */
  load(to: Vector, from: LaneValue): void {
    if (from.kind === "vector") {
      if (from.code !== to.code) this.vector("vmovaps", [to, from]);
    } else if (from.broadcast) this.vector("vbroadcastss", [to, { ...from, broadcast: false }]);
    else this.vector("vmovups", [to, from]);
  }

  // Constants --------------------------------------------------------------------------------------------------------

  /** The lanes of a constant instruction as an operand in memory. */
  constantOperand(instruction: Simple, whole = false): Memory {
    const { lanes } = this.target;
    switch (instruction.op) {
      case "floatConstant":
        return this.floats(instruction.value, whole);
      case "intConstant":
        return this.ints(instruction.value, whole);
      case "intRamp":
        return this.lanes(Array.from({ length: lanes }, (_, lane) => instruction.start + lane * instruction.step));
      case "maskFirst":
        return this.lanes(Array.from({ length: lanes }, (_, lane) => (lane < instruction.count ? -1 : 0)));
      default:
        throw new GradusError("bad-argument", `x64: ${instruction.op} is not a constant.`, { instruction });
    }
  }

  /** One float in every lane. */
  floats(value: number, whole = false): Memory {
    floatWord[0] = value;
    return this.#everywhere(intWord[0] as number, whole);
  }

  /** One int in every lane. */
  ints(value: number, whole = false): Memory {
    return this.#everywhere(value, whole);
  }

  lanes(values: readonly number[]): Memory {
    return memory(this.assembler.code.constant(new Uint8Array(Int32Array.from(values).buffer)));
  }

  #everywhere(bits: number, whole: boolean): Memory {
    const known = (whole ? this.#wholeConstants : this.#spreadConstants).get(bits);
    if (known) return known;
    const spread = this.isWide && !whole;
    const label = this.assembler.code.constant(
      new Uint8Array(new Int32Array(spread ? 1 : this.target.lanes).fill(bits).buffer),
    );
    const place = spread ? broadcastOf(memory(label)) : memory(label);
    (whole ? this.#wholeConstants : this.#spreadConstants).set(bits, place);
    return place;
  }

  // Masks of AVX-512 -------------------------------------------------------------------------------------------------

  readMask(register: Register): Mask {
    const home = this.#home(register.id);
    if (home.in === "register") return masks[home.code] as Mask;
    const to = this.#nextMask();
    const constant = this.#constants.get(register.id);
    if (home.in === "constants" && constant?.op === "maskFirst") this.firstLanes(to, constant.count);
    else this.assembler.kload(to, this.#maskPlace(home));
    return to;
  }

  writeMask(register: Register): Mask {
    const home = this.#home(register.id);
    if (home.in === "register") return masks[home.code] as Mask;
    const to = this.#nextMask();
    this.#stores.push(() => this.assembler.kstore(this.#maskPlace(home), to));
    return to;
  }

  /** The first `count` lanes; overwrites rax. */
  firstLanes(to: Mask, count: number): void {
    this.assembler.mov32(rax, 2 ** count - 1);
    this.assembler.kmovFromGeneral(to, rax);
  }

  #maskPlace(home: Home): Memory {
    return memory(rsp, this.#frame.masks + (home as Extract<Home, { in: "frame" }>).slot * 8);
  }

  // Index registers --------------------------------------------------------------------------------------------------

  /** An index where it is: register, frame or constant. */
  index(value: Index): Place | number {
    return typeof value === "number" ? value : this.indexPlace(value);
  }

  indexPlace(register: Register): Place {
    const home = this.#home(register.id);
    if (home.in === "register") return generals[home.code] as General;
    return memory(rsp, this.#frame.generals + (home as Extract<Home, { in: "frame" }>).slot * 8);
  }

  /** An index in a register: its own, or `scratch`. */
  indexRegister(value: Index, scratch: General): General {
    const place = this.index(value);
    if (typeof place !== "number" && place.kind === "general") return place;
    this.assembler.mov(scratch, place);
    return scratch;
  }

  /** Memory at base + offset; overwrites rax if the base is spilled. */
  place(base: Register, offset: number): Memory {
    return memory(this.indexRegister(base, rax), offset);
  }

  /** An 8-byte constant. */
  quad(value: number): Memory {
    return memory(this.assembler.code.constant(new Uint8Array(new BigInt64Array([BigInt(value)]).buffer)));
  }

  label(): Label {
    return this.assembler.label();
  }

  // Within -----------------------------------------------------------------------------------------------------------

  #home(id: number): Home {
    const home = this.#allocation.homes[id];
    if (home === undefined) throw new GradusError("bad-argument", `x64: register ${id} has no home.`, { id });
    return home;
  }

  #code(home: Home): number {
    return (home as Extract<Home, { in: "register" }>).code;
  }

  #nextVector(): Vector {
    const code = this.#scratch.vectors[this.#scratchVectors++];
    if (code === undefined)
      throw new GradusError("bad-argument", "x64: one instruction has more spilled values than scratch registers.");
    return this.#vectorFile[code] as Vector;
  }

  #nextMask(): Mask {
    const code = this.#scratch.masks[this.#scratchMasks++];
    if (code === undefined)
      throw new GradusError("bad-argument", "x64: one instruction has more spilled masks than scratch registers.");
    return masks[code] as Mask;
  }
}

function sameFile(a: Register, b: Register, isWide: boolean): boolean {
  const file = (kind: Register["kind"]): string =>
    kind === "index" ? "general" : kind === "mask" && isWide ? "mask" : "vector";
  return file(a.kind) === file(b.kind);
}

/** The low 128 or 256 bits of a vector register. */
export function low(register: Vector, bits: 128 | 256): Vector {
  return (bits === 128 ? xmm : ymm)[register.code] as Vector;
}
