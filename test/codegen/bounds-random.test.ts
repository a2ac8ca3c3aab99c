import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chunkOf } from "../../src/codegen/chunk.ts";
import type { Index, KernelCall, Register, VectorFunction } from "../../src/codegen/program.ts";
import { type Kernel, kernel, programOf, refusal, regions, target } from "./bounds-kernel.ts";
import { OutOfBounds, trace } from "./trace.ts";

/** Number of index registers of a random program, and its depth of blocks. */
interface Scope {
  readonly kernel: Kernel;
  readonly counts: Index[];
  readonly addresses: Register[];
  readonly depth: number;
}

type Draw = (limit: number) => number;

const pick = <T>(list: readonly T[], draw: Draw): T => list[draw(list.length)] as T;

const rules: readonly ((scope: Scope, draw: Draw) => void)[] = [
  ({ kernel: { b }, counts }, draw) => {
    const kind = pick(["add", "sub", "min", "max"] as const, draw);
    counts.push(b.indexBinary(kind, pick(counts, draw), draw(3) === 0 ? draw(40) : pick(counts, draw)));
  },
  ({ kernel: { b }, counts }, draw) => {
    const kind = pick(["mul", "div", "rem"] as const, draw);
    counts.push(b.indexBinary(kind, pick(counts, draw), 1 + draw(9)));
  },
  ({ kernel: { b }, counts }, draw) => {
    const [a, c] = [pick(counts, draw), pick(counts, draw)];
    counts.push(
      draw(2) === 0 ? b.indexMul(a, c) : draw(2) === 0 ? b.indexAnd(a, draw(64)) : b.indexShiftLeft(a, draw(3)),
    );
  },
  ({ kernel: { b }, counts, addresses }, draw) => {
    const size = pick(counts, draw);
    const limited = draw(2) === 0 ? size : b.indexMin(b.indexMax(size, 0), 16 + draw(90));
    addresses.push(b.indexVariable(b.indexAdd(pick(addresses, draw), b.indexMul(limited, 4))));
  },
  ({ kernel: { b }, addresses }, draw) =>
    b.indexAddInto(pick(addresses.slice(2), draw) ?? b.indexVariable(0), 4 * draw(8) - 8),
  ({ kernel: { b }, addresses }, draw) => {
    if (draw(2) === 0) b.load(pick(addresses, draw), 4 * draw(6));
    else b.loadStrided(pick(addresses, draw), 0, 4 * draw(8) - 8, 1 + draw(16));
  },
  ({ kernel: { b }, addresses }, draw) => b.store(b.constant(1), pick(addresses, draw), 4 * draw(6), 1 + draw(16)),
  ({ kernel: { b, y }, counts }, draw) => {
    const raw = b.loadSplat(y, 4 * draw(8), "int");
    const lanes = draw(2) === 0 ? raw : b.intMin(b.intMax(raw, draw(4)), draw(60));
    counts.push(b.firstLane(draw(3) === 0 ? b.intAdd(lanes, draw(9)) : lanes));
  },
  ({ kernel: { b, x, y } }, draw) => {
    const raw = b.load(y, 0, "int");
    const indices = pick(
      [raw, b.intMin(b.intMax(raw, 0), draw(128)), b.intAdd(b.intAnd(raw, 31), b.intRamp(0, 1))],
      draw,
    );
    b.emit({ op: "loadIndexed", to: b.float(), base: x, indices, lanes: 1 + draw(16) });
  },
];

function block(scope: Scope, draw: Draw): void {
  const inner: Scope = {
    ...scope,
    counts: [...scope.counts],
    addresses: [...scope.addresses],
    depth: scope.depth + 1,
  };
  const length = 1 + draw(5);
  for (let step = 0; step < length; step++) {
    const { b } = inner.kernel;
    const kind = draw(10);
    if (kind < 2 && inner.depth < 4) {
      const from = draw(2) === 0 ? 0 : pick(inner.counts, draw);
      const limit = draw(2) === 0 ? b.indexAdd(from, draw(20)) : pick(inner.counts, draw);
      b.loop(from, limit, 1 + draw(6), (counter) =>
        block({ ...inner, counts: [...inner.counts, counter, counter] }, draw),
      );
    } else if (kind === 2 && inner.depth < 4) {
      const branch = draw(3) === 0 ? "ifEqual" : "ifLess";
      b[branch](
        pick(inner.counts, draw),
        draw(2) === 0 ? draw(30) : pick(inner.counts, draw),
        () => block(inner, draw),
        () => block(inner, draw),
      );
    } else pick(rules, draw)(inner, draw);
  }
}

/** A program from a list of numbers; small numbers make it simple. */
function randomKernel(numbers: readonly number[]): VectorFunction {
  let next = 0;
  const draw: Draw = (limit) => (numbers[next++ % numbers.length] as number) % limit;
  return kernel((parts) => {
    const { b, x, y, begin, end, thread } = parts;
    const scope = { kernel: parts, counts: [begin, end, thread, 16, 40], addresses: [x, y], depth: 0 };
    const first = b.indexVariable(x);
    const second = b.indexVariable(y);
    block({ ...scope, addresses: [x, y, first, second] }, draw);
    block({ ...scope, addresses: [x, y, first, second] }, draw);
  });
}

/** Whether any thread accesses forbidden memory. Runs the program with several memory contents. */
function goesAstray(code: VectorFunction, call: KernelCall, threads: number): boolean {
  const chunk = chunkOf(call, threads);
  const memories = [
    () => 0,
    () => 0x7fffffff,
    () => -0x80000000,
    (word: number) => word,
    (word: number) => (word * 7919) % 300,
  ];
  for (let thread = 0; thread * chunk < call.items; thread++) {
    const begin = thread * chunk;
    const parameters = [...call.addresses, begin, Math.min(begin + chunk, call.items), thread];
    for (const memory of memories) {
      try {
        trace(code, parameters, { lanes: target.lanes, regions, memory, turns: 1500 });
      } catch (error) {
        if (error instanceof OutOfBounds) return true;
        throw error;
      }
    }
  }
  return false;
}

test("random programs: those that go out of bounds at run time are rejected, and many others are accepted", () => {
  const counts = { accepted: 0, refusedSound: 0, astray: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.nat(1000), { minLength: 20, maxLength: 120 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      (numbers, items, grain, threads) => {
        const code = randomKernel(numbers);
        const program = programOf(code, { items, grain });
        const isRefused = refusal(code, { items, grain }, threads) !== undefined;
        const isAstray = goesAstray(code, program.calls[0] as KernelCall, threads);
        if (isAstray) counts.astray++;
        else if (isRefused) counts.refusedSound++;
        else counts.accepted++;
        assert.ok(isRefused || !isAstray, "a program that goes out of bounds was accepted");
      },
    ),
    { numRuns: 1000 },
  );
  // both outcomes must have occurred
  assert.ok(counts.accepted > 100 && counts.astray > 100, JSON.stringify(counts));
});
