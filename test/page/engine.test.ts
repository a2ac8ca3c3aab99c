import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GradusError } from "../../src/core/errors.ts";
import {
  evaluate,
  fit,
  leakyRelu,
  linear,
  predict,
  sequential,
  spirals,
  tanh,
  tensor,
  trainingEvents,
} from "../../src/index.ts";
import { enclose } from "../../src/page/messages.ts";
import { connect, type Port } from "../../src/page.ts";
import type { StepEnded, TrainEvent } from "../../src/train/events.ts";
import { servedHere } from "./served.ts";

const model = sequential([linear(16), tanh(), linear(2)], { inputShape: [2] });
const data = spirals({ samples: 200, seed: 1 }).split({ validation: 0.25, seed: 1 });
const backend = { backend: "wasm", threads: 1 } as const;
const options = {
  data,
  loss: "softmaxCrossEntropy",
  optimizer: { type: "adam", learningRate: 0.01 },
  epochs: 3,
  batchSize: 50,
  seed: 1,
} as const;
/** Never ends by itself. */
const endless = { ...options, epochs: 1_000_000 };

/** Events without what a clock says. */
const timeless = (events: readonly TrainEvent[]) =>
  events.map((event) => ({ ...event, durationMs: undefined, samplesPerSecond: undefined }));

const isError = (code: string) => (error: unknown) => error instanceof GradusError && error.code === code;
const isStep = (event: TrainEvent): event is StepEnded => event.type === "stepEnded";

describe("an engine", () => {
  it("says what it runs on", async (test) => {
    const engine = await servedHere(test);
    assert.deepEqual([engine.backend, engine.threads], ["wasm", 1]);
    assert.match(engine.description, /^WebAssembly.*1 thread/);
  });

  it("trains with the events and results of fit, bit for bit", async (test) => {
    const engine = await servedHere(test);
    const run = engine.fit(model, options);
    const events: TrainEvent[] = [];
    for await (const event of run) events.push(event);
    const expected: TrainEvent[] = [];
    for await (const event of trainingEvents(model, { ...options, ...backend })) expected.push(event);
    assert.deepEqual(timeless(events), timeless(expected));
    const { state, reason, steps } = await run.result;
    const here = await fit(model, { ...options, ...backend });
    assert.deepEqual([reason, steps], [here.reason, here.steps]);
    assert.deepEqual(
      await engine.predict(model, state, data.validation),
      await predict(model, here.state, data.validation, backend),
    );
    const how = { loss: "softmaxCrossEntropy" } as const;
    assert.deepEqual(
      await engine.evaluate(model.config, state, data.validation, how),
      await evaluate(model, here.state, data.validation, { ...how, ...backend }),
    );
    // an array in every form, also one that has yet to be computed
    const { mean } = await engine.predict(model, state, tensor([[1, 2]]).mul(0.5));
    assert.deepEqual(mean, (await engine.predict(model, state, [[0.5, 1]])).mean);
  });

  it("gives the result alone to whoever does not read", async (test) => {
    const engine = await servedHere(test);
    const { history, diagnosis } = await engine.fit(model, { ...options, doctor: true }).result;
    assert.equal(history.length, 3);
    // the doctor's report is about the page's own data set
    assert.equal(diagnosis?.training?.data.train, data.train);
  });

  it("waits while nobody reads", async (test) => {
    const engine = await servedHere(test);
    const run = engine.fit(model, endless);
    const reader = run[Symbol.asyncIterator]();
    let step = 0;
    for (; step < 20; ) {
      const { value } = await reader.next();
      if (isStep(value)) step = value.step;
    }
    // the worker is this thread: what it trains in this time is what it may train ahead
    await new Promise((resolve) => setTimeout(resolve, 150));
    const started = performance.now();
    run.stop();
    const { steps } = await run.result;
    assert.ok(performance.now() - started < 5000);
    const later: number[] = [];
    for (;;) {
      const { done, value } = await reader.next();
      if (done) break;
      if (isStep(value)) later.push(value.step);
    }
    assert.equal(later.at(-1), steps);
    assert.deepEqual(
      later,
      later.map((_, index) => step + 1 + index),
    );
  });

  it("stops when the reader leaves, and keeps what was trained", async (test) => {
    const engine = await servedHere(test);
    const run = engine.fit(model, endless);
    for await (const event of run) if (isStep(event)) break;
    const { reason, state } = await run.result;
    assert.equal(reason, "callback");
    assert.equal((await engine.predict(model, state, data.validation)).mean.shape[0], data.validation.length);
  });

  it("stops by a listener's answer, which is on the page", async (test) => {
    const engine = await servedHere(test);
    const heard: string[] = [];
    const { reason, steps } = await engine.fit(model, {
      ...endless,
      onEvent: ({ type }) => void heard.push(type),
      callbacks: [{ stepEnded: ({ step }) => (step === 5 ? "stop" : undefined) }],
    }).result;
    assert.equal(reason, "callback");
    assert.ok(steps >= 5);
    assert.deepEqual([heard[0], heard.at(-1)], ["runStarted", "stopped"]);
  });

  it("hands on a listener's error, with the weights", async (test) => {
    const engine = await servedHere(test);
    const mine = new RangeError("mine");
    const failing = engine.fit(model, {
      ...endless,
      onEvent: ({ type }) => {
        if (type === "stepEnded") throw mine;
      },
    });
    await assert.rejects(failing.result, (error) => error === mine && "values" in (error as object));
  });

  it("aborts by a signal, also one that has aborted already", async (test) => {
    const engine = await servedHere(test);
    const controller = new AbortController();
    const run = engine.fit(model, { ...endless, signal: controller.signal });
    for await (const event of run) if (isStep(event) && event.step === 3) controller.abort();
    assert.equal((await run.result).reason, "interrupted");
    const { reason } = await engine.fit(model, { ...endless, signal: AbortSignal.abort() }).result;
    assert.equal(reason, "interrupted");
  });

  it("predicts while it trains", async (test) => {
    const engine = await servedHere(test);
    const state = model.initialize(1);
    const run = engine.fit(model, endless);
    const reading = run[Symbol.asyncIterator]();
    await reading.next();
    const { mean } = await engine.predict(model, state, data.validation);
    assert.equal(mean.shape[0], data.validation.length);
    await reading.return?.();
    assert.equal((await run.result).reason, "callback");
  });

  it("throws what fit throws: the layer of a NaN, with the weights; misspelt options", async (test) => {
    const engine = await servedHere(test);
    const unbounded = sequential([linear(16), leakyRelu(), linear(2)], { inputShape: [2] });
    const run = engine.fit(unbounded, { ...options, optimizer: { type: "sgd", learningRate: 1e30 }, epochs: 50 });
    const types: string[] = [];
    await assert.rejects(
      async () => {
        for await (const { type } of run) types.push(type);
      },
      (error) => isError("not-finite")(error) && "layer" in (error as GradusError).values,
    );
    assert.equal(types.at(-1), "stopped");
    const { values } = (await run.result.catch((error: unknown) => error)) as GradusError;
    const kept = values.state as Awaited<ReturnType<typeof fit>>["state"];
    assert.ok((await engine.predict(model, kept, data.validation)).mean.data.every(Number.isFinite));
    await assert.rejects(engine.fit(model, { ...options, epoch: 3 } as never).result, isError("unknown-field"));
    await assert.rejects(engine.fit(model, undefined as never).result, isError("bad-argument"));
    await assert.rejects(
      engine.fit({ inputShape: [2], layers: [{ type: "linaer" }] } as never, options).result,
      isError("unknown-field"),
    );
    await assert.rejects(
      engine.fit(model, { ...options, callbacks: [{ epochEnd() {} }] } as never).result,
      isError("unknown-field"),
    );
  });

  it("refuses what cannot reach the worker", async (test) => {
    const engine = await servedHere(test);
    const refused = async (option: object, path: string) =>
      assert.rejects(
        engine.fit(model, { ...options, ...option }).result,
        (error) => isError("bad-argument")(error) && (error as GradusError).values.path === path,
      );
    await refused({ optimizer: { init() {}, update() {} } }, "options.optimizer.init");
    await refused({ probe: { isDue: () => true, measure() {} } }, "options.probe.isDue");
  });

  it("examines: events of progress, findings, a diagnosis", async (test) => {
    const engine = await servedHere(test);
    const how = { loss: "softmaxCrossEntropy", optimizer: "adam", epochs: 2, trial: false, seeds: 1 } as const;
    const run = engine.examine(model, data, how);
    const phases = new Set<string>();
    for await (const { phase } of run) phases.add(phase);
    assert.deepEqual([...phases].slice(0, 3), ["preflight", "runs", "rules"]);
    const { training, runs } = await run.result;
    assert.equal(runs.length, 1);
    assert.equal(training?.data.train, data.train);
    assert.ok(training);
    const heard: string[] = [];
    const again = engine.examineTraining(training, {
      trial: false,
      seeds: 1,
      onProgress: ({ phase }) => void heard.push(phase),
    });
    assert.equal((await again.result).runs.length, 1);
    assert.equal(heard.at(-1), "done");
  });

  it("rejects what is under way when it is disposed of, and what comes later", async (test) => {
    const engine = await servedHere(test);
    const run = engine.fit(model, endless);
    const { result } = run;
    const ended = assert.rejects(result, isError("disposed"));
    engine.dispose();
    await ended;
    await assert.rejects(engine.predict(model, model.initialize(1), data.train), isError("disposed"));
    engine.dispose();
  });

  it("is read once", async (test) => {
    const engine = await servedHere(test);
    const run = engine.fit(model, options);
    const events = run[Symbol.asyncIterator]();
    assert.throws(() => run[Symbol.asyncIterator](), isError("bad-argument"));
    // who took the events has to read them: the training waits for its reader
    while ((await events.next()).done !== true);
    await run.result;
  });
});

describe("a worker that fails", () => {
  it("rejects the connection, or what is under way", async () => {
    /** A worker that answers "opened" when it is asked to, and then fails. */
    const broken = (isOpened: boolean): Port => {
      const target = new EventTarget();
      const send = (data: unknown) => target.dispatchEvent(new MessageEvent("message", { data }));
      const fail = () => target.dispatchEvent(Object.assign(new Event("error"), { message: "out of memory" }));
      const opened = { backend: "wasm", threads: 1, description: "" } as const;
      return {
        addEventListener: (type, listener) => target.addEventListener(type, listener as never),
        removeEventListener: (type, listener) => target.removeEventListener(type, listener as never),
        postMessage: () => queueMicrotask(() => (isOpened ? send(enclose({ type: "opened", opened })) : fail())),
        terminate: fail,
      };
    };
    await assert.rejects(connect(broken(false)), isError("backend-unavailable"));
    const worker = broken(true);
    const engine = await connect(worker);
    const run = engine.fit(model, options);
    worker.terminate?.();
    await assert.rejects(
      run.result,
      (error) => isError("backend-unavailable")(error) && /out of memory/.test(String(error)),
    );
  });

  it("says why its backend does not open", async () => {
    const { port1, port2 } = new MessageChannel();
    const { serve } = await import("../../src/page-worker.ts");
    serve(port2 as unknown as Port);
    await assert.rejects(connect(port1 as unknown as Port, { backend: "avx2" as never }), isError("bad-argument"));
    port2.close();
  });
});
