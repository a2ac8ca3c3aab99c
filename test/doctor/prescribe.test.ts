import assert from "node:assert/strict";
import { test } from "node:test";
import { applyChanges, isAlike } from "../../src/doctor/diff.ts";
import type { Finding, Prescription } from "../../src/doctor/finding.ts";
import { prescribe, withoutSymptoms } from "../../src/doctor/prescribe.ts";
import { COMBINATIONS, ORDER, TREATMENTS } from "../../src/doctor/treatments.ts";
import { PROBLEMS, REMEDIES, type RemedyName } from "../../src/doctor/words.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { createModel } from "../../src/nn/model.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { fit } from "../../src/train/fit.ts";
import type { Settings } from "../../src/train/training.ts";
import { clouds, finding, patientOf, settingsOf, waves } from "./remedies/patients.ts";

const backend = createReferenceBackend();
const hidden = (count: number, activation: LayerInput, units = 8): readonly LayerInput[] =>
  Array.from({ length: count }).flatMap((): LayerInput[] => [{ type: "linear", units }, activation]);
const answer: LayerInput = { type: "linear", units: 3 };

const told = (prescriptions: readonly Prescription[]) => prescriptions.map(({ remedies }) => remedies.join("+"));

async function prescribed(settings: Settings, findings: readonly Finding[], data = clouds()) {
  return prescribe(patientOf(settings, data), findings, { backend, rangeTestSeconds: 0.1 });
}

test("squashed signals: another activation first, then normalisation, then both", async () => {
  const settings = settingsOf([...hidden(6, "sigmoid"), answer]);
  const names = told(await prescribed(settings, [finding("vanishing-gradient")]));
  assert.deepEqual(names.slice(0, 3), ["activation", "batch-norm", "activation+batch-norm"]);
});

test("initial weights that are too small: initialisation first", async () => {
  const small: readonly LayerInput[] = [1, 2, 3].flatMap((): LayerInput[] => [
    { type: "linear", units: 8, init: { type: "normal", std: 0.01 } },
    "relu",
  ]);
  const findings = [finding("vanishing-gradient", { weight: 0.9 }), finding("poor-initialisation", { weight: 0.7 })];
  const names = told(await prescribed(settingsOf([...small, answer]), findings));
  assert.equal(names[0], "init");
});

test("exploding: the remedy depends on the cause", async () => {
  const first = async (settings: Settings, ...others: Finding[]) =>
    told(await prescribed(settings, [finding("exploding-gradient"), ...others]))[0];
  assert.equal(await first(settingsOf([...hidden(4, "exponential"), answer])), "activation");
  assert.equal(
    await first(settingsOf([{ type: "rnn", units: 4, activation: "relu" }, answer], { inputShape: [2, 1] })),
    "clip",
  );
  const fast = settingsOf([...hidden(2, "relu"), answer], { optimizer: { type: "sgd", learningRate: 5 } });
  assert.equal(await first(fast, finding("learning-rate-too-high")), "learning-rate");
});

test("causes come before the symptoms that they explain", async () => {
  const settings = settingsOf([...hidden(2, "relu"), answer, "relu"], { loss: { type: "categoricalCrossEntropy" } });
  const findings = [
    finding("numerical-error", { weight: 0.8 }),
    finding("dead-units", { weight: 0.9 }),
    finding("output-activation-mismatch", { weight: 0.9 }),
  ];
  const [first] = await prescribed(settings, findings);
  assert.deepEqual(first?.remedies, ["output-activation"]);
  assert.deepEqual(first?.against, ["output-activation-mismatch", "numerical-error"]);
  assert.equal(withoutSymptoms(findings)[0]?.problem, "output-activation-mismatch");
});

test("a vague cause does not explain a clear symptom", () => {
  const findings = [
    finding("vanishing-gradient", { weight: 0.9 }),
    finding("output-activation-mismatch", { weight: 0.5 }),
  ];
  assert.deepEqual(withoutSymptoms(findings), findings);
});

test("unscaled targets: scaled, then the rate, and both", async () => {
  const settings = settingsOf([...hidden(1, "relu"), { type: "linear", units: 1 }], {
    inputShape: [5],
    loss: { type: "mse" },
  });
  const names = told(await prescribed(settings, [finding("unscaled-target")], waves(64, 1000)));
  assert.equal(names[0], "scale-targets");
  assert.ok(names.slice(1, 4).includes("scale-targets+learning-rate"), names.join());
});

test("obstacles to learning go first: dropout of nearly everything, penalties above the loss", async () => {
  const choked = settingsOf([...hidden(1, "relu"), { type: "dropout", rate: 0.95 }, answer]);
  assert.equal(told(await prescribed(choked, [finding("underfitting")]))[0], "dropout");
  const shrunk = settingsOf([...hidden(1, "relu"), answer], { regularizer: { l2: 1 } });
  assert.equal(told(await prescribed(shrunk, [finding("underfitting")]))[0], "l2");
});

test("overfitting: remedies first, advice last", async () => {
  const names = told(await prescribed(settingsOf([...hidden(2, "relu"), answer]), [finding("overfitting")]));
  assert.deepEqual(names.slice(0, 3), ["dropout", "early-stopping", "dropout+early-stopping"]);
  assert.ok(names.includes("l2"));
  assert.equal(names.at(-1), "more-data");
});

test("unlearnable labels: other data, and nothing to try", async () => {
  const findings = [finding("label-fault", { weight: 0.9 }), finding("underfitting"), finding("learning-rate-too-low")];
  const prescriptions = await prescribed(settingsOf([...hidden(1, "relu"), answer]), findings);
  assert.deepEqual(told(prescriptions), ["data-fault"]);
  assert.equal(prescriptions[0]?.settings, undefined);
  assert.deepEqual(prescriptions[0]?.changes, []);
});

test("merely unusual labels do not hide a clear finding", async () => {
  const findings = [finding("overfitting", { weight: 0.75 }), finding("label-fault", { weight: 0.15 })];
  const names = told(await prescribed(settingsOf([...hidden(1, "relu"), answer]), findings));
  assert.equal(names[0], "dropout");
  assert.equal(names.at(-1), "data-fault");
});

test("without findings or settings there are no prescriptions", async () => {
  assert.deepEqual(await prescribed(settingsOf([answer]), []), []);
  assert.deepEqual(await prescribe({ runs: [] }, [finding("overfitting")]), []);
});

test("for each problem: at most six to try, no two equal, the changes of each lead to its settings, and each runs", async () => {
  const settings = settingsOf([...hidden(3, "sigmoid", 4), answer], { epochs: 2 });
  const data = clouds(48);
  for (const problem of PROBLEMS) {
    const prescriptions = await prescribe(patientOf(settings, data), [finding(problem)], {
      backend,
      rangeTestSeconds: 0.01,
    });
    const made = prescriptions.flatMap((each) =>
      each.settings === undefined ? [] : [{ ...each, settings: each.settings }],
    );
    assert.ok(made.length <= 6, problem);
    for (const [index, { settings: after, changes, remedies }] of made.entries()) {
      assert.ok(
        changes.length > 0 && isAlike(applyChanges(settings, changes), after),
        `${problem}: ${remedies.join()}`,
      );
      assert.ok(
        made.slice(0, index).every((other) => !isAlike(other.settings, after)),
        `${problem}: ${remedies.join()} twice`,
      );
    }
    const [first] = made;
    if (first === undefined) continue;
    const { model, standardize: _, standardizeTargets: __, ...options } = first.settings;
    const validated = { train: data, validation: data };
    const { history } = await fit(createModel(model), { ...options, epochs: 1, data: validated, backend });
    assert.equal(history.length, 1, problem);
  }
});

test("tables: every remedy has a place in the order, and combinations have at least two members", () => {
  const advice: readonly RemedyName[] = ["more-data", "architecture", "data-fault"];
  for (const name of REMEDIES) assert.ok(ORDER.includes(name) !== advice.includes(name), name);
  for (const names of COMBINATIONS) assert.ok(names.length >= 2 && new Set(names).size === names.length);
  assert.deepEqual(Object.keys(TREATMENTS).sort(), [...PROBLEMS].sort());
});
