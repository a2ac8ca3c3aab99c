import assert from "node:assert/strict";
import { test } from "node:test";
import { FunctionBuilder } from "../../src/codegen/builder.ts";
import { printFunction, printProgram } from "../../src/codegen/print.ts";
import type { Target } from "../../src/codegen/program.ts";
import { GradusError } from "../../src/core/errors.ts";

const target: Target = { name: "wasm128", lanes: 4, registers: 15, fusedMultiplyAdd: true, flushesSubnormals: false };

function scaleKernel(): ReturnType<FunctionBuilder["finish"]> {
  const b = new FunctionBuilder("scale", target);
  const [x, y] = [b.parameter(), b.parameter()];
  const [begin, end, thread] = b.range();
  b.ifEqual(thread, 0, () => b.store(b.constant(-0), y, -4, 1));
  const sum = b.variable(0);
  b.loop(begin, end, target.lanes, (item) => {
    const offset = b.indexShiftLeft(item, 2);
    const value = b.load(b.indexAdd(x, offset), 64);
    b.multiplyAddInto(sum, value, 0.5);
    b.ifLess(
      item,
      8,
      () => b.store(b.fastMax(value, 0), b.indexAdd(y, offset)),
      () => b.storeStrided(sum, y, 0, 32, 2),
    );
  });
  b.store(b.convert(b.horizontal("add", sum), false), y, 0, 3);
  return b.finish();
}

test("a function prints as text, constants first, with indented blocks", () => {
  assert.equal(
    printFunction(scaleKernel()),
    `function scale(i0, i1, i2, i3, i4)
  f5 = -0
  f6 = 0
  f12 = 0.5
  if i4 == 0
    store [i1 - 4] = f5 lanes 1
  f7 = f6
  loop i8 = i2 .. i3 step 4
    i9 = i8 << 2
    i10 = i0 + i9
    f11 = load [i10 + 64]
    f7 = f11 * f12 + f7
    if i8 < 8
      f13 = fastMax(f11, f6)
      i14 = i1 + i9
      store [i14] = f13 lanes 4
    else
      store [i1 + lane * 32] = f7 lanes 2
  f15 = all add f7
  n16 = int(f15) unsigned
  store [i1] = n16 lanes 3`,
  );
});

test("a program prints its functions and its calls", () => {
  const b = new FunctionBuilder("nothing", target);
  b.range();
  const calls = [
    { function: 0, addresses: [], items: 100, grain: 4, barrierBefore: false, label: "first" },
    { function: 0, addresses: [], items: 1, grain: 1, barrierBefore: true, label: "then" },
  ];
  assert.equal(
    printProgram({ lanes: 4, functions: [b.finish()], calls }),
    `function nothing(i0, i1, i2)

run, 4 lanes
  nothing() items 100 grain 4  # first
  barrier; nothing() items 1 grain 1  # then`,
  );
});

test("constants are hoisted out of loops and shared by value and kind", () => {
  const b = new FunctionBuilder("constants", target);
  b.loop(0, b.parameter(), 1, () => {
    assert.equal(b.constant(1.5), b.constant(1.5));
    assert.notEqual(b.constant(0), b.constant(-0));
    assert.equal(b.constant(0.1), b.constant(Math.fround(0.1)));
    assert.equal(b.constant(Number.NaN), b.constant(Number.NaN));
    assert.equal(b.intConstant(-1), b.intConstant(0xffffffff));
    assert.notEqual(b.intConstant(1).kind, b.constant(1).kind);
    assert.equal(b.intRamp(), b.intRamp(0, 1));
    assert.equal(b.maskFirst(2), b.maskFirst(2));
  });
  const { body } = b.finish();
  assert.equal(body.at(-1)?.op, "loop");
  const ops = ["floatConstant", "intConstant", "intRamp", "maskFirst"];
  const count = (op: string): number => body.filter((instruction) => instruction.op === op).length;
  assert.deepEqual(ops.map(count), [6, 2, 1, 1]); // 1.5, 0, -0, 0.1, NaN, 1; -1, 1
});

test("shared constants cannot be written, variables can", () => {
  const b = new FunctionBuilder("written", target);
  const constant = b.constant(0);
  const isRefused = (error: unknown): boolean => error instanceof GradusError && error.code === "bad-argument";
  assert.throws(() => b.multiplyAddInto(constant, 1, 2), isRefused);
  assert.throws(() => b.assign(b.intConstant(3), 4), isRefused);
  assert.throws(() => b.transpose([constant]), isRefused);
  b.multiplyAddInto(b.variable(0), 1, 2);
  b.assign(b.intVariable(3), 4);
});

test("index arithmetic and branches on numbers are folded", () => {
  const b = new FunctionBuilder("folded", target);
  assert.equal(b.indexAdd(2, 3), 5);
  assert.equal(b.indexMul(0x10000, 0x10000), 0);
  assert.equal(b.indexDiv(-7, 2), -3);
  assert.equal(b.indexRem(-7, 2), -1);
  assert.equal(b.indexMin(4, b.indexMax(1, b.indexSub(9, 2))), 4);
  assert.equal(b.indexShiftLeft(3, 4), 48);
  assert.equal(b.indexAnd(13, 7), 5);
  const taken: string[] = [];
  b.ifLess(
    1,
    2,
    () => taken.push("less"),
    () => taken.push("not less"),
  );
  b.ifEqual(
    1,
    2,
    () => taken.push("equal"),
    () => taken.push("not equal"),
  );
  b.loop(4, 4, 1, () => taken.push("loop"));
  assert.deepEqual(taken, ["less", "not equal"]);
  assert.deepEqual(b.finish().body, []);
});

test("a step of 0 and a function finished inside a block are rejected", () => {
  const b = new FunctionBuilder("refused", target);
  assert.throws(() => b.loop(0, 4, 0, () => {}), GradusError);
  assert.throws(() => b.loop(0, 4, 1, () => void b.finish()), GradusError);
  assert.deepEqual(b.finish().body, []);
});

test("index arithmetic that changes nothing returns the register itself, unless it is a moving pointer", () => {
  const b = new FunctionBuilder("neutral", target);
  const address = b.parameter();
  for (const same of [b.indexAdd(address, 0), b.indexAdd(0, address), b.indexSub(address, 0), b.indexMul(1, address)]) {
    assert.equal(same, address);
  }
  assert.equal(b.indexMul(address, 0), 0);
  assert.notEqual(b.indexSub(0, address), address);
  const moving = b.indexVariable(address);
  assert.notEqual(b.indexAdd(moving, 0), moving);
  b.indexAddInto(moving, 4);
  assert.throws(() => b.indexAddInto(address, 4), /shared/);
});
