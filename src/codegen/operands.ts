import type { Index, Instruction, Register, RegisterKind } from "./program.ts";

export type Access = "read" | "write";

/** One place of an instruction that names a register. */
export interface OperandUse {
  readonly role: string;
  readonly register: Register;
  readonly access: Access;
  readonly kinds: readonly RegisterKind[];
}

type Op = Instruction["op"];
type Of<O extends Op> = Extract<Instruction, { readonly op: O }>;

type Kinds = readonly RegisterKind[];

// Shared lists, since the verifier asks for the operands of every instruction of every program.
const float: Kinds = ["float"];
const int: Kinds = ["int"];
const mask: Kinds = ["mask"];
const index: Kinds = ["index"];
const number: Kinds = ["float", "int"];
const vector: Kinds = ["float", "int", "mask"];
const only: Readonly<Record<RegisterKind, Kinds>> = { float, int, mask, index };

function read(role: string, register: Register, kinds: Kinds): OperandUse {
  return { role, register, access: "read", kinds };
}

function write(role: string, register: Register, kinds: Kinds): OperandUse {
  return { role, register, access: "write", kinds };
}

function readIndex(role: string, value: Index): readonly OperandUse[] {
  return typeof value === "number" ? [] : [read(role, value, index)];
}

/** The two sides of an instruction that changes the kind of a value. */
function changes({ to, a }: { readonly to: Register; readonly a: Register }): readonly OperandUse[] {
  return [read("a", a, number), write("to", to, a.kind === "float" ? int : float)];
}

function threeFloats({ to, a, b, c }: Of<"multiplyAdd" | "negMultiplyAdd">): readonly OperandUse[] {
  return [read("a", a, float), read("b", b, float), read("c", c, float), write("to", to, float)];
}

/** Registers that are read and written, all of one kind. */
function inPlace({ registers }: Of<"transpose" | "interleaveBlocks">): readonly OperandUse[] {
  return [
    ...registers.map((register, row) => read(`row ${row}`, register, number)),
    ...registers.map((register, row) => write(`row ${row}`, register, only[registers[0]?.kind ?? "float"])),
  ];
}

/** The registers of an instruction itself, reads before writes; those in the bodies of a loop or an `if` are their own instructions'. */
const table: { readonly [O in Op]: (instruction: Of<O>) => readonly OperandUse[] } = {
  floatConstant: ({ to }) => [write("to", to, float)],
  intConstant: ({ to }) => [write("to", to, int)],
  intRamp: ({ to }) => [write("to", to, int)],
  maskFirst: ({ to }) => [write("to", to, mask)],
  move: ({ to, a }) => [read("a", a, vector), write("to", to, only[a.kind])],
  unary: ({ to, a }) => [read("a", a, float), write("to", to, float)],
  binary: ({ to, a, b }) => [read("a", a, float), read("b", b, float), write("to", to, float)],
  multiplyAdd: threeFloats,
  negMultiplyAdd: threeFloats,
  intBinary: ({ to, a, b }) => [read("a", a, int), read("b", b, int), write("to", to, int)],
  intShift: ({ to, a }) => [read("a", a, int), write("to", to, int)],
  compare: ({ to, a, b }) => [read("a", a, float), read("b", b, float), write("to", to, mask)],
  intCompare: ({ to, a, b }) => [read("a", a, int), read("b", b, int), write("to", to, mask)],
  maskBinary: ({ to, a, b }) => [read("a", a, mask), read("b", b, mask), write("to", to, mask)],
  maskNot: ({ to, a }) => [read("a", a, mask), write("to", to, mask)],
  select: ({ to, mask: condition, a, b }) => [
    read("mask", condition, mask),
    read("a", a, number),
    read("b", b, only[a.kind]),
    write("to", to, only[a.kind]),
  ],
  bitcast: changes,
  convert: changes,
  splatIndex: ({ to, a }) => [read("a", a, index), write("to", to, int)],
  firstLane: ({ to, a }) => [read("a", a, int), write("to", to, index)],
  load: ({ to, base }) => [read("base", base, index), write("to", to, number)],
  loadSplat: ({ to, base }) => [read("base", base, index), write("to", to, number)],
  loadStrided: ({ to, base }) => [read("base", base, index), write("to", to, number)],
  loadIndexed: ({ to, base, indices }) => [
    read("base", base, index),
    read("indices", indices, int),
    write("to", to, number),
  ],
  store: ({ from, base }) => [read("from", from, number), read("base", base, index)],
  storeStrided: ({ from, base }) => [read("from", from, number), read("base", base, index)],
  horizontal: ({ to, a }) => [read("a", a, number), write("to", to, only[a.kind])],
  splatLane: ({ to, a }) => [read("a", a, number), write("to", to, only[a.kind])],
  transpose: inPlace,
  interleaveBlocks: inPlace,
  index: ({ to, a, b }) => [...readIndex("a", a), ...readIndex("b", b), write("to", to, index)],
  indexMove: ({ to, a }) => [...readIndex("a", a), write("to", to, index)],
  loop: ({ counter, from, to }) => [
    ...readIndex("from", from),
    ...readIndex("to", to),
    write("counter", counter, index),
  ],
  if: ({ a, b }) => [...readIndex("a", a), ...readIndex("b", b)],
};

/** Every register that the instruction itself reads or writes, with the kinds that its place allows. */
export function operandsOf(instruction: Instruction): readonly OperandUse[] {
  return (table[instruction.op] as (instruction: Instruction) => readonly OperandUse[])(instruction);
}

/** The fields in which an instruction without blocks names the registers that it reads and the one that it writes. */
const FIELDS: { readonly [O in Exclude<Op, "loop" | "if">]: readonly [write: string | undefined, ...reads: string[]] } =
  {
    floatConstant: ["to"],
    intConstant: ["to"],
    intRamp: ["to"],
    maskFirst: ["to"],
    move: ["to", "a"],
    unary: ["to", "a"],
    binary: ["to", "a", "b"],
    multiplyAdd: ["to", "a", "b", "c"],
    negMultiplyAdd: ["to", "a", "b", "c"],
    intBinary: ["to", "a", "b"],
    intShift: ["to", "a"],
    compare: ["to", "a", "b"],
    intCompare: ["to", "a", "b"],
    maskBinary: ["to", "a", "b"],
    maskNot: ["to", "a"],
    select: ["to", "mask", "a", "b"],
    bitcast: ["to", "a"],
    convert: ["to", "a"],
    splatIndex: ["to", "a"],
    firstLane: ["to", "a"],
    load: ["to", "base"],
    loadSplat: ["to", "base"],
    loadStrided: ["to", "base"],
    loadIndexed: ["to", "base", "indices"],
    store: [undefined, "from", "base"],
    storeStrided: [undefined, "from", "base"],
    horizontal: ["to", "a"],
    splatLane: ["to", "a"],
    transpose: [undefined],
    interleaveBlocks: [undefined],
    index: ["to", "a", "b"],
    indexMove: ["to", "a"],
  };

/** The registers that an instruction without blocks reads and writes: what `operandsOf` says without roles and kinds, at a fraction of its
 *  cost. */
export function registersOf(instruction: Exclude<Instruction, { readonly op: "loop" | "if" }>): {
  readonly reads: readonly Register[];
  readonly writes: readonly Register[];
} {
  if ("registers" in instruction) return { reads: instruction.registers, writes: instruction.registers };
  const fields = FIELDS[instruction.op];
  const values = instruction as unknown as Readonly<Record<string, Index>>;
  const reads: Register[] = [];
  for (let position = 1; position < fields.length; position++) {
    const value = values[fields[position] as string] as Index;
    if (typeof value !== "number") reads.push(value);
  }
  const [write] = fields;
  return { reads, writes: write === undefined ? NONE : [values[write] as Register] };
}

const NONE: readonly Register[] = [];

/** The instruction blocks inside an instruction. */
export function blocksOf(instruction: Instruction): readonly (readonly Instruction[])[] {
  if (instruction.op === "loop") return [instruction.body];
  if (instruction.op === "if") return [instruction.then, instruction.otherwise];
  return [];
}

/** Visits every instruction, a loop before its body. */
export function walkInstructions(body: readonly Instruction[], visit: (instruction: Instruction) => void): void {
  for (const instruction of body) {
    visit(instruction);
    for (const block of blocksOf(instruction)) walkInstructions(block, visit);
  }
}
