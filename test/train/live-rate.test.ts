import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { GradusError } from "../../src/core/errors.ts";
import { treeLeaves } from "../../src/core/tree.ts";
import { blobs } from "../../src/data/synthetic/blobs.ts";
import { linear, relu } from "../../src/nn/construct.ts";
import { createModel } from "../../src/nn/model.ts";
import { sgd } from "../../src/optim/sgd.ts";
import type { ListenerAnswer, StepEnded } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import { trainingEvents } from "../../src/train/loop.ts";
import type { FitOptions } from "../../src/train/options.ts";

const model = createModel({ inputShape: [2], layers: [linear(8), relu(), linear(3)] });
const options = {
  data: blobs({ samples: 60 }),
  loss: "softmaxCrossEntropy",
  optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9 },
  batchSize: 20,
  epochs: 4,
  backend: "wasm",
  threads: 1,
} satisfies FitOptions;

/** The steps of a run whose reader answers after some of them. */
async function steps(given: FitOptions, answers: Readonly<Record<number, ListenerAnswer>>): Promise<StepEnded[]> {
  const ended: StepEnded[] = [];
  const onEvent = (event: { readonly type: string }): ListenerAnswer => {
    if (event.type !== "stepEnded") return undefined;
    ended.push(event as StepEnded);
    return answers[ended.length];
  };
  await fit(model, { ...given, onEvent });
  return ended;
}

const ratesOf = (ended: readonly StepEnded[]) => ended.map(({ learningRate }) => learningRate);

test("a listener changes the rate from the next step on", async () => {
  const ended = await steps(options, { 3: { learningRate: 0.01 }, 5: { learningRate: 0.5 } });
  const rates = ratesOf(ended);
  assert.deepEqual(rates, [0.1, 0.1, 0.1, 0.01, 0.01, ...new Array<number>(7).fill(0.5)]);
});

test("moments stay: the same rate again changes no bit, and another takes the momentum along", async () => {
  const plain = await steps(options, {});
  const same = await steps(options, { 3: { learningRate: 0.1 } });
  assert.deepEqual(
    same.map(({ loss }) => loss),
    plain.map(({ loss }) => loss),
  );
  const slower = await steps(options, { 3: { learningRate: 0.01 } });
  assert.deepEqual(
    slower.slice(0, 4).map(({ loss }) => loss),
    plain.slice(0, 4).map(({ loss }) => loss),
  );
  assert.notEqual(slower[4]?.loss, plain[4]?.loss);
});

test("a schedule is scaled as a whole", async () => {
  const scheduled = { ...options, schedule: "cosine" } satisfies FitOptions;
  const plain = ratesOf(await steps(scheduled, {})) as number[];
  const changed = ratesOf(await steps(scheduled, { 4: { learningRate: (plain[3] as number) / 2 } })) as number[];
  assert.deepEqual(changed.slice(0, 4), plain.slice(0, 4));
  for (const [index, rate] of changed.entries()) {
    if (index >= 4) assert.ok(Math.abs(rate - (plain[index] as number) / 2) < 1e-12);
  }
});

test("the answer to the first event holds for the first step", async () => {
  const events = trainingEvents(model, options);
  await events.next();
  await events.next({ learningRate: 0.25 });
  const { value } = await events.next();
  assert.equal((value as StepEnded).learningRate, 0.25);
  await events.return(undefined as never);
});

test("the search for the first bad value repeats the changed rates", async () => {
  const failing = steps({ ...options, clip: undefined }, { 2: { learningRate: 1e38 } });
  await assert.rejects(failing, (error) => {
    assert.ok(error instanceof GradusError && error.code === "not-finite", String(error));
    // the weights of step 3 are huge, but finite
    assert.equal(error.values.step, 4);
    return true;
  });
});

test("what a listener returns besides answers is ignored", async () => {
  const seen: unknown[] = [];
  const { steps: done } = await fit(model, { ...options, onEvent: (event) => void seen.push(event) });
  const odd = await fit(model, { ...options, onEvent: ((event: unknown) => seen.push(event)) as never });
  assert.equal(odd.steps, done);
});

test("bad rates, and optimisers that keep their own, are refused with the weights", async () => {
  const isRefused = (error: unknown) => {
    assert.ok(error instanceof GradusError && error.code === "bad-argument", String(error));
    assert.ok("state" in error.values);
    return true;
  };
  for (const learningRate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "fast" as unknown as number])
    await assert.rejects(steps(options, { 1: { learningRate } }), isRefused);
  const { init, update } = sgd({ learningRate: 0.1 });
  await assert.rejects(steps({ ...options, optimizer: { init, update } }, { 1: { learningRate: 0.1 } }), isRefused);
});

test("state() reads the weights between two events", async () => {
  const events = trainingEvents(model, options);
  const isDisposed = (error: unknown) => error instanceof GradusError && error.code === "disposed";
  await assert.rejects(events.state(), isDisposed);
  await events.next();
  const first = await events.state();
  assert.deepEqual(await numbers(first.parameters), await numbers(model.initialize(0).parameters));
  let last: unknown;
  for (;;) {
    const next = await events.next();
    if (next.done) {
      assert.deepEqual(await numbers(next.value.state.parameters), last);
      break;
    }
    if (next.value.type === "epochEnded") last = await numbers((await events.state()).parameters);
  }
  await assert.rejects(events.state(), isDisposed);
});

async function numbers(tree: Parameters<typeof treeLeaves>[0]): Promise<readonly (readonly number[])[]> {
  const leaves = treeLeaves(tree) as { readonly leaf: { array(): Promise<HostArray> } }[];
  return Promise.all(leaves.map(async ({ leaf }) => Array.from((await leaf.array()).data, Math.fround)));
}
