import { append } from "../core/extremes.ts";
import type { Index, Instruction, Register, RegisterKind } from "./program.ts";

type Op = Instruction["op"];

/** The kinds as bits, so that one number can hold the kinds that a place allows. */
export const KIND_BITS: Readonly<Record<RegisterKind, number>> = { float: 1, int: 2, mask: 4, index: 8 };
const FLOAT = 1;
const INT = 2;
const MASK = 4;
const INDEX = 8;
const NUMBER = FLOAT | INT;
const VECTOR = FLOAT | INT | MASK;

/** One place of an instruction that names a register. */
export interface Place {
  readonly field: string;
  readonly isWritten: boolean;
  /** bits of the kinds that it allows */
  readonly kinds: number;
  /** a constant may stand here instead */
  readonly mayBeNumber: boolean;
  /** restricts the allowed kinds to that of the register in this field, or to the other one of float and int */
  readonly like: { readonly field: string; readonly isOther: boolean } | undefined;
}

/** A number in an instruction, which the verifier limits. */
export type Limited = "lanes" | "offset" | "stride" | "count" | "bits" | "step" | "lane";

/** The parts of an instruction, besides its own blocks. */
export interface Shape {
  /** reads before writes */
  readonly places: readonly Place[];
  /** lists its registers, all of one kind, and reads and writes all of them */
  readonly isInPlace: boolean;
  readonly limited: readonly Limited[];
}

function place(field: string, kinds: number, options: Partial<Place> = {}): Place {
  return { field, kinds, isWritten: false, mayBeNumber: false, like: undefined, ...options };
}

function to(kinds: number, field = "to"): Place {
  return place(field, kinds, { isWritten: true });
}

function index(...fields: readonly string[]): readonly Place[] {
  return fields.map((field) => place(field, INDEX, { mayBeNumber: true }));
}

function shape(places: readonly Place[], ...limited: readonly Limited[]): Shape {
  return { places, isInPlace: false, limited };
}

const likeA = { like: { field: "a", isOther: false } } as const;
const toLikeA = place("to", VECTOR, { isWritten: true, ...likeA });
const base = place("base", INDEX);
const twoFloats = [place("a", FLOAT), place("b", FLOAT)] as const;
const threeFloats = shape([...twoFloats, place("c", FLOAT), to(FLOAT)]);
const twoInts = [place("a", INT), place("b", INT)] as const;
const changesKind = shape([
  place("a", NUMBER),
  place("to", NUMBER, { isWritten: true, like: { field: "a", isOther: true } }),
]);
const inPlace: Shape = { places: [], isInPlace: true, limited: [] };

/** Every instruction's own registers and limited numbers; the blocks of a loop or an `if` contain separate instructions. */
export const SHAPES: Readonly<Record<Op, Shape>> = {
  floatConstant: shape([to(FLOAT)]),
  intConstant: shape([to(INT)]),
  intRamp: shape([to(INT)]),
  maskFirst: shape([to(MASK)], "count"),
  move: shape([place("a", VECTOR), toLikeA]),
  unary: shape([place("a", FLOAT), to(FLOAT)]),
  binary: shape([...twoFloats, to(FLOAT)]),
  multiplyAdd: threeFloats,
  negMultiplyAdd: threeFloats,
  intBinary: shape([...twoInts, to(INT)]),
  intShift: shape([place("a", INT), to(INT)], "bits"),
  compare: shape([...twoFloats, to(MASK)]),
  intCompare: shape([...twoInts, to(MASK)]),
  maskBinary: shape([place("a", MASK), place("b", MASK), to(MASK)]),
  maskNot: shape([place("a", MASK), to(MASK)]),
  select: shape([place("mask", MASK), place("a", NUMBER), place("b", NUMBER, likeA), toLikeA]),
  bitcast: changesKind,
  convert: changesKind,
  splatIndex: shape([place("a", INDEX), to(INT)]),
  firstLane: shape([place("a", INT), to(INDEX)]),
  load: shape([base, to(NUMBER)], "offset"),
  loadSplat: shape([base, to(NUMBER)], "offset"),
  loadStrided: shape([base, to(NUMBER)], "lanes", "offset", "stride"),
  loadIndexed: shape([base, place("indices", INT), to(NUMBER)], "lanes"),
  store: shape([place("from", NUMBER), base], "lanes", "offset"),
  storeStrided: shape([place("from", NUMBER), base], "lanes", "offset", "stride"),
  prefetch: shape([base], "offset"),
  horizontal: shape([place("a", NUMBER), toLikeA]),
  splatLane: shape([place("a", NUMBER), toLikeA], "lane"),
  transpose: inPlace,
  interleaveBlocks: inPlace,
  index: shape([...index("a", "b"), to(INDEX)]),
  indexMove: shape([...index("a"), to(INDEX)]),
  loop: shape([...index("from", "to"), to(INDEX, "counter")], "step"),
  if: shape(index("a", "b")),
};

/** The fields of the registers that an instruction reads. */
function fieldsOf({ places }: Shape): readonly string[] {
  return places.filter(({ isWritten }) => !isWritten).map(({ field }) => field);
}

const FIELDS = Object.fromEntries(Object.entries(SHAPES).map(([op, each]) => [op, fieldsOf(each)])) as Readonly<
  Record<Op, readonly string[]>
>;

type Simple = Exclude<Instruction, { readonly op: "loop" | "if" }>;

/** Fills a list with the registers that an instruction without blocks reads, in the order of its places. */
export function readsOf(instruction: Simple, into: Register[]): void {
  into.length = 0;
  if ("registers" in instruction) {
    append(into, instruction.registers);
    return;
  }
  const fields = FIELDS[instruction.op];
  const values = instruction as unknown as Readonly<Record<string, Index>>;
  for (let position = 0; position < fields.length; position++) {
    const value = values[fields[position] as string] as Index;
    if (typeof value !== "number") into.push(value);
  }
}

/** The register that an instruction without blocks writes, if any; instructions that change registers in place write what they read. */
export function writeOf(instruction: Simple): Register | undefined {
  return "to" in instruction ? instruction.to : undefined;
}

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
