import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Dataset } from "../../src/data/dataset.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { randomStream } from "../../src/data/random-stream.ts";
import { blobs } from "../../src/data/synthetic/blobs.ts";
import type { Diagnosis } from "../../src/doctor/diagnosis.ts";
import { type ExamineEvent, type ExamineOptions, examine, nearestLast } from "../../src/doctor/examine.ts";
import { examine as examineModel } from "../../src/doctor/examine-model.ts";
import { Runner } from "../../src/doctor/trial/pool.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { createModel } from "../../src/nn/model.ts";
import type { Settings, Training } from "../../src/train/training.ts";
import { failsWith } from "../train/tiny.ts";
import { circlesTraining } from "./trial/small.ts";

const runner = new Runner({ backend: "wasm", threads: 1, inProcess: true });
after(() => runner.dispose());

const look = (training: Training, options: ExamineOptions = {}): Promise<Diagnosis> =>
  examine(training, { runner, backend: "wasm", threads: 1, budgetSeconds: 600, seeds: 1, ...options });

const SOUND: readonly LayerInput[] = [{ type: "linear", units: 8 }, { type: "relu" }, { type: "linear", units: 3 }];

function training(data: Dataset, layers: readonly LayerInput[] = SOUND, changes: Partial<Settings> = {}): Training {
  const settings: Settings = {
    model: createModel({ inputShape: data.inputShape, layers }).config,
    loss: { type: "softmaxCrossEntropy" },
    optimizer: { type: "adam", learningRate: 0.02 },
    epochs: 25,
    batchSize: 16,
    seed: 1,
    ...changes,
  };
  return { settings, data: data.split({ validation: 60, seed: 1 }) };
}

const centers = [
  [1, 0],
  [-1, 1],
  [-0.5, -1],
];
const cloudsOf = (samples: number) => blobs({ samples, centers, spread: 0.35, seed: 5 });
const three = cloudsOf(180);
const sick = circlesTraining("sigmoid", 12);

/** Clouds of points with other labels. */
function withLabels(samples: number, labelOf: () => number): Dataset {
  const { data } = cloudsOf(samples).toArrays().inputs;
  const rows = Array.from({ length: samples }, (_, row) => [...data.slice(2 * row, 2 * row + 2)]);
  return fromArrays({ inputs: rows, targets: rows.map(labelOf), classes: 3 });
}

const problems = ({ findings }: Diagnosis) => findings.map(({ problem }) => problem);

describe("an examination", () => {
  it("calls a network that learns healthy, and tries nothing", async () => {
    const events: ExamineEvent[] = [];
    const diagnosis = await look(training(three), {
      name: "sound",
      seeds: 2,
      onProgress: (event) => events.push(event),
    });
    assert.deepEqual([diagnosis.verdict, problems(diagnosis), diagnosis.trials], ["healthy", [], []]);
    assert.deepEqual([diagnosis.name, diagnosis.prescriptions, diagnosis.runs.length], ["sound", [], 2]);
    assert.deepEqual(
      diagnosis.runs.map(({ seed }) => seed),
      [1, 2],
    );
    assert.ok((diagnosis.attainable?.score.value ?? 0) > 0.9);
    assert.deepEqual([...new Set(events.map(({ phase }) => phase))], ["preflight", "runs", "rules", "done"]);
  });

  it("finds the vanishing gradient of deep sigmoids, and proves a cure in time", async () => {
    const diagnosis = await look(sick, { seeds: 3 });
    assert.equal(problems(diagnosis)[0], "vanishing-gradient", JSON.stringify(diagnosis.findings));
    assert.equal(diagnosis.verdict, "cured");
    assert.ok(diagnosis.seconds < 600);
    const last = diagnosis.trials.at(-1);
    assert.equal(last?.verdict, "cured");
    assert.deepEqual(last?.remaining, []);
    assert.ok((last?.treated.mean ?? 0) > 0.9 && (last?.control.mean ?? 1) < 0.7);
    // the cure comes first, and the given settings are unchanged
    assert.equal(diagnosis.prescriptions[0], last?.prescription);
    assert.deepEqual(sick.settings, circlesTraining("sigmoid", 12).settings);
  });

  it("reports that no settings cure random labels", async () => {
    const stream = randomStream(3, "synthetic");
    const diagnosis = await look(training(withLabels(340, () => Math.floor(3 * stream.uniform()))));
    assert.equal(diagnosis.verdict, "not-curable", JSON.stringify(diagnosis.findings));
    assert.equal(problems(diagnosis)[0], "label-fault");
    assert.deepEqual(diagnosis.trials, []);
    assert.ok(diagnosis.prescriptions.every(({ remedies }) => remedies.includes("data-fault")));
  });

  it("reports data with a single class", async () => {
    const diagnosis = await look(training(withLabels(120, () => 1)));
    assert.equal(diagnosis.verdict, "not-curable");
    assert.deepEqual(problems(diagnosis), ["label-fault"]);
    assert.equal(diagnosis.findings[0]?.evidence[0]?.measure, "one-class");
  });

  it("reports a run with NaN; tries nothing with trial: false", async () => {
    const wild = training(three, SOUND, { optimizer: { type: "sgd", learningRate: 1e30 } });
    const diagnosis = await look(wild, { trial: false });
    assert.deepEqual([diagnosis.verdict, diagnosis.trials], ["not-tried", []]);
    assert.ok(diagnosis.prescriptions.some(({ settings }) => settings !== undefined));
    assert.ok(diagnosis.runs.every(({ failure }) => failure !== undefined));
    assert.ok(
      problems(diagnosis).some((problem) => problem === "numerical-error" || problem === "learning-rate-too-high"),
    );
  });

  it("takes model, samples and options like `fit`; holds out a fifth", async () => {
    const diagnosis = await examineModel(createModel({ inputShape: [2], layers: SOUND }), three, {
      ...{ loss: "softmaxCrossEntropy", optimizer: { type: "adam", learningRate: 0.02 }, epochs: 25, batchSize: 16 },
      ...{ runner, backend: "wasm", threads: 1, seeds: 1, trial: false },
    });
    assert.equal(diagnosis.verdict, "healthy");
    assert.equal(diagnosis.training?.data.validation.length, 36);
    assert.equal(diagnosis.runs[0]?.score?.samples, 36);
  });
});

describe("an examination that cannot be made", () => {
  it("because the settings do not fit together is an error", async () => {
    const sound = training(three);
    const layers = [
      { type: "linear", units: 4 },
      { type: "conv2d", filters: 2, kernel: 3 },
    ] as readonly LayerInput[];
    const model = { inputShape: [2], layers } as Settings["model"];
    await failsWith("bad-argument", () => look({ ...sound, settings: { ...sound.settings, model } }));
    await failsWith("bad-argument", () => look({ ...sound, settings: { ...sound.settings, batchSize: 0 } }));
    const wide = createModel({ inputShape: [5], layers: SOUND }).config;
    await failsWith("shape-mismatch", () => look({ ...sound, settings: { ...sound.settings, model: wide } }));
  });

  it("is aborted before anything has run", async () => {
    await failsWith("interrupted", () => look(sick, { signal: AbortSignal.abort() }));
  });
});

describe("an aborted examination", () => {
  const slow = training(three, SOUND, { optimizer: { type: "sgd", learningRate: 1e-7 } });

  for (const isShared of [true, false]) {
    it(`during a trial returns the results so far; ${isShared ? "a shared runner" : "its own runner"}`, async () => {
      const controller = new AbortController();
      const diagnosis = await look(slow, {
        ...(isShared ? {} : { runner: undefined }),
        signal: controller.signal,
        onProgress: ({ phase }) => phase === "trial" && controller.abort(),
      });
      assert.ok(problems(diagnosis).includes("learning-rate-too-low"));
      assert.equal(diagnosis.verdict, "not-tried");
      assert.ok(diagnosis.prescriptions.length > 0);
      assert.equal(diagnosis.runs.length, 1);
      assert.ok(controller.signal.aborted);
      assert.deepEqual(diagnosis.trials, []);
    });
  }

  it("after its first run returns the findings of that run", async () => {
    const controller = new AbortController();
    const diagnosis = await look(slow, {
      seeds: 2,
      signal: controller.signal,
      onProgress: ({ phase, done = 0 }) => phase === "runs" && done > 0.5 && controller.abort(),
    });
    assert.equal(diagnosis.runs.length, 1);
    assert.ok(problems(diagnosis).includes("learning-rate-too-low"));
    assert.deepEqual(diagnosis.trials, []);
  });
});

it("reports an unproven verdict by the trial that came closest, of equals by the first", () => {
  const trials = [
    { name: "output", gain: 5, needed: 11 },
    { name: "rate", gain: -2, needed: 19 },
    { name: "output and loss", gain: 5, needed: 11 },
  ];
  assert.deepEqual(
    nearestLast(trials).map(({ name }) => name),
    ["rate", "output and loss", "output"],
  );
});
