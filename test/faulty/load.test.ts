import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadMnist } from "../../src/datasets/mnist.ts";
import { fitOptionsOf } from "../../src/doctor/run.ts";
import { drawInitial, type InitConfig } from "../../src/nn/init/init.ts";
import { createModel } from "../../src/nn/model.ts";
import { preparePlan } from "../../src/train/prepare.ts";
import type { Training } from "../../src/train/training.ts";
import { readCase } from "./case.ts";
import { loadTraining } from "./load.ts";
import { CaseFolder, SMALL, XOR } from "./support.ts";

const folder = new CaseFolder();
folder.table("xor.csv", XOR);
after(() => folder.remove());

function load(changes: object): Promise<Training> {
  return loadTraining(readCase(folder.write("case", { ...SMALL, ...changes })));
}

async function layersOf(...model: readonly object[]): Promise<unknown> {
  return (await load({ model })).settings.model.layers;
}

const dense = { type: "dense", units: 2, activation: "linear", kernelInit: "heNormal" };

describe("layers", () => {
  test("dense", async () => {
    assert.deepEqual(await layersOf({ ...dense, activation: "relu", biasInit: "constant(-10)" }), [
      { type: "linear", units: 2, init: { type: "heNormal" }, biasInit: { type: "constant", value: -10 } },
      { type: "relu" },
    ]);
  });

  test("every activation is one of ours; linear is none", async () => {
    const names = ["relu", "elu", "selu", "tanh", "sigmoid", "softmax", "softplus", "softsign", "exponential", "gelu"];
    for (const activation of names) {
      assert.deepEqual(await layersOf({ ...dense, activation }), [
        { type: "linear", units: 2, init: { type: "heNormal" } },
        { type: activation },
      ]);
      assert.deepEqual(await layersOf({ type: activation }), [{ type: activation }]);
    }
    assert.deepEqual(await layersOf(dense), [{ type: "linear", units: 2, init: { type: "heNormal" } }]);
    assert.deepEqual(await layersOf({ type: "leakyRelu", slope: 0.3 }), [{ type: "leakyRelu", slope: 0.3 }]);
  });

  test("convolution, pooling, flattening, dropout, batch normalisation", async () => {
    const kernel = { type: "conv2d", filters: 4, kernel: 5, activation: "relu", kernelInit: "heUniform" };
    assert.deepEqual(
      await layersOf(
        { ...kernel, padding: "same" },
        { type: "maxPool2d", size: 2 },
        kernel,
        { type: "flatten" },
        { type: "dropout", rate: 0.25 },
        { type: "batchNorm" },
      ),
      [
        { type: "conv2d", filters: 4, kernel: 5, padding: "same", init: { type: "heUniform" } },
        { type: "relu" },
        { type: "maxPool2d", window: 2 },
        { type: "conv2d", filters: 4, kernel: 5, padding: "valid", init: { type: "heUniform" } },
        { type: "relu" },
        { type: "flatten" },
        { type: "dropout", rate: 0.25 },
        { type: "batchNorm", epsilon: 1e-3, decay: 0.9, runningVariance: "population" },
      ],
    );
  });

  test("a recurrent layer returns its last state, or all states before another recurrent layer", async () => {
    const rnn = {
      type: "simpleRnn",
      units: 4,
      activation: "relu",
      kernelInit: "glorotUniform",
      recurrentInit: "normal(0.3)",
    };
    const ours = {
      type: "rnn",
      units: 4,
      activation: "relu",
      init: { type: "glorotUniform" },
      recurrentInit: { type: "normal", std: 0.3 },
    };
    assert.deepEqual(await layersOf(rnn), [ours]);
    assert.deepEqual(await layersOf(rnn, rnn), [{ ...ours, returnSequences: true }, ours]);
  });
});

test("initialisers have the standard deviation that cases mean", async () => {
  const deviationOf = async (kernelInit: string): Promise<number> => {
    const { settings } = await load({ model: [{ ...dense, kernelInit }] });
    const { init } = settings.model.layers[0] as { readonly init: InitConfig };
    const { data } = drawInitial(init, [2000, 2], { fanIn: 2, fanOut: 2000 }, 1, "weight");
    return Math.sqrt(Array.from(data).reduce((sum, value) => sum + value ** 2, 0) / data.length);
  };
  const expected = {
    "normal(0.5)": 0.5,
    // N(0, 0.5) truncated to -1 and 1
    "truncatedNormal(0.5)": 0.4398,
    "uniform(0.05)": 0.05 / Math.sqrt(3),
    "constant(0.01)": 0.01,
    "normal(0)": 0,
    zeros: 0,
    ones: 1,
    glorotUniform: Math.sqrt(2 / 2002),
    heNormal: 1,
    lecunNormal: Math.sqrt(1 / 2),
  };
  for (const [spelling, deviation] of Object.entries(expected)) {
    const got = await deviationOf(spelling);
    assert.ok(Math.abs(got - deviation) <= 0.04 * deviation, `${spelling}: ${got}, expected ${deviation}`);
  }
});

test("optimisers have Keras's defaults", async () => {
  const optimizerOf = async (optimizer: object): Promise<object> =>
    (await load({ optimizer: { learningRate: 0.5, ...optimizer } })).settings.optimizer as object;
  const learningRate = 0.5;
  assert.deepEqual(await optimizerOf({ type: "sgd" }), { type: "sgd", learningRate });
  assert.deepEqual(await optimizerOf({ type: "sgd", nesterov: true }), { type: "sgd", learningRate });
  assert.deepEqual(await optimizerOf({ type: "sgd", momentum: 0.9, nesterov: true }), {
    type: "sgd",
    learningRate,
    momentum: 0.9,
    nesterov: true,
  });
  assert.deepEqual(await optimizerOf({ type: "adam" }), {
    type: "adam",
    learningRate,
    epsilon: 1e-7,
    epsilonHat: true,
  });
  assert.deepEqual(await optimizerOf({ type: "rmsprop" }), {
    type: "rmsprop",
    learningRate,
    rho: 0.9,
    epsilon: 1e-7,
    epsilonInside: true,
  });
  assert.deepEqual(await optimizerOf({ type: "adagrad" }), {
    type: "adagrad",
    learningRate,
    initialAccumulator: 0.1,
    epsilon: 1e-7,
    epsilonInside: true,
  });
  assert.deepEqual(await optimizerOf({ type: "adadelta" }), {
    type: "adadelta",
    learningRate,
    rho: 0.95,
    epsilon: 1e-7,
  });
});

test("penalties: one strength, and the layers that differ", async () => {
  const of = async (...l2: readonly (number | undefined)[]) =>
    (await load({ model: l2.map((strength) => ({ ...dense, activation: "relu", l2: strength })) })).settings
      .regularizer;
  assert.equal(await of(undefined, 0), undefined);
  assert.deepEqual(await of(0.1, 0.1), { l2: 0.1 });
  // paths count activations too
  assert.deepEqual(await of(0.1, undefined, 0.1), { l2: 0.1, layers: { "2": { l2: 0 } } });
  assert.deepEqual(await of(0.1, 0.2, 0.2, undefined), { l2: 0.2, layers: { "0": { l2: 0.1 }, "6": { l2: 0 } } });
});

describe("targets", () => {
  folder.table("three.csv", "x0,y0,split\n1,0,train\n2,2,train\n3,1,validation\n");
  folder.table("marks.csv", "x0,y0,y1\n1,0,1\n2,1,1\n");
  folder.table("values.csv", "x0,x1,x2,x3,y0,split\n1,2,3,4,0.5,\n5,6,7,8,-1.5,\n");
  const output = (units: number, activation = "softmax") => [{ ...dense, units, activation }];
  const three = { kind: "csv", file: "data/three.csv", classes: 3 };

  test("cross-entropy takes class indices unchanged", async () => {
    for (const loss of ["categoricalCrossentropy", "sparseCategoricalCrossentropy"]) {
      const { data, settings } = await load({ data: three, model: output(3), loss });
      assert.deepEqual(settings.loss, { type: "categoricalCrossEntropy" });
      assert.deepEqual([data.train.targetKind, data.train.classes, ...data.train.toTargets()], ["labels", 3, 0, 2]);
      assert.deepEqual([...data.validation.toTargets()], [1]);
    }
  });

  test("losses of single numbers take rows with a one at the class", async () => {
    const losses = { binaryCrossentropy: "binaryCrossEntropy", meanSquaredError: "mse", meanAbsoluteError: "mae" };
    for (const [loss, type] of Object.entries(losses)) {
      const { data, settings } = await load({ data: three, model: output(3), loss });
      assert.deepEqual(settings.loss, { type });
      assert.deepEqual([data.train.targetKind, data.train.classes], ["values", 3]);
      assert.deepEqual([...data.train.toTargets()], [1, 0, 0, 0, 0, 1]);
      preparePlan(createModel(settings.model), { ...fitOptionsOf(settings), data });
    }
  });

  test("zeros and ones are a yes or no, unless there are several columns", async () => {
    const { data } = await load({});
    assert.deepEqual([data.train.targetKind, data.train.classes, ...data.train.toTargets()], ["labels", 2, 0, 1, 1]);
    const marks = { kind: "csv", file: "data/marks.csv", multilabel: true };
    const several = await load({ data: marks, model: output(2, "sigmoid") });
    assert.deepEqual([several.data.train.targetKind, several.data.train.targetShape], ["values", [2]]);
    assert.equal(several.data.validation, several.data.train);
  });

  test("softmax of one unit can be trained, as it can in Keras", async () => {
    for (const loss of ["binaryCrossentropy", "categoricalCrossentropy"]) {
      const { data, settings } = await load({ model: output(1), loss });
      preparePlan(createModel(settings.model), { ...fitOptionsOf(settings), data });
    }
  });

  test("values are scaled, rows become sequences", async () => {
    const values = { kind: "csv", file: "data/values.csv", targetScale: 10, steps: 2 };
    const { data } = await load({ data: values, model: output(1, "linear"), loss: "meanSquaredError" });
    assert.deepEqual([data.train.targetShape, data.train.inputShape, ...data.train.toTargets()], [[], [2, 2], 5, -15]);
    assert.deepEqual([...data.train.toArrays().inputs.data], [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("values that are not numbers, classes or integers are kept for the doctor to see", async () => {
    folder.table("gap.csv", "x0,y0\n1,0\n,1\n");
    folder.table("half.csv", "x0,y0\n1,0.5\n2,1\n");
    folder.table("from-one.csv", "x0,y0\n1,1\n2,2\n");
    const classes = (file: string) => ({
      data: { kind: "csv", file, classes: 2 },
      model: output(2),
      loss: "categoricalCrossentropy",
    });
    const gap = await load(classes("data/gap.csv"));
    assert.deepEqual([...gap.data.train.toArrays().inputs.data], [1, Number.NaN]);
    const half = await load(classes("data/half.csv"));
    assert.deepEqual([half.data.train.targetKind, ...half.data.train.toTargets()], ["values", 0.5, 1]);
    const fromOne = await load(classes("data/from-one.csv"));
    assert.deepEqual([fromOne.data.train.targetKind, ...fromOne.data.train.toTargets()], ["labels", 1, 2]);
  });
});

test("digits: the first images, and the ones after them", async () => {
  const { train: all } = await loadMnist();
  const digits = (options: object) =>
    load({ data: { kind: "mnist", train: 3, validation: 2, ...options }, model: [dense] });
  const scaled = (await digits({})).data;
  const labels = Array.from(all.storage.targets.slice(0, 5));
  assert.deepEqual([...scaled.train.toTargets(), ...scaled.validation.toTargets()], labels);
  assert.deepEqual(scaled.train.inputShape, [1, 28, 28]);
  assert.deepEqual(scaled.validation.toArrays().inputs.data, all.subset([3, 4]).toArrays().inputs.data);
  const raw = (await digits({ scale: false, labelDivisor: 255 })).data.train;
  assert.deepEqual(raw.toArrays().inputs.data, Float32Array.from(all.storage.inputs.slice(0, 3 * 784)));
  assert.deepEqual(
    raw.toTargets(),
    Float32Array.from(labels.slice(0, 3), (label) => label / 255),
  );
});

describe("faults in a file are named", () => {
  const refused = (title: string, content: object | string, code: string, message: RegExp) =>
    test(title, async () => {
      const loading = async () => loadTraining(readCase(folder.write("bad", content)));
      await assert.rejects(loading, { code, message });
    });
  refused("text", "{", "bad-data", /not JSON/);
  refused("another schema", { ...SMALL, schema: "x" }, "bad-data", /faulty-case\/1/);
  refused(
    "no epochs",
    { ...SMALL, epochs: undefined },
    "bad-argument",
    /epochs must be an integer of at least 1, got nothing/,
  );
  refused("a loss", { ...SMALL, loss: "hinge" }, "bad-argument", /loss must be "binaryCrossentropy" or .*"hinge"/);
  refused("no layers", { ...SMALL, model: [] }, "bad-argument", /expected a list of layers/);
  refused("a layer", { ...SMALL, model: [{ type: "dens" }] }, "unknown-field", /model\.0.*"dens".*dense/);
  refused("a field", { ...SMALL, model: [{ ...dense, unit: 3 }] }, "unknown-field", /unit/);
  refused(
    "an activation",
    { ...SMALL, model: [{ ...dense, activation: "rel" }] },
    "bad-argument",
    /"linear" or "relu"/,
  );
  refused(
    "an initialiser",
    { ...SMALL, model: [{ ...dense, kernelInit: "normal" }] },
    "bad-argument",
    /normal\(number\)/,
  );
  refused(
    "an optimiser",
    { ...SMALL, optimizer: { type: "adam" } },
    "bad-argument",
    /learningRate must be .*got nothing/,
  );
  refused("a source", { ...SMALL, data: { kind: "sql" } }, "bad-argument", /one of csv, mnist, got "sql"/);
  refused("no file", { ...SMALL, data: { kind: "csv", file: "data/none.csv" } }, "file-not-found", /none\.csv/);
  refused("steps", { ...SMALL, data: { ...SMALL.data, steps: 3 } }, "bad-argument", /2 columns .* 3 steps/);
  refused(
    "a word",
    { ...SMALL, expect: { ...SMALL.expect, problems: ["flu"] } },
    "bad-data",
    /expected a list of vanishing/,
  );
  folder.table("ragged.csv", "x0,y0\n1\n");
  refused("a row", { ...SMALL, data: { kind: "csv", file: "data/ragged.csv" } }, "bad-data", /line 2 has 1 cells/);
  folder.table("columns.csv", "a,b\n1,2\n");
  refused("columns", { ...SMALL, data: { kind: "csv", file: "data/columns.csv" } }, "bad-data", /columns x0/);
});

const SHARED = fileURLToPath(new URL("../../../shared/faulty/cases", import.meta.url));
test("the shared cases can be trained", {
  skip: existsSync(SHARED) ? false : "there is no shared folder beside this clone",
}, async () => {
  const files = readdirSync(SHARED);
  assert.ok(files.length >= 28);
  for (const file of files) {
    const { settings, data } = await loadTraining(readCase(join(SHARED, file)));
    preparePlan(createModel(settings.model), { ...fitOptionsOf(settings), data });
  }
});
