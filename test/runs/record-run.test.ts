import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { GradusError } from "../../src/core/errors.ts";
import { circles } from "../../src/data/synthetic/circles.ts";
import { judge } from "../../src/doctor/judge.ts";
import { linear, relu, sigmoid, tanh } from "../../src/nn/construct.ts";
import { createModel, type LayerInfo, type Model } from "../../src/nn/model.ts";
import { createRun } from "../../src/runs/create-run.ts";
import { openRun } from "../../src/runs/open-run.ts";
import { recordRun } from "../../src/runs/record-run.ts";
import type { RunReader } from "../../src/runs/types.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import type { FitOptions } from "../../src/train/options.ts";
import { settingsOf } from "../../src/train/training.ts";
import { createLayerProbe, toReading } from "../../src/watch/probes/layer-probe.ts";
import { toEpoch } from "../../src/watch/to-epoch.ts";
import { scratchFolder } from "./scratch.ts";

const data = circles({ samples: 200, seed: 1 });
const model = createModel({ inputShape: [2], layers: [linear(8), relu(), linear(8), tanh(), linear(2)] });
const options = {
  data,
  loss: "softmaxCrossEntropy",
  optimizer: { type: "adam", learningRate: 0.01 },
  epochs: 4,
  batchSize: 10,
  validationSplit: 0.25,
  backend: "reference",
  seed: 3,
} as const satisfies FitOptions;

/** A clock that moves on by itself: a millisecond whenever one looks. */
function ticking(): () => number {
  let now = 0;
  return () => now++;
}

/** Trains and records. */
async function recorded(
  context: TestContext,
  given: { readonly model?: Model; readonly options?: Partial<FitOptions>; readonly events?: TrainEvent[] } = {},
): Promise<RunReader> {
  const network = given.model ?? model;
  const run = createRun(join(scratchFolder(context), "run"), { name: "run", settings: { seed: 3 }, model: network });
  const recorder = recordRun(run, network, { now: ticking() });
  const onEvent = (event: TrainEvent) => {
    given.events?.push(event);
    return recorder.onEvent(event);
  };
  await fit(network, { ...options, ...given.options, onEvent, probe: recorder.probe }).catch((error) =>
    recorder.failed(error),
  );
  run.close();
  return openRun(run.folder);
}

const valuesOf = (run: RunReader, name: string): readonly number[] => {
  const series = run.measures.get(name);
  return series === undefined ? [] : [...series.values.subarray(0, series.length)];
};
const stepsOf = (run: RunReader, name: string): readonly number[] => {
  const series = run.measures.get(name);
  return series === undefined ? [] : [...series.steps.subarray(0, series.length)];
};

test("what fit says is what the run has", async (context) => {
  const events: TrainEvent[] = [];
  const run = await recorded(context, { events, options: { clip: { type: "globalNorm", maxNorm: 1 } } });
  const steps = events.filter((event) => event.type === "stepEnded");
  const epochs = events.filter((event) => event.type === "epochEnded");
  assert.equal(run.status, "finished");
  assert.deepEqual(
    stepsOf(run, "loss"),
    steps.map(({ step }) => step),
  );
  assert.deepEqual(
    valuesOf(run, "loss"),
    steps.map(({ loss }) => loss),
  );
  assert.deepEqual(
    valuesOf(run, "learningRate"),
    steps.map(({ learningRate }) => learningRate),
  );
  assert.deepEqual(
    valuesOf(run, "gradientNorm"),
    steps.map(({ gradientNorm }) => gradientNorm),
  );
  for (const part of ["train", "validation"] as const) {
    assert.deepEqual(
      stepsOf(run, `${part}/accuracy`),
      epochs.map(({ step }) => step),
    );
    assert.deepEqual(
      valuesOf(run, `${part}/accuracy`),
      epochs.map((epoch) => epoch[part]?.accuracy),
    );
    assert.deepEqual(
      valuesOf(run, `${part}/loss`),
      epochs.map((epoch) => epoch[part]?.loss),
    );
  }
  assert.equal(valuesOf(run, "samplesPerSecond").length, 4);
  assert.deepEqual(
    run.events.map(({ type }) => type),
    ["started", "epoch", "epoch", "epoch", "epoch", "stopped"],
  );
  const { train, validation, epoch, step } = epochs[1] ?? assert.fail();
  const written = run.events[2];
  assert.ok(written?.type === "epoch");
  assert.deepEqual([written.train, written.validation, written.epoch, written.step], [train, validation, epoch, step]);
});

test("no bit of the results depends on the recording", async (context) => {
  const plain = await fit(model, options);
  const run = createRun(join(scratchFolder(context), "run"), { name: "run", settings: null, model });
  const recorder = recordRun(run, model, { now: ticking() });
  const result = await fit(model, { ...options, onEvent: recorder.onEvent, probe: recorder.probe });
  run.close();
  assert.deepEqual(result.state, plain.state);
  assert.ok(stepsOf(openRun(run.folder), "layers/0/gradientNorm").length > 0);
});

test("layers are read now and then: every reading is the probe's, with a histogram of what the layer gave", async (context) => {
  const events: TrainEvent[] = [];
  const run = await recorded(context, { events });
  const probed = new Map<number, NonNullable<ReturnType<typeof toReading>>>();
  const probe = createLayerProbe(model, () => true);
  await fit(model, {
    ...options,
    probe,
    onEvent: (event) => {
      const reading = event.type === "stepEnded" ? toReading(event, model) : undefined;
      if (reading !== undefined) probed.set(reading.step, reading);
    },
  });
  const { readings } = run.toRecord();
  assert.ok(readings.length > 0);
  for (const reading of readings) assert.deepEqual(reading, probed.get(reading.step));
  const [point] = run.histograms.get("layers/1/activations") ?? [];
  const reading = probed.get(point?.step ?? 0)?.layers["1"];
  assert.ok(point !== undefined && reading?.zeros !== undefined);
  // 10 samples, 8 units; a ReLU's least output is 0, and the first bin has all zeros
  assert.equal(
    point.counts.reduce((sum, count) => sum + count, 0),
    80,
  );
  assert.equal(point.low, 0);
  assert.ok((point.counts[0] ?? 0) >= Math.round(80 * reading.zeros));
  assert.deepEqual(
    [...run.histograms.keys()],
    ["1", "3", "4"].map((path) => `layers/${path}/activations`),
  );
});

test("gradients that the run measures itself are not recorded twice", async (context) => {
  const events: TrainEvent[] = [];
  const run = await recorded(context, { events, options: { gradientNorms: { every: 3 } } });
  const norms = events.flatMap((event) =>
    event.type === "stepEnded" && event.layerGradientNorms !== undefined
      ? [[event.step, event.layerGradientNorms["0"]]]
      : [],
  );
  const series = run.measures.get("layers/0/gradientNorm");
  assert.deepEqual(
    stepsOf(run, "layers/0/gradientNorm"),
    norms.map(([step]) => step),
  );
  assert.deepEqual(
    [...(series?.values.subarray(0, series.length) ?? [])],
    norms.map(([, norm]) => norm),
  );
  assert.ok(stepsOf(run, "layers/0/weightNorm").length > 0);
});

test("a run that goes wrong says where, and the record has the failure", async (context) => {
  const run = await recorded(context, {
    model: createModel({ inputShape: [2], layers: [linear(2)] }),
    options: { optimizer: { type: "sgd", learningRate: 1e60 }, backend: "wasm" },
  });
  assert.equal(run.status, "failed");
  const { failure, cut } = run.toRecord();
  assert.deepEqual([failure?.epoch, cut], [1, undefined]);
  assert.ok(failure !== undefined && failure.step > 0 && failure.layer !== undefined);
  assert.ok(run.events.some((event) => event.type === "notFinite" && event.tensor !== ""));
});

test("an error that is not the run's own ends it as failed", async (context) => {
  const run = createRun(join(scratchFolder(context), "run"), { name: "run", settings: null, model });
  const recorder = recordRun(run, model);
  const listener = (event: TrainEvent) => {
    recorder.onEvent(event);
    if (event.type === "stepEnded" && event.step === 7) throw new GradusError("out-of-memory", "no room.");
  };
  await fit(model, { ...options, onEvent: listener }).catch((error) => recorder.failed(error));
  recorder.failed(new Error("again"));
  run.close();
  const read = openRun(run.folder);
  assert.deepEqual([read.status, valuesOf(read, "loss").length], ["failed", 7]);
  const ends = read.events.filter((event) => event.type === "stopped");
  assert.deepEqual(
    ends.map(({ reason, step }) => [reason, step]),
    [["out-of-memory", 7]],
  );
});

test("the doctor finds in what was recorded what it finds in the run itself", async (context) => {
  // twelve sigmoids: the gradient vanishes
  const deep = createModel({
    inputShape: [2],
    layers: [...Array.from({ length: 12 }, () => [linear(6), sigmoid()]).flat(), linear(2)],
  });
  const readings: NonNullable<ReturnType<typeof toReading>>[] = [];
  const epochs: ReturnType<typeof toEpoch>[] = [];
  const events: TrainEvent[] = [];
  const run = await recorded(context, { model: deep, events, options: { epochs: 8 } });
  const recordedSteps = new Set(stepsOf(run, "layers/0/gradientNorm"));
  const probe = createLayerProbe(deep, (step) => recordedSteps.has(step + 1));
  await fit(deep, {
    ...options,
    epochs: 8,
    probe,
    onEvent: (event) => {
      if (event.type === "epochEnded") epochs.push(toEpoch(event));
      const reading = event.type === "stepEnded" ? toReading(event, deep) : undefined;
      if (reading !== undefined) readings.push(reading);
    },
  });
  const { train, validation } = data.split({ validation: 0.25, seed: 3 });
  const training = { settings: settingsOf(deep.config, options), data: { train, validation } };
  const live = judge(training, [{ steps: 120, plannedSteps: 120, readings, epochs, seconds: 1 }]);
  const later = judge(training, [run.toRecord()]);
  assert.ok(later.findings.some(({ problem }) => problem === "vanishing-gradient"));
  assert.deepEqual(later, live);
});

test("a run's layers are those of its model", async (context) => {
  const run = await recorded(context);
  const layers: readonly LayerInfo[] = model.layers;
  assert.deepEqual(
    run.description?.layers.map(({ path }) => path),
    layers.map(({ path }) => path),
  );
});
