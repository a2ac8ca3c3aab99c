import assert from "node:assert/strict";
import { test } from "node:test";
import { fromArrays } from "../../../src/data/from-arrays.ts";
import { createModel } from "../../../src/nn/model.ts";
import { createReferenceBackend } from "../../../src/runtime/reference/interpreter.ts";
import { compile } from "../../../src/tensor/compile.ts";
import { tensor } from "../../../src/tensor/create.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { type Averaged, exponentialAverage, noAverage } from "../../../src/train/averages/running-mean.ts";
import { evaluate } from "../../../src/train/evaluate.ts";
import { fit } from "../../../src/train/fit.ts";
import type { FitOptions } from "../../../src/train/options.ts";
import { compiledBackends } from "../../engine/backends.ts";
import { LASTING } from "../../support/lasting.ts";
import { valuesOf } from "../tiny.ts";
import { difference, normalized, recorded, settings, weightedMean } from "./averaging.ts";

const backends = [createReferenceBackend(), ...compiledBackends({ threads: 1 })];
const compiled = compiledBackends({ threads: 2 });

for (const backend of backends)
  test(`the average of a run is the weighted mean of the weights after its steps: ${backend.description}`, async () => {
    const decay = 0.9;
    const { steps, result } = await recorded({ ...settings, epochs: 2, ema: decay, backend });
    assert.ok(result.ema);
    const weights = steps.map((_, k) => decay ** (steps.length - 1 - k));
    const expected = weightedMean(steps, weights);
    const found = await valuesOf(result.ema);
    assert.deepEqual([...found.keys()], [...expected.keys()]);
    // counters are taken over
    const isCount = (path: string) => path.endsWith(".count");
    assert.ok(difference(found, expected, (path) => !isCount(path)) < 1e-6);
    assert.equal(difference(found, await valuesOf(result.state), isCount), 0);
    assert.equal(result.swa, undefined);
  });

/** A sequence of single weights, averaged by the reference backend. */
async function averagesOf(sequence: readonly number[], decay: number): Promise<readonly number[]> {
  const first = { parameters: { w: tensor([0]) }, buffers: {} };
  type State = { readonly average: Averaged };
  const step = await compile<State, { readonly w: Tensor }, { readonly a: Tensor }>(
    ({ average }, { w }) => {
      const next = exponentialAverage(average, { parameters: { w: w.reshape([1]) }, buffers: {} }, decay);
      return { outputs: { a: (next.parameters as { readonly w: Tensor }).w.sum() }, state: { average: next } };
    },
    { state: { average: noAverage(first) }, backend: createReferenceBackend() },
  );
  const averages: number[] = [];
  for (const w of sequence) averages.push((await step.run({ w })).a.data[0] as number);
  return averages;
}

test("the first average is the first value, as in PyTorch and Keras; later ones have no bias towards it", async () => {
  // (4 + 2 / 2 … ) by hand: 1, (2 + 1/2) / (3/2), (3 + 2/2 + 1/4) / (7/4)
  const [first, second, third] = await averagesOf([1, 2, 3], 0.5);
  assert.equal(first, 1);
  assert.ok(Math.abs((second as number) - 2.5 / 1.5) < 1e-12);
  assert.ok(Math.abs((third as number) - 4.25 / 1.75) < 1e-12);
});

test("after many steps it is the average of PyTorch: the two differ by what is left of the first value", async () => {
  const decay = 0.9;
  const sequence = Array.from({ length: 300 }, (_, k) => Math.sin(k) + k / 100);
  const ours = await averagesOf(sequence, decay);
  // AveragedModel with get_ema_multi_avg_fn: a copy of the first, then lerp_(w, 1 - decay)
  let theirs = sequence[0] as number;
  sequence.forEach((w, k) => {
    if (k > 0) theirs += (w - theirs) * (1 - decay);
    const bound = 2 * decay ** k * 4 + 1e-12;
    assert.ok(Math.abs((ours[k] as number) - theirs) <= bound, `${k}: ${ours[k]}, ${theirs}`);
  });
});

for (const backend of compiled)
  test(`the weights have the same bits whether they are averaged or not: ${backend.description}`, async () => {
    for (const [name, training] of Object.entries(LASTING)) {
      const { model, options } = training(2);
      const { ema: _, swa: __, earlyStopping: ___, ...raw } = options;
      const bits = async (more: Partial<FitOptions>) =>
        valuesOf((await fit(model, { ...raw, ...more, backend })).state);
      assert.deepEqual(await bits({ ema: 0.9, swa: { startEpoch: 1 } }), await bits({}), name);
    }
  });

test("a batch with nothing to learn from does not count", async () => {
  const loss = { type: "softmaxCrossEntropy", ignoreIndex: 2 } as const;
  const model = createModel({ inputShape: [1], layers: [{ type: "linear", units: 3 }] });
  const inputs = [[1], [-2], [3], [4]];
  const averageOf = async (rows: readonly number[]) => {
    const data = fromArrays({
      inputs: rows.map((row) => inputs[row] as number[]),
      targets: rows.map((row) => [0, 1, 2, 1][row] as number),
      classes: 3,
    });
    const { ema } = await fit(model, {
      data,
      loss,
      optimizer: "sgd",
      ema: 0.5,
      batchSize: 1,
      epochs: 1,
      shuffle: false,
      backend: createReferenceBackend(),
    });
    assert.ok(ema);
    return valuesOf(ema);
  };
  assert.deepEqual(await averageOf([0, 1, 2, 3]), await averageOf([0, 1, 3]));
});

test("the average is evaluated after every epoch, and early stopping can watch it", async () => {
  const backend = createReferenceBackend();
  const earlyStopping = { of: "ema", patience: 2 } as const;
  const { result } = await recorded({ ...settings, epochs: 12, ema: 0.8, earlyStopping, backend });
  const losses = result.history.map(({ ema }) => ema?.loss ?? Number.NaN);
  const best = losses.indexOf(Math.min(...losses));
  assert.deepEqual(result.history.map(({ isBest }) => isBest).lastIndexOf(true), best);
  assert.ok(losses.every((loss, epoch) => loss !== result.history[epoch]?.validation?.loss));
  // the state and its average are of the same epoch
  const epoch = result.restoredEpoch ?? result.history.length;
  const { validation } = settings.data;
  const of = { loss: settings.loss, backend };
  assert.ok(result.ema);
  const after = await evaluate(normalized, result.ema, validation, of);
  assert.ok(Math.abs(after.loss - (result.history[epoch - 1]?.ema?.loss as number)) < 1e-9);
  const raw = await evaluate(normalized, result.state, validation, of);
  assert.ok(Math.abs(raw.loss - (result.history[epoch - 1]?.validation?.loss as number)) < 1e-9);
});

test("decays outside (0, 1), and averages that are watched but not kept, are refused", async () => {
  const backend = createReferenceBackend();
  for (const ema of [0, 1, -0.1, Number.NaN, "0.9" as never])
    await assert.rejects(fit(normalized, { ...settings, ema, backend }), { code: "bad-argument" });
  for (const of of ["ema", "swa", "mean" as never] as const)
    await assert.rejects(fit(normalized, { ...settings, earlyStopping: { of }, backend }), { code: "bad-argument" });
});
