import assert from "node:assert/strict";
import { test } from "node:test";
import { createModel } from "../../src/nn/model.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import { trainingEvents } from "../../src/train/loop.ts";
import { classifier, clouds, line, tiny, valuesOf } from "./tiny.ts";

test("a classifier learns separable clouds", async () => {
  const { history, reason } = await fit(classifier(), { ...tiny, data: clouds(), epochs: 25, validationSplit: 6 });
  assert.equal(reason, "finished");
  assert.equal(history.length, 25);
  const last = history.at(-1);
  assert.ok((last?.train.loss ?? 9) < 0.2, `training loss ${last?.train.loss}`);
  assert.equal(last?.validation?.accuracy, 1);
  assert.ok((last?.samplesPerSecond ?? 0) > 0);
});

test("a regression learns a line, and measures errors in its own units", async () => {
  const model = createModel({ inputShape: [2], layers: [{ type: "linear", units: 1 }] });
  const { state, history } = await fit(model, {
    ...tiny,
    loss: "mse",
    optimizer: { type: "sgd", learningRate: 0.3 },
    data: line(),
    epochs: 60,
    metrics: ["meanAbsoluteError", "meanSquaredError"],
  });
  const weight = (await valuesOf(state)).get("0.weight") as readonly number[];
  assert.ok(Math.abs((weight[0] as number) - 2) < 1e-3 && Math.abs((weight[1] as number) + 1) < 1e-3, String(weight));
  const { loss, meanSquaredError, meanAbsoluteError } = history[0]?.train ?? { loss: 0 };
  assert.ok(Math.abs(loss - (meanSquaredError ?? 0)) < 1e-12);
  assert.ok((meanAbsoluteError ?? 0) > 0 && (meanAbsoluteError ?? 0) ** 2 <= loss + 1e-12);
});

test("events come in order, with correct counts", async () => {
  const events: TrainEvent[] = [];
  await fit(classifier(), { ...tiny, data: clouds(20), epochs: 2, onEvent: (event) => void events.push(event) });
  const epoch = ["epochStarted", "stepEnded", "stepEnded", "stepEnded", "epochEnded"];
  assert.deepEqual(
    events.map(({ type }) => type),
    ["runStarted", ...epoch, ...epoch, "stopped"],
  );
  const steps = events.filter((event) => event.type === "stepEnded");
  assert.deepEqual(
    steps.map(({ step, stepInEpoch, epoch: of, samples }) => [step, stepInEpoch, of, samples]),
    [
      [1, 1, 1, 8],
      [2, 2, 1, 8],
      [3, 3, 1, 4],
      [4, 1, 2, 8],
      [5, 2, 2, 8],
      [6, 3, 2, 4],
    ],
  );
  const [started] = events;
  assert.ok(started?.type === "runStarted");
  assert.deepEqual(
    [started.samples, started.stepsPerEpoch, started.parameterCount, started.backend],
    [20, 3, 39, "reference"],
  );
});

test("callbacks receive events of their type, and may stop the run after the step", async () => {
  const heard: number[] = [];
  const { reason, steps } = await fit(classifier(), {
    ...tiny,
    data: clouds(),
    callbacks: [
      {
        stepEnded: async ({ step, loss }) => {
          heard.push(loss);
          return step === 5 ? "stop" : undefined;
        },
      },
    ],
  });
  assert.equal(reason, "callback");
  assert.equal(steps, 5);
  assert.equal(heard.length, 5);
});

test("a listener that throws ends the run with its error", async () => {
  const failing = fit(classifier(), {
    ...tiny,
    data: clouds(),
    onEvent: ({ type }) => {
      if (type === "epochEnded") throw new Error("enough");
    },
  });
  await assert.rejects(failing, /enough/);
});

test("the stream can be pulled, and left early", async () => {
  let steps = 0;
  for await (const event of trainingEvents(classifier(), { ...tiny, data: clouds() })) {
    if (event.type === "stepEnded") steps++;
    if (steps === 3) break;
  }
  assert.equal(steps, 3);
});

test("the same seed gives the same weights to the bit, another seed others", async () => {
  const layers = [
    { type: "linear", units: 6 },
    { type: "batchNorm" },
    { type: "relu" },
    { type: "dropout", rate: 0.3 },
  ] as const;
  const run = async (seed: number) => {
    const result = await fit(classifier(layers), { ...tiny, data: clouds(), seed, validationSplit: 0.2 });
    return valuesOf(result.state);
  };
  const first = await run(7);
  assert.deepEqual(await run(7), first);
  assert.notDeepEqual(await run(8), first);
});

test("aborting finishes the step, keeps the weights, and reports it", async () => {
  const controller = new AbortController();
  const events: string[] = [];
  const options = { ...tiny, data: clouds() };
  const { reason, steps, state, history } = await fit(classifier(), {
    ...options,
    signal: controller.signal,
    onEvent: (event) => {
      events.push(event.type);
      if (event.type === "stepEnded" && event.step === 6) controller.abort();
    },
  });
  assert.deepEqual([reason, steps, history.length], ["interrupted", 6, 1]);
  assert.equal(events.at(-1), "stopped");
  let until = 0;
  const same = await fit(classifier(), {
    ...options,
    onEvent: () => undefined,
    callbacks: [{ stepEnded: () => (++until === 6 ? "stop" : undefined) }],
  });
  assert.deepEqual(await valuesOf(state), await valuesOf(same.state));
});

test("a batch larger than the data is the whole data; batch normalisation does not get a single last sample", async () => {
  const whole = await fit(classifier(), { ...tiny, data: clouds(10), batchSize: 64, epochs: 1 });
  assert.equal(whole.steps, 1);
  const layers = [{ type: "linear", units: 4 }, { type: "batchNorm" }] as const;
  const { steps } = await fit(classifier(layers), { ...tiny, data: clouds(17), batchSize: 8, epochs: 1 });
  assert.equal(steps, 2);
  // a single picture has a variance, so no sample is left out
  const spatial = [{ type: "reshape", shape: [1, 2] }, { type: "batchNorm" }, { type: "flatten" }] as const;
  assert.equal((await fit(classifier(spatial), { ...tiny, data: clouds(17), batchSize: 8, epochs: 1 })).steps, 3);
});

test("training continues from given weights", async () => {
  const model = classifier();
  const first = await fit(model, { ...tiny, data: clouds(), epochs: 10 });
  const second = await fit(model, { ...tiny, data: clouds(), epochs: 1, initialState: first.state });
  assert.ok((second.history[0]?.train.loss ?? 9) < (first.history[0]?.train.loss ?? 0) / 2);
});

test("schedules change the learning rate, and last for the whole run by default", async () => {
  const rates: (number | undefined)[] = [];
  const options = { ...tiny, data: clouds(16), epochs: 2, optimizer: { type: "sgd", learningRate: 0.4 } } as const;
  await fit(classifier(), {
    ...options,
    schedule: "cosine",
    callbacks: [{ stepEnded: ({ learningRate }) => void rates.push(learningRate) }],
  });
  const expected = [0, 1, 2, 3].map((step) => (0.4 * (1 + Math.cos((Math.PI * step) / 4))) / 2);
  rates.forEach((rate, step) => {
    assert.ok(Math.abs((rate ?? 9) - (expected[step] as number)) < 1e-12, `step ${step}: ${rate}`);
  });
  assert.equal(rates.length, 4);
});

test("gradient norms by layer: each layer's, and together the whole gradient's before clipping", async () => {
  const seen: { step: number; norm: number; layers: Readonly<Record<string, number>> }[] = [];
  await fit(classifier(), {
    ...tiny,
    data: clouds(),
    epochs: 1,
    clip: { type: "globalNorm", maxNorm: 1e-3 },
    gradientNorms: { every: 2 },
    callbacks: [
      {
        stepEnded: ({ step, gradientNorm = 0, layerGradientNorms }) => {
          if (layerGradientNorms) seen.push({ step, norm: gradientNorm, layers: layerGradientNorms });
        },
      },
    ],
  });
  assert.deepEqual(
    seen.map(({ step }) => step),
    [1, 3],
  );
  for (const { norm, layers } of seen) {
    assert.deepEqual(Object.keys(layers), ["0", "2"]);
    const together = Math.hypot(...Object.values(layers));
    assert.ok(norm > 1e-3 && Math.abs(together - norm) < 1e-9 * norm, `${together} and ${norm}`);
  }
});

test("timers run during training", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  await fit(classifier(), { ...tiny, data: clouds(60), epochs: 30 });
  clearInterval(timer);
  assert.ok(ticks >= 2, `${ticks} ticks`);
});
