import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import type { HostArray } from "../../../src/core/dtype.ts";
import { GradusError } from "../../../src/core/errors.ts";
import { type Tree, treeLeaves } from "../../../src/core/tree.ts";
import { transformerBlock } from "../../../src/nn/attention/transformer-block.ts";
import { linear, multiHeadAttention, positionalEncoding } from "../../../src/nn/construct.ts";
import type { Model } from "../../../src/nn/model.ts";
import type { ModelState } from "../../../src/nn/state.ts";
import type { Backend } from "../../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../../src/runtime/reference/interpreter.ts";
import { compile } from "../../../src/tensor/compile.ts";
import { valueAndGrad } from "../../../src/tensor/grad.ts";
import { randomKey } from "../../../src/tensor/random.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { arrayOf, listed, scattered } from "../../autodiff/arrays.ts";
import { compiledBackends } from "../../engine/backends.ts";
import { checkModelGradients, literal, modelOf, numbersOf, PREDICTION, TRAINING } from "../support.ts";

const FEATURES = 4;

/** The attention's parameters, with scattered numbers instead of initial values. */
function stateOf(features: number, offset = 0) {
  return {
    inputWeight: scattered([3 * features, features], offset),
    inputBias: scattered([3 * features], offset + 50),
    outputWeight: scattered([features, features], offset + 100),
    outputBias: scattered([features], offset + 150),
  };
}

function asModelState(arrays: ReturnType<typeof stateOf>): ModelState {
  return {
    parameters: { "0": Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, literal(array)])) },
    buffers: {},
  };
}

/** Self-attention of one sample, written out with loops. */
function attentionByHand(
  x: readonly (readonly number[])[],
  arrays: ReturnType<typeof stateOf>,
  heads: number,
  isVisible: (query: number, key: number) => boolean,
): number[][] {
  const features = (x[0] as readonly number[]).length;
  const size = features / heads;
  const rowOf = (weight: ArrayLike<number>, bias: ArrayLike<number>, row: number, vector: readonly number[]): number =>
    vector.reduce((sum, value, i) => sum + value * (weight[row * features + i] as number), bias[row] as number);
  const thirds = [0, 1, 2].map((third) =>
    x.map((step) =>
      step.map((_, f) => rowOf(arrays.inputWeight.data, arrays.inputBias.data, third * features + f, step)),
    ),
  );
  const [q, k, v] = thirds as [number[][], number[][], number[][]];
  const joined = x.map(() => new Array<number>(features).fill(0));
  for (let head = 0; head < heads; head++) {
    const part = (vector: readonly number[]) => vector.slice(head * size, (head + 1) * size);
    x.forEach((_, query) => {
      const exponentials = x.map((__, key) => {
        const products = part(q[query] as number[]).map((value, i) => value * (part(k[key] as number[])[i] as number));
        return isVisible(query, key) ? Math.exp(products.reduce((a, b) => a + b, 0) / Math.sqrt(size)) : 0;
      });
      const total = exponentials.reduce((a, b) => a + b, 0);
      for (let i = 0; i < size; i++) {
        (joined[query] as number[])[head * size + i] = exponentials.reduce(
          (sum, weight, key) => sum + (weight / total) * ((v[key] as number[])[head * size + i] as number),
          0,
        );
      }
    });
  }
  return joined.map((step) => step.map((_, f) => rowOf(arrays.outputWeight.data, arrays.outputBias.data, f, step)));
}

function assertClose(found: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, index) => {
    const other = expected[index] as number;
    assert.ok(Math.abs(value - other) <= tolerance, `element ${index}: ${value}, expected ${other}`);
  });
}

const VIEWS = {
  full: [{}, () => true],
  causal: [{ causal: true }, (query: number, key: number) => key <= query],
} as const;

for (const [name, [options, isVisible]] of Object.entries(VIEWS)) {
  for (const heads of [1, 2, 4]) {
    test(`attention is the mean of values, weighted by the softmax of scores: ${name}, ${heads} heads`, () => {
      const arrays = stateOf(FEATURES);
      const x = scattered([2, 3, FEATURES], 9);
      const model = modelOf([3, FEATURES], multiHeadAttention(heads, options));
      const { output } = model.apply(asModelState(arrays), literal(x), PREDICTION);
      const sample = (n: number) =>
        [0, 1, 2].map((t) => Array.from(x.data.slice((n * 3 + t) * FEATURES, (n * 3 + t + 1) * FEATURES)));
      const expected = [0, 1].flatMap((n) => attentionByHand(sample(n), arrays, heads, isVisible).flat());
      assert.deepEqual(output.shape, [2, 3, FEATURES]);
      assertClose(numbersOf(output), expected, 1e-12);
    });
  }
}

/** Output (T, F) of the attention, for one sample. */
function outputOf(model: Model, values: ArrayLike<number>): number[] {
  const [steps, features] = model.inputShape as [number, number];
  const x = literal(listed([1, steps, features], Array.from(values)));
  return numbersOf(model.apply(asModelState(stateOf(features)), x, PREDICTION).output);
}

const SEQUENCE = fc
  .record({
    steps: fc.integer({ min: 2, max: 5 }),
    values: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 20, maxLength: 20 }),
  })
  .chain(({ steps, values }) =>
    fc.record({
      steps: fc.constant(steps),
      values: fc.constant(values.slice(0, steps * FEATURES)),
      changed: fc.integer({ min: 1, max: steps - 1 }),
    }),
  );

test("causal attention does not see the future", () => {
  fc.assert(
    fc.property(SEQUENCE, ({ steps, values, changed }) => {
      const later = values.map((value, index) => (index >= changed * FEATURES ? value + 1.25 : value));
      const causal = modelOf([steps, FEATURES], multiHeadAttention(2, { causal: true }));
      const before = (x: readonly number[]) => outputOf(causal, x).slice(0, changed * FEATURES);
      assert.deepEqual(before(later), before(values));
    }),
    { numRuns: 30 },
  );
});

test("full attention sees the future, from every step", () => {
  // with small numbers, because a large score takes the whole weight and leaves none for other steps
  const values = Array.from(scattered([4, FEATURES]).data, (value) => value / 4);
  const full = modelOf([4, FEATURES], multiHeadAttention(2));
  const changed = values.map((value, index) => (index >= 3 * FEATURES ? value + 0.5 : value));
  const [before, after] = [outputOf(full, values), outputOf(full, changed)];
  for (let step = 0; step < 3; step++) {
    const moved = before.slice(step * FEATURES, (step + 1) * FEATURES);
    const largest = Math.max(
      ...moved.map((value, index) => Math.abs(value - (after[step * FEATURES + index] as number))),
    );
    assert.ok(largest > 1e-3, `step ${step} moved by ${largest}`);
  }
});

test("no step attends to padding: a padded sequence gives the same as the short one", () => {
  const short = Array.from(scattered([3, FEATURES]).data);
  const padded = [...short, ...new Array<number>(2 * FEATURES).fill(-7)];
  const expected = outputOf(modelOf([3, FEATURES], multiHeadAttention(2)), short);
  const masked = outputOf(modelOf([5, FEATURES], multiHeadAttention(2, { mask: -7 })), padded);
  assertClose(masked.slice(0, expected.length), expected, 1e-13);
  const unmasked = outputOf(modelOf([5, FEATURES], multiHeadAttention(2)), padded);
  assert.ok(Math.abs((unmasked[0] as number) - (expected[0] as number)) > 1e-3, "without the mask padding counts");
  // a step with only some features equal to the number is not padding
  const partial = [...short, ...short.slice(0, FEATURES - 1), -7];
  assertClose(
    outputOf(modelOf([4, FEATURES], multiHeadAttention(2, { mask: -7 })), partial),
    outputOf(modelOf([4, FEATURES], multiHeadAttention(2)), partial),
    0,
  );
  // only padding: no step is attended to, and the output is no NaN
  const nothing = outputOf(modelOf([2, FEATURES], multiHeadAttention(2, { mask: -7 })), new Array<number>(8).fill(-7));
  assert.ok(nothing.every(Number.isFinite), `${nothing}`);
});

test("gradients do not flow into padding, and agree with differences elsewhere", () => {
  const model = modelOf([4, 2], multiHeadAttention(1, { mask: -1.5 }));
  checkModelGradients(model, PREDICTION);
  const x = listed([1, 4, 2], [0.3, -0.4, 1, 0.2, -1.5, -1.5, -1.5, -1.5]);
  const state = asModelState(stateOf(2));
  const { gradient } = valueAndGrad((input: Tensor) =>
    model.apply(state, input, PREDICTION).output.slice(1, 0, 2).square().sum(),
  )(literal(x));
  const slopes = numbersOf(gradient);
  assert.ok(
    slopes.slice(0, 4).every((slope) => Math.abs(slope) > 1e-6),
    `${slopes}`,
  );
  assert.deepEqual(slopes.slice(4), [0, 0, 0, 0]);
});

test("dropout drops attention weights, and scales the others", () => {
  // one step, whose only weight is 1: a head's values are dropped or doubled
  const heads = 64;
  const model = modelOf([1, heads], multiHeadAttention(heads, { dropout: 0.5, bias: false }));
  assert.equal(model.isRandom, true);
  // each third, and the output projection, is the identity
  const identities = (count: number) =>
    literal(arrayOf([count * heads, heads], (i) => (Math.floor(i / heads) % heads === i % heads ? 1 : 0)));
  const state = { parameters: { "0": { inputWeight: identities(3), outputWeight: identities(1) } }, buffers: {} };
  const x = literal(listed([1, 1, heads], new Array<number>(heads).fill(1)));
  const training = numbersOf(model.apply(state, x, { training: true, key: randomKey(5) }).output);
  assert.ok(
    training.every((value) => value === 0 || value === 2),
    `${training}`,
  );
  const kept = training.filter((value) => value === 2).length;
  // binomial: mean 32, deviation 4
  assert.ok(kept > 12 && kept < 52, `${kept} of ${heads} heads kept`);
  assert.ok(numbersOf(model.apply(state, x, PREDICTION).output).every((value) => value === 1));
});

test("sinusoidal positions are sines and cosines of falling frequency", () => {
  const features = 5;
  const steps = 7;
  const model = modelOf([steps, features], positionalEncoding());
  assert.equal(model.parameterCount, 0);
  const zeros = literal(arrayOf([1, steps, features], () => 0));
  const found = numbersOf(model.apply({ parameters: {}, buffers: {} }, zeros, PREDICTION).output);
  const frequencies = [1, 1 / 10_000 ** (2 / 5), 1 / 10_000 ** (4 / 5)];
  const expected = Array.from({ length: steps }, (_, t) =>
    frequencies.flatMap((frequency) => [Math.sin(t * frequency), Math.cos(t * frequency)]).slice(0, features),
  ).flat();
  assertClose(found, expected, 1e-14);
});

test("learned positions are added by position, one per step", () => {
  const model = modelOf([2, 2], positionalEncoding({ kind: "learned", maximumLength: 3 }));
  assert.equal(model.parameterCount, 6);
  const state = { parameters: { "0": { weight: literal(listed([3, 2], [1, 2, 3, 4, 5, 6])) } }, buffers: {} };
  const x = literal(listed([2, 2, 2], [10, 10, 10, 10, 20, 20, 20, 20]));
  assert.deepEqual(numbersOf(model.apply(state, x, PREDICTION).output), [11, 12, 13, 14, 21, 22, 23, 24]);
});

function assertRefused(code: string, layer: "0", make: () => Model): void {
  assert.throws(make, (error) => error instanceof GradusError && error.code === code && error.values.layer === layer);
}

test("heads that do not divide, too few positions, and inputs that are not sequences are refused", () => {
  assertRefused("bad-argument", "0", () => modelOf([3, 4], multiHeadAttention(3)));
  assertRefused("bad-argument", "0", () => modelOf([4], multiHeadAttention(2)));
  assertRefused("shape-mismatch", "0", () =>
    modelOf([4, 2], positionalEncoding({ kind: "learned", maximumLength: 3 })),
  );
  assertRefused("bad-argument", "0", () => modelOf([4], positionalEncoding()));
  assert.throws(() => modelOf([3, 4], multiHeadAttention(2, { dropout: 1 })), { code: "bad-argument" });
});

test("a block has the parameters of its parts, and its gradients agree with differences", () => {
  const model = modelOf([3, 4], transformerBlock({ units: 4, heads: 2, hidden: 6, causal: true, dropout: 0.2 }));
  // attention 12 x 4 + 12 + 4 x 4 + 4 = 80; linear 4 x 6 + 6 and 6 x 4 + 4; two norms of 8
  assert.equal(model.parameterCount, 80 + 30 + 28 + 16);
  checkModelGradients(model, TRAINING, 5e-7);
  assert.equal(modelOf([3, 4], transformerBlock({ units: 4, heads: 1 })).parameterCount, 80 + 80 + 68 + 16);
});

const backends = compiledBackends({ threads: 2 });
after(() => {
  for (const backend of backends) backend.dispose();
});

for (const backend of backends) {
  test(`a transformer's output and gradients are the reference's: ${backend.description}`, async () => {
    const steps = 9;
    const model = modelOf(
      [steps, 8],
      positionalEncoding({ kind: "learned", maximumLength: 12 }),
      transformerBlock({ units: 8, heads: 2, causal: true }),
      transformerBlock({ units: 8, heads: 4 }),
      positionalEncoding(),
      linear(3),
    );
    const initial = model.initialize(4);
    const run = async (on: Backend) => {
      const step = await compile(
        ({ parameters }: { parameters: Tree<Tensor> }, { x }: { x: Tensor }) => {
          const { value, gradient } = valueAndGrad((leaves: Tree<Tensor>) =>
            model
              .apply({ parameters: leaves, buffers: {} } as ModelState, x, PREDICTION)
              .output.square()
              .mean(),
          )(parameters);
          return { outputs: { value, gradient }, state: { parameters } };
        },
        { state: { parameters: initial.parameters as Tree<Tensor> }, backend: on },
      );
      const { value, gradient } = step.runSync({ x: scattered([3, steps, 8]) });
      step.dispose();
      return [value, ...treeLeaves<HostArray>(gradient).map(({ leaf }) => leaf)].map(({ data }) => Array.from(data));
    };
    const exact = await run(createReferenceBackend());
    (await run(backend)).forEach((values, index) => {
      const largest = Math.max(...(exact[index] as number[]).map(Math.abs));
      assertClose(values, exact[index] as number[], 1e-5 * Math.max(largest, 1e-3));
    });
  });
}
