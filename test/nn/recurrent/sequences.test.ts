import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { HostArray } from "../../../src/core/dtype.ts";
import type { LayerConfig } from "../../../src/nn/layers.ts";
import type { ModelState, NamedTree } from "../../../src/nn/state.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { arrayOf, scattered } from "../../autodiff/arrays.ts";
import { literal, modelOf, numbersOf, PREDICTION } from "../support.ts";
import { scatteredState } from "./by-hand.ts";

type Kind = "rnn" | "lstm" | "gru";
const KINDS: readonly Kind[] = ["rnn", "lstm", "gru"];

interface Sizes {
  readonly type: Kind;
  readonly batch: number;
  readonly steps: number;
  readonly features: number;
  readonly units: number;
}

const SIZES: fc.Arbitrary<Sizes> = fc.record({
  type: fc.constantFrom(...KINDS),
  batch: fc.integer({ min: 1, max: 3 }),
  steps: fc.integer({ min: 1, max: 5 }),
  features: fc.integer({ min: 1, max: 3 }),
  units: fc.integer({ min: 1, max: 3 }),
});

const RUNS = { numRuns: 25 };

function run(
  layers: readonly object[],
  state: NamedTree | undefined,
  x: HostArray,
): { values: number[]; state: ModelState } {
  const model = modelOf(x.shape.slice(1), ...(layers as readonly LayerConfig[]));
  const filled = state === undefined ? scatteredState(model) : { parameters: state, buffers: {} };
  return { values: numbersOf(model.apply(filled, literal(x), PREDICTION).output), state: filled };
}

function branch(tree: NamedTree, ...path: readonly string[]): NamedTree {
  return path.reduce((part, name) => part[name] as NamedTree, tree);
}

/** The same sequences, reversed. */
function backwards({ shape, dtype, data }: HostArray): HostArray {
  const [, steps, features] = shape as [number, number, number];
  return arrayOf(
    shape,
    (index) => {
      const [rest, feature] = [Math.floor(index / features), index % features];
      const [sample, t] = [Math.floor(rest / steps), rest % steps];
      return data[(sample * steps + steps - 1 - t) * features + feature] as number;
    },
    dtype,
  );
}

function same(found: readonly number[], expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, index) => {
    const wanted = expected[index] as number;
    assert.ok(Math.abs(value - wanted) < 1e-12, `element ${index}: ${value}, expected ${wanted}`);
  });
}

/** Columns [start, end) of rows of a width. */
function columns(values: readonly number[], width: number, start: number, end: number): number[] {
  return values.filter((_, index) => index % width >= start && index % width < end);
}

test("reverse is the same layer over reversed sequences", () => {
  fc.assert(
    fc.property(SIZES, ({ type, batch, steps, features, units }) => {
      const x = scattered([batch, steps, features]);
      const whole = { type, units, returnSequences: true };
      const { values, state } = run([{ ...whole, reverse: true }], undefined, x);
      const expected = run([whole], state.parameters, backwards(x)).values;
      const shape = [batch, steps, units];
      same(values, Array.from(backwards(arrayOf(shape, (index) => expected[index] as number)).data));
      // its last step is position 0
      const last = run([{ type, units, reverse: true }], state.parameters, x).values;
      same(last, run([{ type, units }], state.parameters, backwards(x)).values);
    }),
    RUNS,
  );
});

test("bidirectional: a forward and a reversed layer side by side, each with its own last step", () => {
  fc.assert(
    fc.property(SIZES, fc.boolean(), ({ type, batch, steps, features, units }, returnSequences) => {
      const x = scattered([batch, steps, features]);
      const layer = { type, units, returnSequences };
      const { values, state } = run([{ ...layer, bidirectional: true }], undefined, x);
      const forward = { "0": branch(state.parameters, "0", "forward") };
      const backward = { "0": branch(state.parameters, "0", "backward") };
      same(columns(values, 2 * units, 0, units), run([layer], forward, x).values);
      same(columns(values, 2 * units, units, 2 * units), run([{ ...layer, reverse: true }], backward, x).values);
    }),
    RUNS,
  );
});

test("several layers are stacked, in both directions too", () => {
  fc.assert(
    fc.property(SIZES, fc.boolean(), ({ type, batch, steps, features, units }, bidirectional) => {
      const x = scattered([batch, steps, features]);
      const layer = { type, units, bidirectional };
      const { values, state } = run([{ ...layer, layers: 2 }], undefined, x);
      const stacked = run([{ ...layer, returnSequences: true }, layer], branch(state.parameters, "0"), x);
      same(values, stacked.values);
    }),
    RUNS,
  );
});

test("padding has no effect, at the end and at the start, through layers and directions", () => {
  const MASK = -3;
  fc.assert(
    fc.property(
      SIZES,
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 3 }),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 }),
      ({ type, batch, steps, features, units }, lengths, isAtStart, bidirectional, layers) => {
        const layer = { type, units, bidirectional, layers };
        const lengthOf = (sample: number): number => Math.min(lengths[sample] as number, steps);
        const dense = scattered([batch, steps, features]);
        const isPadding = (sample: number, t: number): boolean =>
          isAtStart ? t < steps - lengthOf(sample) : t >= lengthOf(sample);
        const x = arrayOf(dense.shape, (index) => {
          const rest = Math.floor(index / features);
          return isPadding(Math.floor(rest / steps), rest % steps) ? MASK : (dense.data[index] as number);
        });
        const { values, state } = run([{ ...layer, mask: MASK }], undefined, x);
        const sequences = run([{ ...layer, mask: MASK, returnSequences: true }], state.parameters, x).values;
        const width = bidirectional ? 2 * units : units;
        for (let sample = 0; sample < batch; sample++) {
          const length = lengthOf(sample);
          const start = (sample * steps + (isAtStart ? steps - length : 0)) * features;
          const alone = {
            shape: [1, length, features],
            dtype: "float32",
            data: x.data.slice(start, start + length * features),
          } as const;
          same(values.slice(sample * width, (sample + 1) * width), run([layer], state.parameters, alone).values);
          const rows = sequences.slice(sample * steps * width, (sample + 1) * steps * width);
          const real = rows.filter((_, index) => !isPadding(sample, Math.floor(index / width)));
          same(real, run([{ ...layer, returnSequences: true }], state.parameters, alone).values);
          const padded = rows.filter((_, index) => isPadding(sample, Math.floor(index / width)));
          same(padded, new Array<number>((steps - length) * width).fill(MASK));
        }
      },
    ),
    { numRuns: 40 },
  );
});

for (const type of KINDS) {
  test(`${type}: a sequence of padding only gives the initial state, and a step with one feature of the mask is not padding`, () => {
    const x = { shape: [2, 2, 2], dtype: "float32", data: Float64Array.of(0, 0, 0, 0, 0, 1, 0, 0) } as const;
    const layer = { type, units: 2, mask: 0 };
    const { values, state } = run([layer], undefined, x);
    same(values.slice(0, 2), [0, 0]);
    const alone = { shape: [1, 1, 2], dtype: "float32", data: Float64Array.of(0, 1) } as const;
    same(values.slice(2), run([{ type, units: 2 }], state.parameters, alone).values);
  });
}

test("parameters are named by layer and direction", () => {
  const model = modelOf([3, 2], { type: "gru", units: 2, layers: 2, bidirectional: true, returnSequences: true });
  assert.deepEqual(model.outputShape, [3, 4]);
  const named = model.layers.flatMap(({ path, parameters }) =>
    Object.entries(parameters).map(([name, shape]) => `${path}.${name} (${shape})`),
  );
  const each = (path: string, inputs: number): string[] => [
    `${path}.inputWeight (6,${inputs})`,
    `${path}.recurrentWeight (6,2)`,
    `${path}.bias (6)`,
    `${path}.candidateBias (2)`,
  ];
  assert.deepEqual(named, [
    ...each("0.0.forward", 2),
    ...each("0.0.backward", 2),
    ...each("0.1.forward", 4),
    ...each("0.1.backward", 4),
  ]);
  const { parameters } = model.initialize(1);
  assert.deepEqual((branch(parameters, "0", "1", "backward").inputWeight as Tensor).shape, [6, 4]);
});
