import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { type Tree, treeLeaves } from "../../src/core/tree.ts";
import { type Backend, isSyncBackend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { CompiledStep, compile, DeviceState } from "../../src/tensor/compile.ts";
import { tensor, zeros } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import { fit } from "../../src/train/fit.ts";
import { predict } from "../../src/train/predict.ts";
import { createPredictor } from "../../src/train/predictor.ts";
import { takeCensus } from "../../src/watch/census.ts";
import { classifier, clouds, failsWith, tiny } from "../train/tiny.ts";
import { createLaterBackend } from "./later-backend.ts";

const now = createReferenceBackend();
const later = createLaterBackend();

type State = { readonly w: Tensor };
type Batch = { readonly x: Tensor };

const row = (...values: readonly number[]): HostArray => ({
  shape: [values.length],
  dtype: "float32",
  data: Float64Array.from(values),
});

/** w <- w + x; what w was */
const counter = (backend: Backend): Promise<CompiledStep<State, Batch, { readonly old: Tensor }>> =>
  compile(({ w }: State, { x }: Batch) => ({ outputs: { old: w }, state: { w: w.add(x.sum()) } }), {
    state: { w: zeros([2]) },
    backend,
  });

async function valuesOf(tree: unknown): Promise<readonly (readonly [string, readonly number[]])[]> {
  const leaves = treeLeaves(tree as Tree<Tensor | HostArray>);
  return Promise.all(
    leaves.map(
      async ({ path, leaf }) =>
        [
          path,
          [
            ...("dtype" in leaf && "data" in leaf && typeof leaf.data !== "function"
              ? leaf.data
              : await (leaf as Tensor).data()),
          ],
        ] as const,
    ),
  );
}

test("a backend whose answers come later is no synchronous one", () => {
  assert.equal(isSyncBackend(now), true);
  assert.equal(isSyncBackend(later), false);
});

test("training, evaluation, prediction and the census have the values of the same backend at once", async () => {
  const model = classifier([{ type: "linear", units: 5 }, { type: "batchNorm" }, { type: "dropout", rate: 0.3 }]);
  const [data, validation] = [clouds(24), clouds(9)];
  const whole = async (backend: Backend) => {
    const result = await fit(model, {
      ...tiny,
      backend,
      data: { train: data, validation },
      epochs: 3,
      batchSize: 10,
      earlyStopping: { patience: 1 },
      gradientNorms: { every: 2 },
    });
    const { state } = result;
    const settings = {
      model: model.config,
      loss: tiny.loss,
      optimizer: { type: "sgd" },
      epochs: 1,
      batchSize: 8,
      seed: 3,
    };
    return {
      history: result.history.map(({ train, validation: measured }) => ({ train, measured })),
      state: await valuesOf({ parameters: state.parameters, buffers: state.buffers }),
      metrics: await evaluate(model, state, validation, { loss: tiny.loss, backend, batchSize: 4 }),
      predicted: await predict(model, state, validation, { backend, batchSize: 4 }),
      sampled: await predict(model, state, validation, { backend, samples: 5, seed: 2 }),
      census: await takeCensus({ settings: settings as never, data: { train: data, validation } }, model, state, {
        step: 0,
        backend,
      }),
    };
  };
  const before = later.waits;
  assert.deepEqual(await whole(later), await whole(now));
  assert.ok(later.waits - before > 30, "the work was queued");
});

test("a run that becomes NaN is found and explained", async () => {
  const model = classifier([{ type: "linear", units: 4 }, { type: "relu" }]);
  const failing = (backend: Backend) =>
    failsWith("not-finite", () =>
      fit(model, { ...tiny, backend, data: clouds(24), optimizer: { type: "sgd", learningRate: 1e150 } }),
    );
  const [expected, error] = [await failing(now), await failing(later)];
  assert.equal(error.message, expected.message);
  assert.deepEqual(
    await valuesOf((error.values.state as { readonly parameters: unknown }).parameters),
    await valuesOf((expected.values.state as { readonly parameters: unknown }).parameters),
  );
});

test("states, steps and tensors", async () => {
  const w = tensor([1, 2]).mul(3);
  const state = await DeviceState.create({ w, k: tensor([5]) }, later);
  assert.deepEqual(await valuesOf(await state.read()), [["w", [3, 6]], ["k", [5]]]); // biome-ignore format: a row
  state.write({ w: row(7, 8), k: row(9) });
  assert.deepEqual(await valuesOf(await state.read()), [["w", [7, 8]], ["k", [9]]]); // biome-ignore format: a row
  state.dispose();
  await assert.rejects(state.read(), { code: "disposed" });

  const step = await counter(later);
  await step.run({ x: row(1) });
  // in the order of the calls, and of what the arrays held then
  const x = row(2);
  const pending = [step.run({ x })];
  x.data[0] = 100;
  pending.push(step.run({ x: row(3) }));
  const read = step.state.read();
  pending.push(step.run({ x: row(50) }));
  const seen = (await Promise.all(pending)).map(({ old }) => old.data[0]);
  assert.deepEqual(seen, [1, 3, 6]);
  assert.deepEqual([...(await read).w.data], [6, 6], "as it was when it was asked for");
  assert.deepEqual([...(await step.state.read()).w.data], [56, 56]);
});

test("calls that come while a program is compiled wait for the same one", async () => {
  const step = await counter(later);
  await Promise.all([step.run({ x: row(1) }), step.run({ x: row(2) }), step.run({ x: row(1, 1) })]);
  assert.equal(step.compilations, 2);
  assert.deepEqual([...(await step.state.read()).w.data], [5, 5]);
});

test("a program that does not compile is tried again", async () => {
  let fails = true;
  const refuses: Backend = {
    ...later,
    compile: (graph, states) => (fails ? Promise.reject(new Error("no memory")) : later.compile(graph, states)),
  };
  const step = new CompiledStep<State, Batch, { y: Tensor }>(
    ({ w }, { x }) => ({ outputs: { y: w.add(x) } }),
    await DeviceState.create<State>({ w: tensor([1]) as Tensor }, later).then((state) =>
      Object.defineProperty(state, "backend", { value: refuses }),
    ),
  );
  await assert.rejects(step.run({ x: row(1) }), /no memory/);
  fails = false;
  assert.deepEqual([...(await step.run({ x: row(1) })).y.data], [2]);
});

test("what needs an answer at once says that there is none", async () => {
  const step = await counter(later);
  assert.throws(() => step.runSync({ x: row(1) }), { code: "backend-unavailable", message: /await step\.run/ });
  await step.run({ x: row(1) });
  assert.throws(() => step.runSync({ x: row(1) }), { code: "backend-unavailable" });
  assert.deepEqual([...(await step.state.read()).w.data], [1, 1], "nothing was run");
});

test("a predictor answers later, with the same values", async () => {
  const model = classifier();
  const state = model.initialize(4);
  const { inputs } = clouds(7).toArrays();
  using predictor = await createPredictor(model, state, { backend: later, batchSize: 4 });
  const { mean } = await predict(model, state, inputs, { backend: now });
  const data = inputs.data.slice();
  const pending = predictor.predict({ ...inputs, data });
  data.fill(0);
  assert.deepEqual(await pending, mean, "the rows as they were given");
  assert.throws(() => predictor.run(inputs), { code: "backend-unavailable", message: /await predictor\.predict/ });
});
