import assert from "node:assert/strict";
import { test } from "node:test";
import { batches } from "../../../src/data/batches.ts";
import type { ModelState } from "../../../src/nn/state.ts";
import { createReferenceBackend } from "../../../src/runtime/reference/interpreter.ts";
import { tensor } from "../../../src/tensor/create.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { evaluate } from "../../../src/train/evaluate.ts";
import { fit } from "../../../src/train/fit.ts";
import { keptWeights } from "../../../src/train/kept-weights.ts";
import { compiledBackends } from "../../engine/backends.ts";
import { valuesOf } from "../tiny.ts";
import { difference, normalized, recorded, settings, type Values, weightedMean } from "./averaging.ts";

const backends = [createReferenceBackend(), ...compiledBackends({ threads: 1 })];
const isStatistic = (path: string) => /running|count/.test(path);

for (const backend of backends)
  test(`the mean of a run is the mean of the weights after its epochs: ${backend.description}`, async () => {
    const swa = { startEpoch: 2, every: 2 };
    const { epochs, result } = await recorded({ ...settings, epochs: 5, swa, backend });
    assert.ok(result.swa);
    const found = await valuesOf(result.swa);
    // of epochs 2 and 4
    const expected = weightedMean([epochs[1] as Values, epochs[3] as Values], [1, 1]);
    assert.ok(difference(expected, found, (path) => !isStatistic(path)) < 1e-6);
    assert.deepEqual(
      result.history.map((ended) => ended.swa !== undefined),
      [false, true, false, true, false],
    );
    const { loss } = await evaluate(normalized, result.swa, settings.data.validation, { loss: settings.loss, backend });
    assert.ok(Math.abs(loss - (result.history[3]?.swa?.loss as number)) < 1e-6);
  });

/** Mean and variance of each channel over a batch, in float64. */
async function statisticsOf(y: Tensor, correction: number) {
  const data = await y.data();
  const [size = 0, channels = 0, ...spatial] = y.shape;
  const area = spatial.reduce((a, b) => a * b, 1);
  const count = size * area;
  const ofChannel = (channel: number) =>
    Array.from({ length: count }, (_, k) => {
      const [row, place] = [Math.floor(k / area), k % area];
      return data[(row * channels + channel) * area + place] as number;
    });
  return Array.from({ length: channels }, (_, channel) => {
    const values = ofChannel(channel);
    const mean = values.reduce((a, b) => a + b, 0) / count;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, variance: squares / (count - correction) };
  });
}

test("the mean's running statistics are those of its own outputs over the epoch's whole batches, without dropout", async () => {
  const backend = createReferenceBackend();
  const { result } = await recorded({ ...settings, epochs: 3, swa: { startEpoch: 2 }, backend });
  const averaged = result.swa as ModelState;
  const found = await valuesOf(averaged);
  const { train } = settings.data;
  const whole = [...batches(train, { batchSize: 8, shuffle: true, seed: settings.seed }).atEpoch(2)].length - 1;
  const sums = new Map<string, { mean: number[]; variance: number[] }>();
  for (const batch of batches(train, { batchSize: 8, shuffle: true, seed: settings.seed }).atEpoch(2)) {
    if (batch.size < 8) continue;
    const outputs = new Map<string, Tensor>();
    const x = tensor({ shape: [8, ...train.inputShape], dtype: "float32", data: batch.inputs.slice() });
    normalized.apply(averaged, x, {
      training: true,
      stochastic: false,
      tap: (path, y) => {
        outputs.set(path, y);
        return y;
      },
    });
    for (const { path, type, config } of normalized.layers) {
      if (type !== "batchNorm") continue;
      // batch norm reads what the layer before it wrote
      const before = path.replace(/\d+$/, (index) => String(Number(index) - 1));
      const correction = "runningVariance" in config && config.runningVariance === "population" ? 0 : 1;
      const channels = await statisticsOf(outputs.get(before) as Tensor, correction);
      const sum = sums.get(path) ?? { mean: channels.map(() => 0), variance: channels.map(() => 0) };
      channels.forEach(({ mean, variance }, channel) => {
        (sum.mean[channel] as number) += mean / whole;
        (sum.variance[channel] as number) += variance / whole;
      });
      sums.set(path, sum);
    }
  }
  assert.equal(sums.size, 4);
  for (const [path, { mean, variance }] of sums) {
    // statistics that are never updated stay
    const isFrozen = path === "5";
    const expected = new Map([
      [`${path}.runningMean`, isFrozen ? mean.map(() => 0) : mean],
      [`${path}.runningVariance`, isFrozen ? variance.map(() => 1) : variance],
    ]);
    assert.ok(difference(expected, found) < 1e-5, path);
  }
  assert.deepEqual(found.get("4.1.count"), [whole]);
});

test("by default the last quarter of the epochs is averaged; before it there is no mean", async () => {
  const backend = createReferenceBackend();
  const { result } = await recorded({ ...settings, epochs: 4, swa: {}, backend });
  assert.deepEqual(
    result.history.map(({ swa }) => swa !== undefined),
    [false, false, false, true],
  );
  const early = await fit(normalized, {
    ...settings,
    swa: {},
    ema: 0.9,
    backend,
    onEvent: ({ type }) => (type === "epochEnded" ? "stop" : undefined),
  });
  assert.equal(early.swa, undefined);
  assert.ok(early.ema);
  const untouched = await fit(normalized, { ...settings, ema: 0.9, backend, onEvent: () => "stop" });
  assert.equal(untouched.ema, undefined);
});

test("the averages of the best epoch are restored with it; epochs that the mean does not join do not count", async () => {
  const backend = createReferenceBackend();
  const { result } = await recorded({
    ...settings,
    epochs: 8,
    ema: 0.9,
    swa: { startEpoch: 1, every: 3 },
    earlyStopping: { of: "swa", patience: 2 },
    backend,
  });
  // epochs 1, 4 and 7 are watched
  assert.deepEqual(
    result.history.map(({ isBest }) => isBest !== undefined),
    [true, false, false, true, false, false, true, false].slice(0, result.history.length),
  );
  const best = result.history.findLast(({ isBest }) => isBest);
  assert.equal(result.restoredEpoch, best?.epoch);
  const of = { loss: settings.loss, backend };
  for (const [name, state] of [
    ["validation", result.state],
    ["ema", result.ema],
    ["swa", result.swa],
  ] as const) {
    const { loss } = await evaluate(normalized, state as ModelState, settings.data.validation, of);
    assert.ok(Math.abs(loss - (best?.[name]?.loss as number)) < 1e-9, name);
  }
});

test("an error carries the averages too", async () => {
  const backend = createReferenceBackend();
  const options = { ...settings, ema: 0.9, swa: { startEpoch: 1 }, earlyStopping: {}, backend };
  const error = await fit(normalized, {
    ...options,
    onEvent: ({ type }) => {
      if (type === "epochEnded") throw new Error("full");
    },
  }).catch((thrown: unknown) => thrown);
  const whole = await fit(normalized, {
    ...options,
    onEvent: ({ type }) => (type === "epochEnded" ? "stop" : undefined),
  });
  const kept = keptWeights(error);
  for (const name of ["ema", "swa"] as const) {
    assert.deepEqual(await valuesOf(kept?.[name] as ModelState), await valuesOf(whole[name] as ModelState));
    assert.deepEqual(await valuesOf(kept?.best?.[name] as ModelState), await valuesOf(whole[name] as ModelState));
  }
});

test("a run that fails returns to averages from before the step that failed", async () => {
  const backend = createReferenceBackend();
  const options = { ...settings, ema: 0.9, swa: { startEpoch: 2 }, backend };
  const last = 10;
  const failed = await fit(normalized, {
    ...options,
    onEvent: (event) => (event.type === "stepEnded" && event.step === last ? { learningRate: 1e300 } : undefined),
  }).catch((thrown: unknown) => thrown);
  const kept = keptWeights(failed);
  assert.ok(kept);
  // the first step at that rate may still be finite
  const whole = await fit(normalized, {
    ...options,
    onEvent: (event) =>
      event.type === "stepEnded"
        ? event.step === kept.steps - 1
          ? "stop"
          : event.step === last
            ? { learningRate: 1e300 }
            : undefined
        : undefined,
  });
  assert.equal(kept.history.length, 2);
  for (const name of ["state", "ema", "swa"] as const)
    assert.deepEqual(await valuesOf(kept[name] as ModelState), await valuesOf(whole[name] as ModelState), name);
});

test("a first epoch that the run does not reach, and misspelt options, are refused", async () => {
  const backend = createReferenceBackend();
  const rejects = (swa: object, code: string) =>
    assert.rejects(fit(normalized, { ...settings, swa, backend }), { code });
  await rejects({ startEpoch: 5 }, "bad-argument");
  await rejects({ startEpoch: 0 }, "bad-argument");
  await rejects({ every: 1.5 }, "bad-argument");
  await rejects({ start: 2 }, "unknown-field");
});
