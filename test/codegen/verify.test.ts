import assert from "node:assert/strict";
import { test } from "node:test";
import { FunctionBuilder } from "../../src/codegen/builder.ts";
import type { Instruction, KernelCall, Register, Target, VectorFunction } from "../../src/codegen/program.ts";
import { verifyFunction, verifyProgram } from "../../src/codegen/verify.ts";
import { GradusError } from "../../src/core/errors.ts";

const target: Target = { name: "wasm128", lanes: 4, registers: 15, fusedMultiplyAdd: true, flushesSubnormals: false };
const index = (id: number): Register => ({ id, kind: "index" });
const float = (id: number): Register => ({ id, kind: "float" });
const int = (id: number): Register => ({ id, kind: "int" });

function withBody(...body: readonly Instruction[]): VectorFunction {
  return { name: "broken", parameters: [index(0)], registerCount: 10, body };
}

const load = (to: Register): Instruction => ({ op: "load", to, base: index(0), offset: 0 });
const add = (to: Register, a: Register, b: Register): Instruction => ({ op: "binary", kind: "add", to, a, b });
const loop = (counter: Register, ...body: readonly Instruction[]): Instruction => ({
  op: "loop",
  counter,
  from: 0,
  to: index(0),
  step: 1,
  body,
});

/** Broken functions, each with a pattern of the broken rule. */
const broken: readonly (readonly [rule: RegExp, code: VectorFunction])[] = [
  [/before it is written/, withBody(add(float(1), float(2), float(2)))],
  [/before it is written/, withBody(loop(index(1), load(float(2))), add(float(3), float(2), float(2)))],
  [/before it is written/, withBody(loop(index(1)), { op: "indexMove", to: index(2), a: index(1) })],
  [
    /before it is written/,
    withBody(
      // biome-ignore lint/suspicious/noThenProperty: an instruction of the program format, never awaited
      { op: "if", compare: "less", a: index(0), b: 4, then: [load(float(2))], otherwise: [] },
      add(float(3), float(2), float(2)),
    ),
  ],
  [/must be float, got int/, withBody(load(int(1)), add(float(2), int(1), int(1)))],
  [/must be index, got float/, withBody(load(float(1)), { op: "load", to: float(2), base: float(1), offset: 0 })],
  [/both float and int/, withBody(load(float(1)), load(int(1)))],
  [/outside \[0, 10\)/, withBody(load(float(10)))],
  [/lanes must be/, withBody(load(float(1)), { op: "store", from: float(1), base: index(0), offset: 0, lanes: 5 })],
  [/lanes must be/, withBody(load(float(1)), { op: "store", from: float(1), base: index(0), offset: 0, lanes: 0 })],
  [/offset must be/, withBody({ op: "load", to: float(1), base: index(0), offset: 0.5 })],
  [/bits must be/, withBody(load(int(1)), { op: "intShift", kind: "shl", to: int(2), a: int(1), bits: 32 })],
  [/count must be/, withBody({ op: "maskFirst", to: { id: 1, kind: "mask" }, count: 5 })],
  [/step must be/, withBody({ op: "loop", counter: index(1), from: 0, to: 4, step: 0, body: [] })],
  [/counter of an enclosing loop/, withBody(loop(index(1), { op: "indexMove", to: index(1), a: 0 }))],
  [/number of rows/, withBody(load(float(1)), { op: "transpose", registers: [float(1)] })],
  [/listed twice/, withBody(load(float(1)), { op: "transpose", registers: [float(1), float(1), float(1), float(1)] })],
];

for (const [number, [rule, code]] of broken.entries()) {
  test(`a broken function is rejected, ${number}: ${rule.source}`, () => {
    assert.throws(
      () => verifyFunction(code, 4),
      (error) => error instanceof GradusError && error.code === "bad-argument" && rule.test(String(error.values.rule)),
    );
  });
}

test("registers defined in both branches are defined after them, and those defined before a loop stay so", () => {
  const b = new FunctionBuilder("sound", target);
  const address = b.parameter();
  const [value, moved] = [b.float(), b.indexVariable(0)];
  b.ifLess(
    address,
    4,
    () => b.assign(value, 1),
    () => b.assign(value, 2),
  );
  b.loop(0, address, 1, (i) => b.indexAssign(moved, i));
  b.store(value, moved);
  verifyFunction(b.finish(), 4);
});

test("calls must name a function and match its parameters", () => {
  const b = new FunctionBuilder("kernel", target);
  b.parameter();
  b.range();
  const call: KernelCall = { function: 0, addresses: [64], items: 10, grain: 4, barrierBefore: false, label: "call" };
  const verify = (change: Partial<KernelCall>): void =>
    verifyProgram({ lanes: 4, functions: [kernel], calls: [{ ...call, ...change }] });
  const kernel = b.finish();
  verify({});
  const changes = [
    { function: 1 },
    { addresses: [] },
    { addresses: [1, 2] },
    { addresses: [-64] },
    { items: -1 },
    { grain: 0 },
  ];
  for (const change of changes) assert.throws(() => verify(change), GradusError);
});
