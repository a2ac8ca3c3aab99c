import { test } from "node:test";
import fc from "fast-check";
import { FunctionBuilder } from "../../src/codegen/builder.ts";
import type { Register, VectorFunction } from "../../src/codegen/program.ts";
import { requireSame, type Variant, variants } from "./harness.ts";
import { floatBits } from "./interpreter.ts";

const floatUnary = ["neg", "abs", "sqrt", "floor", "ceil", "trunc", "nearest"] as const;
const floatBinary = ["add", "sub", "mul", "div", "min", "max", "fastMin", "fastMax"] as const;
const intBinary = ["iadd", "isub", "imul", "and", "or", "xor", "imin", "imax", "umulHigh"] as const;
const shifts = ["shl", "shr", "sar"] as const;
const compares = ["equal", "less", "lessEqual"] as const;
const joins = ["add", "mul", "min", "max"] as const;

/** One step of a random program: which rule, and three numbers that pick its operands and its kind. */
type Step = readonly [rule: number, a: number, b: number, c: number];

interface State {
  readonly builder: FunctionBuilder;
  readonly floats: Register[];
  readonly ints: Register[];
  readonly masks: Register[];
}

function pick<T>(list: readonly T[], number: number): T {
  return list[number % list.length] as T;
}

/** The bits of a NaN differ between machines: such lanes become a number before their bits are inspected. */
function withoutNaN(b: FunctionBuilder, value: Register): Register {
  return b.fastMax(value, -1e30);
}

const rules: readonly ((state: State, a: number, b: number, c: number) => void)[] = [
  ({ builder, floats }, a, _b, c) => floats.push(builder.unary(pick(floatUnary, c), pick(floats, a))),
  ({ builder, floats }, a, b, c) => floats.push(builder.binary(pick(floatBinary, c), pick(floats, a), pick(floats, b))),
  ({ builder, floats }, a, b, c) => floats.push(builder.multiplyAdd(pick(floats, a), pick(floats, b), pick(floats, c))),
  ({ builder, floats }, a, b, c) =>
    floats.push(builder.negMultiplyAdd(pick(floats, a), pick(floats, b), pick(floats, c))),
  ({ builder, ints }, a, b, c) => ints.push(builder.intBinary(pick(intBinary, c), pick(ints, a), pick(ints, b))),
  ({ builder, ints }, a, b, c) => ints.push(builder.intShift(pick(shifts, c), pick(ints, a), b % 32)),
  ({ builder, floats, masks }, a, b, c) =>
    masks.push(builder.compare(pick(compares, c), pick(floats, a), pick(floats, b))),
  ({ builder, ints, masks }, a, b, c) =>
    masks.push(builder.intCompare(pick(compares, c), pick(ints, a), pick(ints, b), c % 2 === 0)),
  ({ builder, masks }, a, b, c) =>
    masks.push(builder.maskBinary(pick(["and", "or", "xor"] as const, c), pick(masks, a), pick(masks, b))),
  ({ builder, masks }, a) => masks.push(builder.maskNot(pick(masks, a))),
  ({ builder, floats, masks }, a, b, c) =>
    floats.push(builder.select(pick(masks, c), pick(floats, a), pick(floats, b))),
  ({ builder, ints, masks }, a, b, c) => ints.push(builder.select(pick(masks, c), pick(ints, a), pick(ints, b))),
  ({ builder, floats, ints }, a) => ints.push(builder.bitcast(withoutNaN(builder, pick(floats, a)))),
  ({ builder, floats, ints }, a) => floats.push(withoutNaN(builder, builder.bitcast(pick(ints, a)))),
  ({ builder, floats, ints }, a, _b, c) => ints.push(builder.convert(pick(floats, a), c % 2 === 0)),
  ({ builder, floats, ints }, a, _b, c) => floats.push(builder.convert(pick(ints, a), c % 2 === 0)),
  ({ builder, floats }, a, _b, c) => floats.push(builder.horizontal(pick(joins, c), pick(floats, a))),
  ({ builder, ints }, a, _b, c) => ints.push(builder.horizontal(pick(joins, c), pick(ints, a))),
  ({ builder, floats }, a, b) => {
    const rows = Array.from({ length: builder.target.lanes }, (_, row) => builder.copy(pick(floats, a + row * b)));
    builder.transpose(rows);
    floats.push(...rows);
  },
  ({ builder, ints }, a, b) => {
    if (builder.target.lanes < 4) return;
    const blocks = [a, b, a + 1, b + 1].map((number) => builder.intVariable(pick(ints, number)));
    builder.interleaveBlocks(blocks);
    ints.push(...blocks);
  },
  ({ builder, floats }, a, b, c) => {
    const sum = builder.variable(c / 7);
    builder.loop(0, b % 5, 1, () => {
      builder.multiplyAddInto(sum, pick(floats, a), 0.5);
      builder.ifLess(builder.firstLane(builder.intConstant(c)), 50, () =>
        builder.binaryInto("add", sum, pick(floats, b)),
      );
    });
    floats.push(sum);
  },
];

function buildProgram(steps: readonly Step[], { target }: Variant): VectorFunction {
  const builder = new FunctionBuilder("random", target);
  const address = builder.parameter();
  builder.range();
  const vector = target.lanes * 4;
  const state: State = {
    builder,
    floats: [0, 1, 2].map((position) => builder.load(address, position * vector)),
    ints: [3, 4, 5].map((position) => builder.load(address, position * vector, "int")),
    masks: [builder.maskFirst(1)],
  };
  for (const [rule, a, b, c] of steps) pick(rules, rule)(state, a, b, c);
  [...state.floats, ...state.ints, ...state.masks.map((mask) => builder.select(mask, 1, 0))].forEach(
    (value, position) => {
      builder.store(value, address, 1024 + position * vector);
    },
  );
  return builder.finish();
}

const floatWord = fc
  .oneof(
    fc.float({ noNaN: true, min: -1000, max: 1000 }),
    fc.float(),
    fc.constantFrom(0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NaN, 0.5, 2 ** 31, 2 ** 32),
  )
  .map((value) => floatBits(value) >>> 0);
const intWord = fc.integer({ min: 0, max: 0xffffffff });
const input = fc.tuple(
  fc.array(floatWord, { minLength: 48, maxLength: 48 }),
  fc.array(intWord, { minLength: 48, maxLength: 48 }),
);
const operand = fc.nat(99);
const program = fc.array(fc.tuple(operand, operand, operand, operand), { minLength: 1, maxLength: 40 });

for (const form of variants) {
  test(`${form.name}: random programs match the interpreter`, () => {
    fc.assert(
      fc.property(program, input, (steps, [floats, ints]) => {
        const used = (words: readonly number[]) => words.slice(0, 3 * form.target.lanes);
        requireSame(buildProgram(steps, form), 0, Uint32Array.from([...used(floats), ...used(ints)]), form);
      }),
      { numRuns: 150 },
    );
  });
}
