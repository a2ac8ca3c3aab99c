import assert from "node:assert/strict";
import { test } from "node:test";
import { mapTree } from "../../src/core/tree.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { createModel } from "../../src/nn/model.ts";
import type { ModelState } from "../../src/nn/state.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import { compiledBackends } from "../engine/backends.ts";
import { classifier, clouds, failsWith, line, tiny, valuesOf } from "./tiny.ts";

const isFiniteState = async (state: ModelState) => [...(await valuesOf(state)).values()].flat().every(Number.isFinite);

test("a diverging run stops, names the step, and returns the weights from before it", async () => {
  const events: TrainEvent[] = [];
  const error = await failsWith("not-finite", () =>
    fit(createModel({ inputShape: [2], layers: [{ type: "linear", units: 1 }] }), {
      ...tiny,
      loss: "mse",
      optimizer: { type: "sgd", learningRate: 1e60 },
      data: line(),
      epochs: 40,
      onEvent: (event) => void events.push(event),
    }),
  );
  const { step, epoch, layer, tensor, state } = error.values;
  const last = events.at(-1);
  assert.ok(last?.type === "stopped" && last.reason === "not-finite" && last.step === step);
  assert.equal(events.filter(({ type }) => type === "stepEnded").length, (step as number) - 1);
  assert.equal(epoch, Math.ceil((step as number) / 2));
  // a factor of 1e60 per step in float64: the squared error overflows before the weight
  assert.deepEqual([layer, tensor], [undefined, "loss"]);
  assert.ok(await isFiniteState(state as ModelState));
});

test("an activation that overflows is named by layer", async () => {
  const model = createModel({
    inputShape: [2],
    layers: [
      { type: "linear", units: 3, init: { type: "constant", value: 400 } },
      { type: "exponential" },
      { type: "linear", units: 3 },
    ],
  });
  const data = fromArrays({
    inputs: [
      [0.1, 0.1],
      [-3, -3],
      [2, 2],
      [0, 0],
    ],
    targets: [0, 1, 2, 0],
    classes: 3,
  });
  const error = await failsWith("not-finite", () => fit(model, { ...tiny, data, shuffle: false, batchSize: 2 }));
  assert.deepEqual(
    [
      error.values.step,
      error.values.epoch,
      error.values.layer,
      error.values.tensor,
      error.values.count,
      error.values.size,
    ],
    [2, 1, "1", "output", 3, 6],
  );
  assert.match(error.message, /step 2 .*output of layers\.1 \(exponential\)/);
});

test("a gradient that overflows while the loss is finite is named by its parameter", async () => {
  // |w1 w0 x| = 1e290, but d/dw0 = w1 x = 1e320
  const model = createModel({
    inputShape: [1],
    layers: [
      { type: "linear", units: 1, bias: false, init: { type: "constant", value: 1e-30 } },
      { type: "linear", units: 1, bias: false, init: { type: "constant", value: 1e290 } },
    ],
  });
  const data = fromArrays({ inputs: [[1e30]], targets: [[0]] });
  const error = await failsWith("not-finite", () =>
    fit(model, { ...tiny, loss: "mae", data, epochs: 1, optimizer: { type: "sgd", learningRate: 0.1 } }),
  );
  assert.deepEqual([error.values.step, error.values.layer, error.values.tensor], [1, "0", "gradient of weight"]);
});

test("a bad weight that the loss does not show is found", async () => {
  // one step only: the loss is computed before the update that overflows, and no step follows
  const model = createModel({ inputShape: [2], layers: [{ type: "linear", units: 1 }] });
  const error = await failsWith("not-finite", () =>
    fit(model, {
      ...tiny,
      loss: "mae",
      data: line(),
      epochs: 1,
      batchSize: 64,
      optimizer: {
        init: () => ({}),
        update: (gradients) => ({ updates: mapTree(gradients, (g) => g.mul(1e308).mul(1e308)), state: {} }),
      },
    }),
  );
  assert.equal(error.values.layer, "0");
  assert.match(String(error.values.tensor), /^updated /);
});

test("a moment that overflows stops its weight for good, and is a failure", async () => {
  // the square of 2e24 is beyond float32: Adam divides by its root, and never moves again
  const model = createModel({ inputShape: [1], layers: [{ type: "linear", units: 1, bias: false }] });
  const data = fromArrays({ inputs: [[2e24]], targets: [[0]] });
  const settings = { ...tiny, loss: "mae", data, epochs: 2, optimizer: { type: "adam", learningRate: 0.1 } } as const;
  for (const backend of compiledBackends({ threads: 1 })) {
    const error = await failsWith("not-finite", () => fit(model, { ...settings, backend }));
    assert.deepEqual([error.values.step, error.values.tensor], [1, "optimizer's second.0.weight"], backend.description);
    assert.ok(await isFiniteState(error.values.state as ModelState));
    const clipped = await fit(model, { ...settings, backend, clip: { type: "globalNorm", maxNorm: 1 } });
    assert.equal(clipped.reason, "finished");
  }
});

test("training can continue from the last finite weights, more carefully", async () => {
  const model = classifier([{ type: "linear", units: 4 }, { type: "relu" }]);
  const wild = { ...tiny, loss: "mse", data: oneHot(), optimizer: { type: "sgd", learningRate: 1e100 } } as const;
  const { values } = await failsWith("not-finite", () => fit(model, { ...wild, epochs: 50 }));
  assert.ok(await isFiniteState(values.state as ModelState));
});

function oneHot() {
  const data = clouds(12);
  const { inputs, targets } = data.toArrays();
  const rows = Array.from(targets.data, (label) => [0, 1, 2].map((each) => (each === label ? 1 : 0)));
  return fromArrays({ inputs: inputs.data as Float32Array, inputShape: [2], targets: rows });
}
