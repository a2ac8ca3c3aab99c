import assert from "node:assert/strict";
import { test } from "node:test";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { EarlyStopping } from "../../src/train/early-stopping.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import { fit } from "../../src/train/fit.ts";
import { classifier, clouds, failsWith, tiny } from "./tiny.ts";

test("patience counts epochs without an improvement of more than minDelta", () => {
  const stopping = new EarlyStopping({ patience: 2, minDelta: 0.1 });
  const verdicts = [1, 0.95, 0.85, 0.8, Number.NaN].map((loss) => stopping.observe({ loss }));
  assert.deepEqual(verdicts, [
    { isBest: true, shouldStop: false },
    { isBest: false, shouldStop: false },
    { isBest: true, shouldStop: false },
    { isBest: false, shouldStop: false },
    { isBest: false, shouldStop: true },
  ]);
});

test("losses below 0, and infinite ones, are watched like any other", () => {
  const bests = (losses: readonly number[]) => {
    const stopping = new EarlyStopping({ patience: 9, minDelta: 0.1 });
    return losses.map((loss) => stopping.observe({ loss }).isBest);
  };
  assert.deepEqual(bests([-1, -1.05, -1.2, -1.2]), [true, false, true, false]);
  assert.deepEqual(bests([Number.NaN, Infinity, Infinity, 3, 2]), [false, true, false, true, true]);
});

test("accuracies improve upwards", () => {
  const stopping = new EarlyStopping({ patience: 1, monitor: "accuracy" });
  assert.deepEqual(stopping.observe({ loss: 1, accuracy: 0.5 }), { isBest: true, shouldStop: false });
  assert.deepEqual(stopping.observe({ loss: 2, accuracy: 0.6 }), { isBest: true, shouldStop: false });
  assert.deepEqual(stopping.observe({ loss: 0.1, accuracy: 0.6 }), { isBest: false, shouldStop: true });
});

test("a run that overfits stops, and restores the weights of its best epoch", async () => {
  // training labels are noise, so the validation loss finally rises
  const inputs = Array.from({ length: 16 }, (_, i) => [Math.sin(7 * i), Math.cos(5 * i)]);
  const noise = (shift: number) =>
    fromArrays({ inputs, targets: inputs.map((_, i) => (i * i + shift) % 3), classes: 3 });
  const model = classifier();
  const data = { train: noise(0), validation: noise(1) };
  const result = await fit(model, { ...tiny, data, epochs: 200, earlyStopping: { patience: 3 } });
  assert.equal(result.reason, "early-stopping");
  const losses = result.history.map(({ validation }) => validation?.loss ?? Number.NaN);
  const best = losses.indexOf(Math.min(...losses));
  assert.equal(result.restoredEpoch, best + 1);
  assert.equal(losses.length, best + 1 + 3);
  assert.deepEqual(result.history.map(({ isBest }) => isBest).lastIndexOf(true), best);
  const { loss } = await evaluate(model, result.state, data.validation, { loss: tiny.loss, backend: tiny.backend });
  assert.ok(
    Math.abs(loss - (losses[best] as number)) < 1e-12,
    `${loss} after restoring, ${losses[best]} in epoch ${best + 1}`,
  );

  const kept = await fit(model, { ...tiny, data, epochs: 200, earlyStopping: { patience: 3, restoreBest: false } });
  const after = await evaluate(model, kept.state, data.validation, { loss: tiny.loss, backend: tiny.backend });
  assert.ok(Math.abs(after.loss - (losses.at(-1) as number)) < 1e-12);
});

test("early stopping without a validation, or of a metric that is not measured, is refused before training", async () => {
  await failsWith("bad-argument", () => fit(classifier(), { ...tiny, data: clouds(), earlyStopping: {} }));
  await failsWith("bad-argument", () =>
    fit(classifier(), { ...tiny, data: clouds(), validationSplit: 5, earlyStopping: { monitor: "top2" } }),
  );
  const error = await failsWith("unknown-field", () =>
    fit(classifier(), { ...tiny, data: clouds(), validationSplit: 5, earlyStopping: { patince: 2 } as never }),
  );
  assert.equal(error.values.suggestion, "patience");
});
