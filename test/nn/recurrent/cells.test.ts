import assert from "node:assert/strict";
import { test } from "node:test";
import type { LayerInput } from "../../../src/nn/layers.ts";
import { scattered } from "../../autodiff/arrays.ts";
import { literal, modelOf, numbersOf, PREDICTION } from "../support.ts";
import { dot, logistic, type Rows, rowsOf, scatteredState } from "./by-hand.ts";

const STEPS = 3;
const FEATURES = 2;
const UNITS = 2;

/** State after a step, the output first. */
type Step = (p: Rows, x: readonly number[], state: readonly (readonly number[])[]) => readonly (readonly number[])[];

interface HandCase {
  readonly name: string;
  readonly layer: LayerInput;
  readonly states: number;
  readonly step: Step;
}

/** One number per unit. */
const units = (value: (k: number) => number): number[] => Array.from({ length: UNITS }, (_, k) => value(k));
const row = (p: Rows, name: string, k: number): readonly number[] => p[name]?.[k] as readonly number[];
/** Element k of a vector; 0 if the layer has none. */
const at = (p: Rows, name: string, k: number): number => p[name]?.[0]?.[k] ?? 0;

const inputSum = (p: Rows, k: number, x: readonly number[]): number =>
  dot(row(p, "inputWeight", k), x) + at(p, "bias", k);
const recurrentSum = (p: Rows, k: number, h: readonly number[]): number =>
  dot(row(p, "recurrentWeight", k), h) + at(p, "recurrentBias", k);

/** h = f(W x + b + R h + b') */
const simple =
  (f: (x: number) => number): Step =>
  (p, x, [h = []]) => [units((k) => f(inputSum(p, k, x) + recurrentSum(p, k, h)))];

/** Rows i, f, g, o; peepholes i, f, o. */
const lstmStep: Step = (p, x, [h = [], c = []]) => {
  const sum = (gate: number, k: number): number =>
    inputSum(p, gate * UNITS + k, x) + recurrentSum(p, gate * UNITS + k, h);
  const peep = (gate: number, k: number, cell: number): number => at(p, "peepholeWeight", gate * UNITS + k) * cell;
  const i = units((k) => logistic(sum(0, k) + peep(0, k, c[k] as number)));
  const f = units((k) => logistic(sum(1, k) + peep(1, k, c[k] as number)));
  const g = units((k) => Math.tanh(sum(2, k)));
  const next = units((k) => (f[k] as number) * (c[k] as number) + (i[k] as number) * (g[k] as number));
  const o = units((k) => logistic(sum(3, k) + peep(2, k, next[k] as number)));
  return [units((k) => (o[k] as number) * Math.tanh(next[k] as number)), next];
};

/** Rows r, z, n. */
const gruStep =
  (isResetAfter: boolean): Step =>
  (p, x, [h = []]) => {
    const sum = (gate: number, k: number): number =>
      inputSum(p, gate * UNITS + k, x) + recurrentSum(p, gate * UNITS + k, h);
    const r = units((k) => logistic(sum(0, k)));
    const z = units((k) => logistic(sum(1, k)));
    const n = units((k) => {
      const at2 = 2 * UNITS + k;
      const after = (r[k] as number) * (recurrentSum(p, at2, h) + at(p, "candidateBias", k));
      const before = recurrentSum(
        p,
        at2,
        h.map((value, j) => (r[j] as number) * value),
      );
      return Math.tanh(inputSum(p, at2, x) + (isResetAfter ? after : before));
    });
    return [units((k) => (1 - (z[k] as number)) * (n[k] as number) + (z[k] as number) * (h[k] as number))];
  };

const sizes = { units: UNITS, returnSequences: true } as const;
const CASES: readonly HandCase[] = [
  { name: "rnn", layer: { type: "rnn", ...sizes }, states: 1, step: simple(Math.tanh) },
  {
    name: "rnn with relu and a second bias",
    layer: { type: "rnn", ...sizes, activation: "relu", recurrentBias: true },
    states: 1,
    step: simple((x) => Math.max(x, 0)),
  },
  { name: "lstm", layer: { type: "lstm", ...sizes }, states: 2, step: lstmStep },
  { name: "lstm without bias", layer: { type: "lstm", ...sizes, bias: false }, states: 2, step: lstmStep },
  {
    name: "lstm with peepholes and a second bias",
    layer: { type: "lstm", ...sizes, peepholes: true, recurrentBias: true },
    states: 2,
    step: lstmStep,
  },
  { name: "gru", layer: { type: "gru", ...sizes }, states: 1, step: gruStep(true) },
  { name: "gru without bias", layer: { type: "gru", ...sizes, bias: false }, states: 1, step: gruStep(true) },
  {
    name: "gru with PyTorch's two biases",
    layer: { type: "gru", ...sizes, recurrentBias: true },
    states: 1,
    step: gruStep(true),
  },
  {
    name: "gru that resets before the product",
    layer: { type: "gru", ...sizes, resetAfter: false },
    states: 1,
    step: gruStep(false),
  },
  {
    name: "gru that resets before the product, with a second bias",
    layer: { type: "gru", ...sizes, resetAfter: false, recurrentBias: true },
    states: 1,
    step: gruStep(false),
  },
];

for (const { name, layer, states, step } of CASES) {
  test(`${name}: every step follows its equations`, () => {
    const model = modelOf([STEPS, FEATURES], layer);
    const state = scatteredState(model);
    const x = scattered([2, STEPS, FEATURES], 5);
    const p = rowsOf(state);
    const expected = [0, 1].flatMap((sample) => {
      let carried: readonly (readonly number[])[] = Array.from({ length: states }, () => units(() => 0));
      return Array.from({ length: STEPS }, (_, t) => {
        const start = (sample * STEPS + t) * FEATURES;
        carried = step(p, Array.from(x.data.slice(start, start + FEATURES)), carried);
        return carried[0] as readonly number[];
      }).flat();
    });
    const found = numbersOf(model.apply(state, literal(x), PREDICTION).output);
    assert.equal(found.length, expected.length);
    found.forEach((value, index) => {
      const wanted = expected[index] as number;
      assert.ok(Math.abs(value - wanted) < 1e-13, `element ${index}: ${value}, expected ${wanted}`);
    });
  });
}

test("activations of a cell: the named ones are computed", () => {
  const model = modelOf([1, 1], { type: "lstm", units: 1, activation: "softsign", gateActivation: "hardSigmoid" });
  const state = scatteredState(model, 3);
  const { inputWeight = [], bias = [] } = rowsOf(state);
  const x = 0.7;
  const z = inputWeight.map(([weight], gate) => (weight as number) * x + (bias[0]?.[gate] as number));
  const hard = (value: number): number => Math.min(Math.max(value / 6 + 0.5, 0), 1);
  const soft = (value: number): number => value / (1 + Math.abs(value));
  const [i, , g, o] = z as [number, number, number, number];
  const expected = hard(o) * soft(hard(i) * soft(g));
  const found = numbersOf(
    model.apply(state, literal({ shape: [1, 1, 1], dtype: "float32", data: Float64Array.of(x) }), PREDICTION).output,
  )[0];
  assert.ok(Math.abs((found as number) - expected) < 1e-14, `${found}, expected ${expected}`);
});
