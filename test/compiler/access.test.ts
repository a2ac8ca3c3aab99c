import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { reshapeStrides, resolveAccess } from "../../src/compiler/access.ts";
import { sizeOf, stridesOf } from "../../src/core/shape.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { range } from "../../src/tensor/create.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { inputNode, runOn } from "../engine/cases.ts";
import { Draw, mulberry } from "../engine/draw.ts";

/** A shape of the same size with other axes: sizes split into factors, neighbours joined, ones put in and left out. */
function otherShape(draw: Draw, shape: readonly number[]): number[] {
  const factors = shape.flatMap((size) => {
    const divisors = Array.from({ length: size }, (_, index) => index + 1).filter((divisor) => size % divisor === 0);
    const divisor = draw.pick(divisors.length > 0 ? divisors : [1]);
    return size === 0 ? [0] : [divisor, size / divisor];
  });
  const joined: number[] = [];
  for (const factor of factors) {
    const last = joined.pop();
    if (last === undefined) joined.push(factor);
    else if (draw.chance(0.4)) joined.push(last * factor);
    else joined.push(last, ...(draw.chance(0.2) ? [1] : []), factor);
  }
  return joined.filter((size) => size !== 1 || draw.chance(0.5));
}

type Move = (a: Tensor, draw: Draw) => Tensor;

const MOVES: readonly Move[] = [
  (a, draw) => a.reshape(otherShape(draw, a.shape)),
  (a, draw) => a.transpose(draw.order(a)),
  (a, draw) => a.broadcastTo(a.shape.map((size) => (size === 1 ? 1 + draw.integer(3) : size))),
  (a, draw) => a.broadcastTo([1 + draw.integer(3), ...a.shape]),
  (a, draw) => {
    if (a.rank === 0) return a;
    const axis = draw.axis(a);
    return a.slice(axis, draw.integer(2), undefined, 1 + draw.integer(3));
  },
];

/** Reads a flat array through strides, as a kernel would. */
function read(data: ArrayLike<number>, shape: readonly number[], strides: readonly number[], offset: number): number[] {
  const own = stridesOf(shape);
  return Array.from({ length: sizeOf(shape) }, (_, flat) => {
    const address = shape.reduce((sum, size, axis) => {
      const index = Math.floor(flat / (own[axis] as number)) % size;
      return sum + index * (strides[axis] as number);
    }, offset);
    return data[address] as number;
  });
}

const reference = createReferenceBackend();

test("any chain of movements, resolved to strides of one base, reads the elements it stands for", async () => {
  let expressed = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const draw = new Draw(mulberry(seed), []);
      const shape = Array.from({ length: draw.integer(4) }, () => draw.pick([1, 2, 3, 4, 6]));
      const input = inputNode("x", shape, "int32");
      const values = [
        { shape, dtype: "int32" as const, data: Int32Array.from({ length: sizeOf(shape) }, (_, k) => k) },
      ];
      let view = new Tensor(input);
      for (let moves = 1 + draw.integer(6); moves > 0; moves--) {
        const next = draw.pick(MOVES)(view, draw);
        if (next.size <= 2000 && next.rank <= 6) view = next;
      }
      const { base, strides, offset } = resolveAccess(view.node);
      assert.equal(strides.length, view.rank);
      const [whole, source] = await runOn(reference, {
        graph: { inputs: [input], states: [], outputs: [view.node, base] },
        values,
      });
      assert.deepEqual(read(source?.data ?? [], view.shape, strides, offset), [...(whole?.data ?? [])]);
      if (base === input) expressed++;
    }),
    { numRuns: 500 },
  );
  assert.ok(expressed > 250, `${expressed} of 500 chains need no copy`);
});

test("strides are found under another shape wherever they exist", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const draw = new Draw(mulberry(seed), []);
      // a contiguous array under two shapes has the strides of both
      const from = Array.from({ length: 1 + draw.integer(4) }, () => draw.pick([1, 2, 3, 4, 5]));
      const to = otherShape(draw, from);
      const strides = reshapeStrides(from, stridesOf(from), to);
      assert.ok(strides);
      const data = Array.from({ length: sizeOf(from) }, (_, index) => index);
      assert.deepEqual(read(data, to, strides, 0), data);
    }),
    { numRuns: 300 },
  );
});

test("what strides cannot say is not said", () => {
  // rows of a transposed matrix, one after the other
  assert.equal(reshapeStrides([3, 2], [1, 3], [6]), undefined);
  // every second column of wider rows
  assert.equal(reshapeStrides([2, 3], [8, 2], [6]), undefined);
  const { base } = resolveAccess(range(6).reshape([2, 3]).transpose().flatten().node);
  assert.equal(base.op, "permute");
});

test("axes that allow it are split and joined", () => {
  assert.deepEqual(reshapeStrides([6], [1], [2, 3]), [3, 1]);
  assert.deepEqual(reshapeStrides([6], [5], [2, 1, 3]), [15, 0, 5]);
  assert.deepEqual(reshapeStrides([2, 3], [3, 1], [6]), [1]);
  assert.deepEqual(reshapeStrides([2, 2], [4, 2], [4]), [2]);
  assert.deepEqual(reshapeStrides([4, 3], [0, 0], [12]), [0]);
  assert.deepEqual(reshapeStrides([2, 3, 4], [1, 8, 2], [2, 12]), [1, 2]);
  assert.deepEqual(reshapeStrides([1, 1], [7, 9], []), []);
});
