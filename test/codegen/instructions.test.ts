import { test } from "node:test";
import { FunctionBuilder } from "../../src/codegen/builder.ts";
import type {
  Compare,
  FastBinary,
  FloatBinary,
  FloatUnary,
  Horizontal,
  IndexBinary,
  Instruction,
  IntBinary,
  IntShift,
  Register,
  VectorFunction,
} from "../../src/codegen/program.ts";
import { requireSame, type Variant, variants } from "./harness.ts";
import { floatBits } from "./interpreter.ts";

const floatUnary = ["neg", "abs", "sqrt", "floor", "ceil", "trunc", "nearest"] as const satisfies readonly FloatUnary[];
const floatBinary = [
  ...(["add", "sub", "mul", "div", "min", "max"] as const satisfies readonly FloatBinary[]),
  ...(["fastMin", "fastMax"] as const satisfies readonly FastBinary[]),
];
const intBinary = [
  ...(["iadd", "isub", "imul", "and", "or", "xor", "imin", "imax", "umulHigh"] as const satisfies readonly IntBinary[]),
];
const shifts = ["shl", "shr", "sar"] as const satisfies readonly IntShift[];
const compares = ["equal", "less", "lessEqual"] as const satisfies readonly Compare[];
const horizontals = ["add", "mul", "min", "max"] as const satisfies readonly Horizontal[];
const indexKinds = [
  ...(["add", "sub", "mul", "div", "rem", "min", "max", "shl", "and"] as const satisfies readonly IndexBinary[]),
];

const floats = [
  0,
  -0,
  1,
  -1,
  0.5,
  -2.5,
  3.5,
  1e-40,
  3.4e38,
  -3.4e38,
  Infinity,
  -Infinity,
  Number.NaN,
  2147483648,
  4294967295,
  0.1,
];
const ints = [
  0, 1, -1, 2, 3, -7, 31, 0x7fffffff, -0x80000000, 0x12345678, 0xffff, 0x10000, -65536, 100, 12345, 0x55555555,
];
const ITEMS = 256;
const X = 0;
const Y = 1024;
const N = 2048;
const K = 3072;
const OUT = 8192;

/** Every pair of the special values: x and n change slowly, y and k fast. */
const input = new Uint32Array(1024);
for (let item = 0; item < ITEMS; item++) {
  input[X / 4 + item] = floatBits(floats[item >> 4] as number);
  input[Y / 4 + item] = floatBits(floats[item & 15] as number);
  input[N / 4 + item] = ints[item >> 4] as number;
  input[K / 4 + item] = ints[item & 15] as number;
}

interface Values {
  readonly x: Register;
  readonly y: Register;
  readonly n: Register;
  readonly k: Register;
  readonly item: Register;
  /** the start of the memory, and the offsets of the items' elements from there */
  readonly base: Register;
  readonly at: Register;
}

type Build = (b: FunctionBuilder, values: Values) => readonly Register[];

/** What to compute for each instruction; the test stores all results. */
const cases: Record<Instruction["op"], Build> = {
  floatConstant: (b) => [b.constant(0.1), b.constant(-0), b.constant(Infinity), b.constant(Number.NaN)],
  intConstant: (b) => [b.intConstant(-123456), b.intConstant(0xdeadbeef), b.intConstant(64), b.intConstant(-65)],
  intRamp: (b) => [b.intRamp(), b.intRamp(5, -3)],
  maskFirst: (b, { x, y }) => [0, 1, b.target.lanes].map((count) => b.select(b.maskFirst(count), x, y)),
  move: (b, { x, n }) => {
    const float = b.variable(7);
    b.assign(float, x);
    return [float, b.copy(n)];
  },
  unary: (b, { x }) => floatUnary.map((kind) => b.unary(kind, x)),
  binary: (b, { x, y }) => floatBinary.map((kind) => b.binary(kind, x, y)),
  multiplyAdd: (b, { x, y }) => {
    const accumulator = b.variable(0.3);
    b.multiplyAddInto(accumulator, x, y);
    return [b.multiplyAdd(x, y, 0.7), b.multiplyAdd(y, y, x), accumulator];
  },
  negMultiplyAdd: (b, { x, y }) => {
    const accumulator = b.variable(0.3);
    b.negMultiplyAddInto(accumulator, x, y);
    return [b.negMultiplyAdd(x, y, 0.7), b.negMultiplyAdd(y, y, x), accumulator];
  },
  intBinary: (b, { n, k }) => intBinary.map((kind) => b.intBinary(kind, n, k)),
  intShift: (b, { n }) => shifts.flatMap((kind) => [0, 1, 13, 31].map((bits) => b.intShift(kind, n, bits))),
  compare: (b, { x, y }) => compares.map((kind) => b.select(b.compare(kind, x, y), 1, 0)),
  intCompare: (b, { n, k }) =>
    [true, false].flatMap((signed) =>
      compares.map((kind) => b.select(b.intCompare(kind, n, k, signed), b.intConstant(1), 0)),
    ),
  maskBinary: (b, { x, y }) => {
    const masks = [b.compare("less", x, y), b.compare("less", 0, x)] as const;
    return [b.maskAnd(...masks), b.maskOr(...masks), b.maskXor(...masks)].map((mask) => b.select(mask, x, y));
  },
  maskNot: (b, { x, y }) => [b.select(b.maskNot(b.compare("lessEqual", x, y)), x, y)],
  select: (b, { x, y, n, k }) => [b.select(b.compare("less", x, y), x, y), b.select(b.compare("less", x, y), n, k)],
  bitcast: (b, { x, n }) => [b.bitcast(x), b.bitcast(n)],
  convert: (b, { x, n }) => [b.convert(x), b.convert(x, false), b.convert(n), b.convert(n, false)],
  splatIndex: (b, { item }) => [b.splatIndex(item), b.splatIndex(3)],
  firstLane: (b, { n }) => [b.splatIndex(b.indexAdd(b.firstLane(n), 1))],
  load: (b, { at }) => [b.load(at, Y), b.load(b.indexAdd(at, 4096), N - 4096, "int")],
  loadSplat: (b, { at, base }) => [b.loadSplat(at, Y), b.loadSplat(base, X + 16), b.loadSplat(base, K + 4, "int")],
  loadStrided: (b, { base }) =>
    eachLaneCount(b).flatMap((lanes) => [
      b.loadStrided(base, N + 4, 64, lanes, "int"),
      b.loadStrided(base, Y + 124, -8, lanes),
      b.loadStrided(base, Y + 4, 12, lanes),
    ]),
  loadIndexed: (b, { n, base }) => {
    const positions = b.intAnd(n, 255);
    return eachLaneCount(b).flatMap((lanes) => [
      b.loadIndexed(base, positions, lanes),
      b.loadIndexed(b.indexAdd(base, K), positions, lanes, "int"),
    ]);
  },
  store: (b, { x, n, at }) => {
    const to = b.indexAdd(at, OUT + 60_000);
    for (const lanes of eachLaneCount(b)) b.store(lanes % 2 === 0 ? x : n, to, 2048 * (lanes - 1) - 4096, lanes);
    return [];
  },
  storeStrided: (b, { y, k, at }) => {
    const to = b.indexAdd(at, OUT + 60_000);
    for (const lanes of eachLaneCount(b)) b.storeStrided(lanes % 2 === 0 ? y : k, to, 2048 * lanes, -1028, lanes);
    return [];
  },
  horizontal: (b, { y, k }) => horizontals.flatMap((kind) => [b.horizontal(kind, y), b.horizontal(kind, k)]),
  splatLane: (b, { x, k }) => [
    b.splatLane(x, 0),
    b.splatLane(x, b.target.lanes - 1),
    b.splatLane(k, b.target.lanes >> 1),
  ],
  transpose: (b, { x, n }) => {
    const rows = Array.from({ length: b.target.lanes }, (_, row) => b.add(x, row));
    const intRows = Array.from({ length: b.target.lanes }, (_, row) => b.intAdd(n, row));
    b.transpose(rows);
    b.transpose(intRows);
    return [...rows, ...intRows];
  },
  prefetch: (b, { x, at }) => {
    b.prefetch(at, -64);
    b.prefetch(b.indexVariable(8));
    return [x];
  },
  interleaveBlocks: (b, { x, y, n, k }) => {
    if (b.target.lanes < 4) return [];
    const floatBlocks = [x, y, b.add(x, 1), b.add(y, 1)];
    const intBlocks = [n, k, b.intAdd(n, 1), b.intAdd(k, 1)];
    b.interleaveBlocks(floatBlocks);
    b.interleaveBlocks(intBlocks);
    return [...floatBlocks, ...intBlocks];
  },
  index: (b, { item }) => {
    const [odd, negative] = [b.indexAdd(b.indexMul(item, 7), 1), b.indexSub(5, item)];
    return indexKinds.flatMap((kind) => [
      b.splatIndex(b.indexBinary(kind, negative, kind === "shl" ? 3 : odd)),
      b.splatIndex(b.indexBinary(kind, item, 13)),
      b.splatIndex(b.indexBinary(kind, 1000, kind === "shl" ? b.indexAnd(odd, 15) : odd)),
    ]);
  },
  indexMove: (b, { item }) => {
    const moved = b.indexVariable(item);
    b.indexAssign(moved, 77);
    return [b.splatIndex(moved), b.splatIndex(b.copy(item))];
  },
  loop: (b, { x, item }) => {
    const sum = b.variable(0);
    const turns = b.indexVariable(0);
    const limit = b.indexVariable(b.indexRem(item, 5));
    const count = (): void => b.indexAddInto(turns, 1);
    b.loop(0, limit, 1, (i) => {
      b.binaryInto("add", sum, x);
      b.indexAssign(limit, i); // must not shorten the loop
      b.loop(i, 20, 3, count);
    });
    b.loop(3, 4, 5, count);
    b.loop(5, 5, 1, count);
    b.loop(2, 9, 2, count);
    return [sum, b.splatIndex(turns)];
  },
  if: (b, { item }) => {
    const result = b.indexVariable(0);
    b.ifLess(
      item,
      100,
      () => b.indexAddInto(result, 1),
      () => b.indexAddInto(result, 2),
    );
    b.ifEqual(b.indexAnd(item, 15), 8, () => b.indexAddInto(result, 10));
    b.ifLess(3, item, () =>
      b.ifEqual(
        item,
        40,
        () => {},
        () => b.indexAddInto(result, 100),
      ),
    );
    b.ifLess(
      1,
      2,
      () => b.indexAddInto(result, 1000),
      () => b.indexAddInto(result, 2000),
    );
    return [b.splatIndex(result)];
  },
};

function eachLaneCount(b: FunctionBuilder): readonly number[] {
  return Array.from({ length: b.target.lanes }, (_, lane) => lane + 1);
}

function buildCase(name: string, build: Build, { target }: Variant): VectorFunction {
  const b = new FunctionBuilder(name, target);
  const base = b.parameter();
  const [begin, end] = b.range();
  b.loop(begin, end, target.lanes, (item) => {
    const at = b.indexAdd(base, b.indexMul(item, 4)) as Register;
    const read = (offset: number, kind: "float" | "int") => b.load(at, offset, kind);
    const [x, y, n, k] = [read(X, "float"), read(Y, "float"), read(N, "int"), read(K, "int")];
    const values = { x, y, n, k, item, base, at };
    build(b, values).forEach((result, position) => {
      b.store(result, at, OUT + position * ITEMS * 4);
    });
  });
  return b.finish();
}

for (const form of variants) {
  for (const [name, build] of Object.entries(cases)) {
    test(`${form.name}: ${name} matches the interpreter`, () => {
      requireSame(buildCase(name, build, form), ITEMS, input, form);
    });
  }
}
