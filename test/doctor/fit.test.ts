import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Diagnosis } from "../../src/doctor/diagnosis.ts";
import { fit } from "../../src/doctor/fit.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { createModel } from "../../src/nn/model.ts";
import { sgd } from "../../src/optim/sgd.ts";
import { fit as plainFit } from "../../src/train/fit.ts";
import type { TrainResult } from "../../src/train/options.ts";
import { createLayerProbe } from "../../src/watch/probes/layer-probe.ts";
import { classifier, clouds, failsWith, tiny, valuesOf } from "../train/tiny.ts";

const model = classifier([{ type: "linear", units: 8 }, { type: "relu" }]);
const all = clouds(60);
const data = { train: all.subset({ from: 0, to: 40 }), validation: all.subset({ from: 40 }) };
const options = { ...tiny, data, epochs: 8 } as const;

/** A result without times. */
async function told({ state, reason, steps, history }: TrainResult) {
  const epochs = history.map(({ train, validation }) => ({ train, validation }));
  return { values: [...(await valuesOf(state))], reason, steps, epochs };
}

describe("fit with a doctor", () => {
  it("reports its findings in the result, and learns the same", async () => {
    const steps: number[] = [];
    const result = await fit(model, {
      ...options,
      doctor: true,
      onEvent: (event) => void (event.type === "stepEnded" && steps.push(event.step)),
    });
    const { diagnosis } = result;
    assert.deepEqual([diagnosis?.verdict, diagnosis?.findings, diagnosis?.trials], ["healthy", [], []]);
    const [run] = diagnosis?.runs ?? [];
    assert.deepEqual([run?.seed, run?.steps, run?.plannedSteps, run?.epochs.length], [1, 40, 40, 8]);
    assert.deepEqual(
      run?.readings.map(({ step }) => step),
      [1, 11, 21, 31],
    );
    assert.equal(run?.score?.value, result.history.at(-1)?.validation?.accuracy);
    assert.equal(run?.validationLoss, result.history.at(-1)?.validation?.loss);
    assert.deepEqual([run?.start?.step, run?.end?.step], [0, 40]);
    // listeners receive all events as before
    assert.deepEqual(
      steps,
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    assert.deepEqual(await told(result), await told(await plainFit(model, options)));
  });

  it("without a doctor is unchanged, and has no diagnosis", async () => {
    const plain = await told(await plainFit(model, options));
    for (const given of [options, { ...options, doctor: false }]) {
      const result = await fit(model, given);
      assert.equal("diagnosis" in result, false);
      assert.deepEqual(await told(result), plain);
    }
  });

  it("starts from the given weights, and splits as requested", async () => {
    const initialState = model.initialize(77);
    const given = { ...options, data: all, validationSplit: 0.25, initialState, seed: 4 };
    const result = await fit(model, { ...given, doctor: true });
    assert.deepEqual(await told(result), await told(await plainFit(model, given)));
    const [run] = result.diagnosis?.runs ?? [];
    assert.equal(run?.score?.samples, 15);
    assert.equal(run?.score?.value, result.history.at(-1)?.validation?.accuracy);
    const first = (await valuesOf(initialState)).get("0.weight") as readonly number[];
    assert.ok(Math.abs((run?.start?.layers[0]?.weightNorm ?? 0) - Math.hypot(...first)) < 1e-5);
  });

  it("without validation samples reports what the training samples show", async () => {
    const result = await fit(model, { ...options, data: all, doctor: true });
    assert.equal(result.history.at(-1)?.validation, undefined);
    assert.equal(result.diagnosis?.runs[0]?.score?.samples, 60);
    assert.equal(result.diagnosis?.verdict, "healthy");
  });

  it("finds the problem, and prescribes without trying", async () => {
    const deep = Array.from({ length: 6 }, (): readonly LayerInput[] => [
      { type: "linear", units: 8, init: "glorotNormal" },
      { type: "sigmoid" },
    ]).flat();
    const { diagnosis } = await fit(classifier(deep), { ...options, doctor: true });
    assert.ok(diagnosis?.findings.some(({ problem }) => problem === "vanishing-gradient"));
    assert.deepEqual([diagnosis?.verdict, diagnosis?.trials], ["not-tried", []]);
    const first = diagnosis?.prescriptions[0];
    assert.ok(first?.settings !== undefined && first.changes.length > 0);
  });

  it("puts its diagnosis into the error of a run with NaN", async () => {
    const wild = { ...options, optimizer: { type: "sgd", learningRate: 1e200 } } as const;
    const plain = await failsWith("not-finite", () => plainFit(model, wild));
    const error = await failsWith("not-finite", () => fit(model, { ...wild, doctor: true }));
    const { diagnosis, state, ...values } = error.values;
    const { state: plainState, ...plainValues } = plain.values;
    assert.deepEqual([error.message, values], [plain.message, plainValues]);
    assert.deepEqual(await valuesOf(state as TrainResult["state"]), await valuesOf(plainState as TrainResult["state"]));
    const { runs, findings, verdict } = diagnosis as Diagnosis;
    assert.equal(verdict, "not-tried");
    const { step, epoch, layer, tensor } = plainValues;
    assert.deepEqual(runs[0]?.failure, { step, epoch, layer, tensor });
    assert.ok(
      findings.some(({ problem }) => problem === "learning-rate-too-high"),
      JSON.stringify(findings),
    );
  });

  it("refuses an optimiser that is not data, and a second probe; other errors are unchanged", async () => {
    const error = await failsWith("bad-argument", () =>
      fit(model, { ...options, optimizer: sgd({ learningRate: 0.1 }), doctor: true }),
    );
    assert.match(error.message, /optimiser as data/);
    await failsWith("bad-argument", () => fit(model, { ...options, probe: createLayerProbe(model), doctor: true }));
    await failsWith("bad-argument", () => fit(model, { ...options, batchSize: 0, doctor: true }));
    const wide = createModel({ inputShape: [3], layers: [{ type: "linear", units: 3 }] });
    await failsWith("shape-mismatch", () => fit(wide, { ...options, doctor: true }));
  });

  it("that is interrupted reports its findings so far", async () => {
    const controller = new AbortController();
    const result = await fit(model, {
      ...options,
      doctor: true,
      signal: controller.signal,
      onEvent: (event) => void (event.type === "stepEnded" && event.step === 12 && controller.abort()),
    });
    assert.deepEqual([result.reason, result.steps], ["interrupted", 12]);
    assert.equal(result.diagnosis?.runs[0]?.steps, 12);
  });
});
