import { FunctionBuilder } from "../../codegen/builder.ts";
import { exp, philox, tanh } from "../../codegen/math/index.ts";
import type { Index, KernelCall, Register, Target, VectorFunction } from "../../codegen/program.ts";
import { GradusError } from "../../core/errors.ts";
import { philox4x32, type Seed } from "../../core/random.ts";
import type { VectorHeap } from "../vector-device.ts";

/** Enough blocks for several threads; the case of more threads than blocks is tested as well. */
const BLOCKS = 9;
/** Lanes that the masked store may write. */
const TAIL = 3;
const SEED: Seed = [0x2468ace0, 0x13579bdf];
/** The polynomials are exact to 3 ulp, the sum of some hundred numbers to a few more. */
const TOLERANCE = 1e-5;

/** Addresses of the self-test's arrays of 4-byte elements. */
interface Places {
  readonly x: number;
  readonly y: number;
  readonly reversed: number;
  readonly draws: number;
  readonly sum: number;
  readonly tail: number;
}

/** Calls `body` with the byte offset of each whole vector of a thread's share. */
function elementwise(
  name: string,
  target: Target,
  arrays: number,
  body: (b: FunctionBuilder, addresses: readonly Register[], offset: Index, element: Register) => void,
): VectorFunction {
  const b = new FunctionBuilder(name, target);
  const addresses = Array.from({ length: arrays }, () => b.parameter());
  const [begin, end] = b.range();
  b.loop(begin, end, target.lanes, (element) => body(b, addresses, b.indexShiftLeft(element, 2), element));
  return b.finish();
}

function functionsFor(target: Target): readonly VectorFunction[] {
  const { lanes } = target;
  const lastBlock = (BLOCKS - 1) * lanes * 4;
  const at = (b: FunctionBuilder, address: Register | undefined, offset: Index): Index =>
    b.indexAdd(address as Register, offset);
  // y = tanh(x) e^x
  const waves = elementwise("self_test_waves", target, 2, (b, [x, y], offset) => {
    const value = b.load(at(b, x, offset));
    b.store(b.mul(tanh(b, value), exp(b, value)), at(b, y, offset));
  });
  // block k of the result is |block BLOCKS - 1 - k of y|, which another thread wrote
  const reverse = elementwise("self_test_reverse", target, 2, (b, [y, reversed], offset) => {
    const value = b.load(at(b, y, b.indexSub(lastBlock, offset)));
    b.store(b.select(b.compare("less", value, 0), b.neg(value), value), at(b, reversed, offset));
  });
  const draw = elementwise("self_test_draw", target, 1, (b, [draws], offset, element) => {
    const counter = b.intAdd(b.intRamp(), b.splatIndex(element));
    const [word] = philox(b, [counter, 0, 0, 0], SEED);
    b.store(word, at(b, draws, offset));
  });
  const b = new FunctionBuilder("self_test_sum", target);
  const [values, sum, tail] = [b.parameter(), b.parameter(), b.parameter()];
  b.range();
  const total = b.variable(0);
  b.loop(0, BLOCKS * lanes, lanes, (element) => {
    b.assign(total, b.add(total, b.load(at(b, values, b.indexShiftLeft(element, 2)))));
  });
  b.store(b.horizontal("add", total), sum, 0, 1);
  b.store(b.load(values), tail, 0, TAIL);
  return [waves, reverse, draw, b.finish()];
}

function callsFor(target: Target, { x, y, reversed, draws, sum, tail }: Places): readonly KernelCall[] {
  const items = BLOCKS * target.lanes;
  const whole = { items, grain: target.lanes };
  return [
    { function: 0, addresses: [x, y], ...whole, barrierBefore: false, label: "waves" },
    { function: 2, addresses: [draws], ...whole, barrierBefore: false, label: "draw" },
    { function: 1, addresses: [y, reversed], ...whole, barrierBefore: true, label: "reverse" },
    { function: 3, addresses: [reversed, sum, tail], items: 1, grain: 1, barrierBefore: true, label: "sum" },
  ];
}

/** What the self-test needs of a device. */
interface Tested {
  readonly target: Target;
  readonly heap: VectorHeap;
  load(functions: readonly VectorFunction[], calls: readonly KernelCall[]): { run(): void; unload(): void };
}

function requireEqual(array: string, index: number, got: number, expected: number, tolerance: number): void {
  if (Math.abs(got - expected) <= tolerance * Math.max(1, Math.abs(expected))) return;
  const what = `${array} ${index}`;
  throw new GradusError(
    "backend-unavailable",
    `native: the self-test disagrees: ${what} should be ${expected}, machine code gave ${got}`,
    { what, got, expected },
  );
}

/** Runs a small program with every kind of work on all threads and compares with numbers that JavaScript computes: floats within 1e-5,
 *  integers exactly, and the elements that a masked store must leave alone. It runs twice, so that the threads meet again after their
 *  first end.
 *  @throws GradusError `backend-unavailable` with the first number that differs. */
export function selfTest({ target, heap, load }: Tested): void {
  const length = BLOCKS * target.lanes;
  const arrayBytes = length * 4 + 64;
  const bytes = 4 * arrayBytes + 2 * 128;
  const start = heap.allocate(bytes);
  const [x, y, reversed, draws] = [0, 1, 2, 3].map((index) => start + index * arrayBytes) as [
    number,
    number,
    number,
    number,
  ];
  const places = { x, y, reversed, draws, sum: start + 4 * arrayBytes, tail: start + 4 * arrayBytes + 128 };
  const program = load(functionsFor(target), callsFor(target, places));
  try {
    const input = heap.floats(x, length);
    for (let turn = 0; turn < 2; turn++) {
      input.forEach((_, index) => {
        input[index] = (index / length - 0.5) * (turn === 0 ? 4 : 20);
      });
      heap.floats(y, (bytes - arrayBytes) / 4).fill(0);
      program.run();
      compare(heap, places, target.lanes);
    }
  } finally {
    program.unload();
    heap.free(start, bytes);
  }
}

function compare(heap: Tested["heap"], places: Places, lanes: number): void {
  const length = BLOCKS * lanes;
  const input = heap.floats(places.x, length);
  const reversed = heap.floats(places.reversed, length);
  const draws = heap.ints(places.draws, length);
  const expected = Array.from(input, (value) => Math.abs(Math.tanh(value) * Math.exp(value)));
  const source = (index: number): number => (BLOCKS - 1 - Math.floor(index / lanes)) * lanes + (index % lanes);
  reversed.forEach((value, index) => {
    requireEqual("element", index, value, expected[source(index)] as number, TOLERANCE);
  });
  draws.forEach((value, index) => {
    requireEqual("draw", index, value >>> 0, philox4x32([index, 0, 0, 0], SEED)[0], 0);
  });
  const total = expected.reduce((sum, value) => sum + value, 0);
  requireEqual("sum", 0, heap.floats(places.sum, 1)[0] as number, total, TOLERANCE);
  heap.floats(places.tail, lanes).forEach((value, lane) => {
    requireEqual("lane of a masked store", lane, value, lane < TAIL ? (reversed[lane] as number) : 0, 0);
  });
}
