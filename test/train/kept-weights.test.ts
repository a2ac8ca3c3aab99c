import assert from "node:assert/strict";
import { test } from "node:test";
import { GradusError } from "../../src/core/errors.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { fit as watchedFit } from "../../src/doctor/fit.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import type { ListenerAnswer, TrainEvent } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import { type KeptWeights, keptWeights } from "../../src/train/kept-weights.ts";
import { classifier, clouds, failsWith, tiny, valuesOf } from "./tiny.ts";

/** Labels that are noise: the validation loss has its best epoch early, then rises. */
function overfitting() {
  const inputs = Array.from({ length: 16 }, (_, i) => [Math.sin(7 * i), Math.cos(5 * i)]);
  const noise = (shift: number) =>
    fromArrays({ inputs, targets: inputs.map((_, i) => (i * i + shift) % 3), classes: 3 });
  return { train: noise(0), validation: noise(1) };
}

/** A data set that can be read only this many times. */
function breakingAfter(reads: number, dataset: Dataset, error: Error): Dataset {
  let left = reads;
  return new Proxy(dataset, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== "function") return value;
      if (name === "readInputs" && left-- <= 0) throw error;
      return (value as (...words: unknown[]) => unknown).bind(target);
    },
  });
}

/** The weights in the error that ends a run. */
async function keptOf(run: Promise<unknown>): Promise<{ readonly error: Error; readonly kept: KeptWeights }> {
  const error = await run.then(
    () => assert.fail("the run did not fail"),
    (reason: Error) => reason,
  );
  const kept = keptWeights(error);
  assert.ok(kept, `nothing was kept: ${error.message}`);
  return { error, kept };
}

/** Runs a function at the n-th event of one type. */
function at<T>(type: TrainEvent["type"], place: number, work: () => T) {
  let seen = 0;
  return (event: TrainEvent): T | undefined => (event.type === type && ++seen === place ? work() : undefined);
}

test("a listener that throws: its own error, with the weights of the step before", async () => {
  class Mine extends Error {}
  const options = { ...tiny, data: clouds() };
  const stopped = await fit(classifier(), { ...options, onEvent: at("stepEnded", 6, (): ListenerAnswer => "stop") });
  const thrown = new Mine("the disk is full");
  const onEvent = at("stepEnded", 6, () => {
    throw thrown;
  });
  const { error, kept } = await keptOf(fit(classifier(), { ...options, onEvent }));
  assert.equal(error, thrown);
  assert.ok(error instanceof Mine);
  assert.deepEqual([kept.steps, kept.history.length], [6, 1]);
  assert.deepEqual(await valuesOf(kept.state), await valuesOf(stopped.state));

  const asynchronous = { epochEnded: () => Promise.reject(new Mine("late")) };
  assert.equal((await keptOf(fit(classifier(), { ...options, callbacks: [asynchronous] }))).kept.history.length, 1);
});

test("a thrown value that is not an error, or takes no fields, becomes the cause of one", async () => {
  for (const thrown of ["a text", undefined, Object.freeze(new Error("frozen"))]) {
    const onEvent = at("epochEnded", 2, () => {
      throw thrown;
    });
    const error = await failsWith("bad-argument", () => fit(classifier(), { ...tiny, data: clouds(), onEvent }));
    assert.equal(error.cause, thrown);
    assert.equal(keptWeights(error)?.history.length, 2);
  }
});

test("before the first step there is nothing to keep, and the error is unchanged", async () => {
  const thrown = new Error("at once");
  const onEvent = at("epochStarted", 1, () => {
    throw thrown;
  });
  await assert.rejects(fit(classifier(), { ...tiny, data: clouds(), onEvent }), (error) => error === thrown);
  assert.equal(keptWeights(thrown), undefined);
});

test("validation that fails late, with early stopping: the last weights and the best", async () => {
  const { train, validation } = overfitting();
  const whole = await fit(classifier(), {
    ...tiny,
    data: { train, validation },
    epochs: 60,
    earlyStopping: { patience: 60 },
  });
  const { restoredEpoch = 0 } = whole;
  assert.ok(restoredEpoch > 0 && restoredEpoch < 40, `the best epoch of 60 is ${restoredEpoch}`);
  const failure = new GradusError("out-of-memory", "no memory for the validation", { bytes: 5 });
  const data = { train, validation: breakingAfter(50, validation, failure) };
  const { error, kept } = await keptOf(
    fit(classifier(), { ...tiny, data, epochs: 60, earlyStopping: { patience: 60 } }),
  );
  assert.equal(error, failure);
  assert.equal(failure.values.bytes, 5);
  assert.equal(kept.history.length, 50);
  assert.equal(kept.best?.epoch, restoredEpoch);
  assert.deepEqual(await valuesOf(kept.best?.state as KeptWeights["state"]), await valuesOf(whole.state));
  assert.notDeepEqual(await valuesOf(kept.state), await valuesOf(whole.state));
});

test("a run with NaN keeps the best weights besides the last finite ones", async () => {
  const { train, validation } = overfitting();
  const wild = { type: "step", every: 20, factor: 1e200 } as const;
  const error = await failsWith("not-finite", () =>
    fit(classifier(), {
      ...tiny,
      data: { train, validation },
      epochs: 60,
      optimizer: { type: "sgd", learningRate: 0.1 },
      schedule: wild,
      earlyStopping: { patience: 60 },
    }),
  );
  const kept = keptWeights(error);
  assert.ok(kept?.best, "the best weights were not kept");
  assert.ok(kept.best.epoch <= kept.history.length);
});

test("a failure of the doctor after training loses no weights", async () => {
  const data = clouds(60);
  const plain = await fit(classifier(), { ...tiny, data, epochs: 2 });
  const broken = new Error("no room for a page");
  const failing = new Proxy(tiny.backend, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown;
      if (isOver && name === "compile") throw broken;
      return typeof value === "function" ? (value as (...words: unknown[]) => unknown).bind(target) : value;
    },
  });
  let isOver = false;
  const run = watchedFit(classifier(), {
    ...tiny,
    data,
    epochs: 2,
    backend: failing,
    doctor: true,
    onEvent: at("stopped", 1, () => {
      isOver = true;
      return undefined;
    }),
  });
  const { error, kept } = await keptOf(run);
  assert.equal(error, broken);
  assert.deepEqual(await valuesOf(kept.state), await valuesOf(plain.state));
});

test("a stopped run returns the best weights if early stopping restores them", async () => {
  const data = overfitting();
  const options = { ...tiny, data, epochs: 60, earlyStopping: { patience: 60 } };
  const whole = await fit(classifier(), options);
  const best = await valuesOf(whole.state);
  const scoring = { loss: tiny.loss, backend: tiny.backend };
  const { loss: expected } = await evaluate(classifier(), whole.state, data.validation, scoring);
  const stop = (): ListenerAnswer => "stop";
  const controller = new AbortController();
  const aborting = at("stepEnded", 91, () => controller.abort());
  const runs = {
    "a listener at the end of an epoch": { onEvent: at("epochEnded", 50, stop) },
    "a listener within an epoch": { onEvent: at("stepEnded", 91, stop) },
    "a callback": {
      callbacks: [{ epochEnded: ({ epoch }: { epoch: number }) => (epoch === 45 ? "stop" : undefined) }],
    },
    "a signal": { signal: controller.signal, onEvent: (event: TrainEvent) => void aborting(event) },
  } as const;
  for (const [who, change] of Object.entries(runs)) {
    const result = await fit(classifier(), { ...options, ...change });
    assert.equal(result.restoredEpoch, whole.restoredEpoch, who);
    assert.deepEqual(await valuesOf(result.state), best, who);
    assert.equal((await evaluate(classifier(), result.state, data.validation, scoring)).loss, expected, who);
  }
  const last = await fit(classifier(), {
    ...options,
    earlyStopping: { patience: 60, restoreBest: false },
    onEvent: at("epochEnded", 50, stop),
  });
  assert.equal(last.restoredEpoch, undefined);
  assert.notDeepEqual(await valuesOf(last.state), best);
});

test("stopped within the epoch after the best one, the weights are those of the best", async () => {
  const options = { ...tiny, data: overfitting(), epochs: 60, earlyStopping: { patience: 60 } };
  const { restoredEpoch = 0, history } = await fit(classifier(), options);
  const step = (history[restoredEpoch - 1]?.step ?? 0) + 1;
  const stopped = await fit(classifier(), { ...options, onEvent: at("stepEnded", step, (): ListenerAnswer => "stop") });
  assert.deepEqual([stopped.steps, stopped.restoredEpoch], [step, restoredEpoch]);
});
