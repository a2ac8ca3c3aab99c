import type { Index, Register, RegisterKind, VectorFunction } from "../program.ts";
import { ByteWriter, type Opcode, opcode, type ValueType, valueType } from "./encoder.ts";

/** The WebAssembly type that holds each kind of register on a target. */
export type KindTypes = Readonly<Record<RegisterKind, ValueType>>;

/** Code of one function: maps registers to locals and writes instructions in stack order. */
export class FunctionWriter {
  private readonly code = new ByteWriter();
  private readonly types: KindTypes;
  private readonly localOf = new Map<number, number>();
  private readonly localTypes: ValueType[] = [];
  private readonly parameterCount: number;
  private readonly scratch = new Map<ValueType, number[]>();

  constructor(source: VectorFunction, types: KindTypes) {
    this.types = types;
    this.parameterCount = source.parameters.length;
    for (const { id } of source.parameters) this.localOf.set(id, this.localOf.size);
  }

  private newLocal(type: ValueType): number {
    this.localTypes.push(type);
    return this.parameterCount + this.localTypes.length - 1;
  }

  /** `count` locals of a type for use within one instruction; every caller gets the same ones. */
  scratchLocals(type: ValueType, count: number): readonly number[] {
    const locals = this.scratch.get(type) ?? [];
    this.scratch.set(type, locals);
    while (locals.length < count) locals.push(this.newLocal(type));
    return locals.slice(0, count);
  }

  /** A local that is not shared. */
  privateLocal(type: ValueType): number {
    return this.newLocal(type);
  }

  op(code: Opcode, ...immediates: readonly number[]): this {
    this.code.append(code);
    for (const immediate of immediates) this.code.unsigned(immediate);
    return this;
  }

  getLocal(local: number): this {
    return this.op(opcode.localGet, local);
  }

  setLocal(local: number): this {
    return this.op(opcode.localSet, local);
  }

  private local(register: Register): number {
    let local = this.localOf.get(register.id);
    if (local === undefined) {
      local = this.newLocal(this.types[register.kind]);
      this.localOf.set(register.id, local);
    }
    return local;
  }

  get(...registers: readonly Register[]): this {
    for (const register of registers) this.getLocal(this.local(register));
    return this;
  }

  set(register: Register): this {
    return this.setLocal(this.local(register));
  }

  tee(register: Register): this {
    return this.op(opcode.localTee, this.local(register));
  }

  i32(value: number): this {
    this.code.append(opcode.i32Const).signed(value);
    return this;
  }

  i64(value: number): this {
    this.code.append(opcode.i64Const).signed(value);
    return this;
  }

  f32(value: number): this {
    this.code.append(opcode.f32Const).float32(value);
    return this;
  }

  v128(bytes: Uint8Array): this {
    this.code.append(opcode.v128Const).append(bytes);
    return this;
  }

  shuffle(bytes: readonly number[]): this {
    this.code.append(opcode.i8x16Shuffle).append(bytes);
    return this;
  }

  index(value: Index): this {
    return typeof value === "number" ? this.i32(value) : this.get(value);
  }

  /** Pushes an address; `access` with the same offset completes it. A negative offset cannot be an immediate and is added here. */
  address(base: Register, offset: number): this {
    this.get(base);
    return offset < 0 ? this.i32(offset).op(opcode.i32Add) : this;
  }

  /** A memory instruction: log2 of the alignment, then the offset. */
  access(code: Opcode, offset: number): this {
    return this.op(code, 2, Math.max(offset, 0));
  }

  /** A function body in the format of the code section: size, locals, code. */
  finish(target: ByteWriter): void {
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.localTypes) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    target.sized((body) => {
      body.vector(runs, ({ type, count }) => body.unsigned(count).byte(type));
      body.append(this.code.bytes()).append(opcode.end);
    });
  }
}

export const vectorTypes: KindTypes = {
  float: valueType.v128,
  int: valueType.v128,
  mask: valueType.v128,
  index: valueType.i32,
};

export const scalarTypes: KindTypes = {
  float: valueType.f32,
  int: valueType.i32,
  mask: valueType.i32,
  index: valueType.i32,
};
