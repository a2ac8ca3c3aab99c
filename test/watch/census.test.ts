import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { mapTree } from "../../src/core/tree.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { computeLoss } from "../../src/nn/losses/losses.ts";
import { createModel } from "../../src/nn/model.ts";
import type { ModelState } from "../../src/nn/state.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { tensor } from "../../src/tensor/create.ts";
import { randomKey } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { Settings } from "../../src/train/training.ts";
import { takeCensus } from "../../src/watch/census.ts";
import type { Census, LayerCensus } from "../../src/watch/record.ts";
import { compiledBackends } from "../engine/backends.ts";
import { clouds } from "../train/tiny.ts";

const reference = createReferenceBackend();

/** The values of a tensor, by definition. */
function valuesOf({ node }: Tensor): HostArray {
  return reference.compileNow({ inputs: [], states: [], outputs: [node] }, []).run([])[0] as HostArray;
}

interface Subject {
  readonly layers: readonly LayerInput[];
  readonly data: Dataset;
  readonly inputShape?: readonly number[];
  readonly loss?: Settings["loss"];
  /** Replaces single arrays of the initial state, by path. */
  readonly change?: Readonly<Record<string, (values: number[]) => number[]>>;
}

function prepare({
  layers,
  data,
  inputShape = data.inputShape,
  loss = { type: "softmaxCrossEntropy" },
  change = {},
}: Subject) {
  const model = createModel({ inputShape, layers });
  const first = model.initialize(3);
  const state = {
    ...first,
    parameters: mapTree(first.parameters, (leaf: Tensor, path) => {
      const replace = change[path];
      if (replace === undefined) return leaf;
      const { data: values, shape } = valuesOf(leaf);
      return tensor({ data: Float32Array.from(replace([...values])), shape, dtype: "float32" });
    }),
  } as ModelState;
  const settings: Settings = {
    model: model.config,
    loss,
    optimizer: { type: "sgd", learningRate: 0.1 },
    epochs: 1,
    batchSize: 8,
    seed: 3,
  };
  const numbers = (given: Tensor) => [...valuesOf(given).data];
  const { inputs, targets } = data.reshape(inputShape).toArrays();
  /** The plain network: `shift` is added to the output of one layer, or to the input. */
  const apply = (path?: string, shift: readonly number[] = []) => {
    const shifted = (y: Tensor) => y.add(tensor({ data: Float32Array.from(shift), shape: y.shape, dtype: "float32" }));
    const x = tensor(inputs);
    return model.apply(state, path === "input" ? shifted(x) : x, {
      training: true,
      stochastic: false,
      key: randomKey(0),
      tap: (at, y) => (at === path ? shifted(y) : y),
    });
  };
  return {
    model,
    state,
    settings,
    lossAt: (path?: string, shift?: readonly number[]) =>
      numbers(computeLoss(loss, apply(path, shift).output, tensor(targets)))[0] as number,
    outputOf: (path: string) => numbers(apply().activations.get(path) as Tensor),
    look: (backend: Backend = reference): Promise<Census> =>
      takeCensus({ settings, data: { train: data, validation: data } }, model, state, { step: 7, backend }),
  };
}

type Prepared = ReturnType<typeof prepare>;

/** dL/d(every element of an output, or of the input), by central differences. */
function slopes({ lossAt }: Prepared, path: string, size: number): readonly number[] {
  const step = 2 ** -10;
  return Array.from({ length: size }, (_, at) => {
    const shift = Array.from({ length: size }, (_, index) => (index === at ? step : 0));
    return (
      (lossAt(path, shift) -
        lossAt(
          path,
          shift.map((value) => -value),
        )) /
      (2 * step)
    );
  });
}

const near = (actual: number | undefined, expected: number, what: string, share = 1e-4) =>
  assert.ok(
    Math.abs((actual ?? Number.NaN) - expected) <= share * (Math.abs(expected) + 1e-3),
    `${what}: ${actual}, by hand ${expected}`,
  );
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const varianceOf = (values: readonly number[]) => meanOf(values.map((value) => (value - meanOf(values)) ** 2));
const layerAt = ({ layers }: Census, path: string) => layers.find((layer) => layer.path === path) as LayerCensus;

const TWO_KINDS: Subject = {
  data: clouds(24),
  layers: [
    // units that no point reaches
    { type: "linear", units: 6, biasInit: { type: "constant", value: -4 } },
    { type: "relu" },
    { type: "linear", units: 5 },
    { type: "tanh" },
    { type: "linear", units: 3 },
  ],
};

for (const backend of [reference, ...compiledBackends({ threads: 1 })]) {
  test(`facts about outputs, by hand: ${backend.name}`, async () => {
    const subject = prepare(TWO_KINDS);
    const census = await subject.look(backend);
    assert.deepEqual([census.step, census.samples], [7, 24]);
    near(census.loss, subject.lossAt(), "loss");
    assert.deepEqual(
      census.layers.map(({ path, type, isActivation, hasParameters }) => [path, type, isActivation, hasParameters]),
      [
        ["0", "linear", false, true],
        ["1", "relu", true, false],
        ["2", "linear", false, true],
        ["3", "tanh", true, false],
        ["4", "linear", false, true],
      ],
    );
    for (const { path, outputShape } of subject.model.layers) {
      const layer = layerAt(census, path);
      const values = subject.outputOf(path);
      const units = outputShape[0] as number;
      const columns = Array.from({ length: units }, (_, unit) => values.filter((_, at) => at % units === unit));
      near(layer.mean, meanOf(values), `mean of ${path}`);
      near(layer.variance, varianceOf(values), `variance of ${path}`);
      near(layer.zeros, values.filter((value) => value === 0).length / values.length, `zeros of ${path}`);
      near(layer.dead, columns.filter((own) => own.every((value) => value === 0)).length / units, `dead of ${path}`);
      const between = columns.reduce((sum, own) => sum + varianceOf(own), 0);
      const squares = columns.reduce((sum, own) => sum + meanOf(own.map((value) => value ** 2)), 0);
      near(layer.distinct, between / squares, `distinct of ${path}`);
    }
    const tanh = subject.outputOf("3");
    near(
      layerAt(census, "3").saturated,
      tanh.filter((value) => Math.abs(value) >= 0.98).length / tanh.length,
      "saturated",
    );
    assert.equal(layerAt(census, "4").saturated, undefined);
    // the case is not trivial
    const { dead, zeros } = layerAt(census, "1");
    assert.ok(dead > 0 && dead < 1 && zeros > dead && zeros < 1, `dead ${dead}, zeros ${zeros}`);
  });

  test(`gradients of outputs and weights against differences: ${backend.name}`, async () => {
    const subject = prepare({ ...TWO_KINDS, data: clouds(12) });
    const census = await subject.look(backend);
    for (const { path, outputShape } of subject.model.layers) {
      const found = slopes(subject, path, 12 * (outputShape[0] as number));
      near(layerAt(census, path).outputGradientNorm, Math.hypot(...found), `norm at ${path}`, 2e-3);
      near(layerAt(census, path).outputGradientVariance, varianceOf(found), `variance at ${path}`, 5e-3);
    }
    // the gradient of a linear layer's weight and bias, from that of its output:  dW = d^T x,  db = sum d
    const given = slopes(subject, "4", 36);
    const x = subject.outputOf("3");
    const rows = Array.from({ length: 12 }, (_, row) => row);
    const weight = Array.from({ length: 15 }, (_, at) =>
      rows.reduce(
        (sum, row) => sum + (given[3 * row + Math.floor(at / 5)] as number) * (x[5 * row + (at % 5)] as number),
        0,
      ),
    );
    const bias = [0, 1, 2].map((unit) => rows.reduce((sum, row) => sum + (given[3 * row + unit] as number), 0));
    near(layerAt(census, "4").gradientNorm, Math.hypot(...weight, ...bias), "gradient of 4", 2e-3);
    assert.equal(layerAt(census, "3").gradientNorm, undefined);
  });

  test(`dL/d(input) of each step of a sequence against differences: ${backend.name}`, async () => {
    const [samples, times, features] = [5, 4, 2];
    const data = fromArrays({
      inputs: Array.from({ length: samples }, (_, n) =>
        Array.from({ length: times * features }, (_, at) => Math.sin(3 * n + 1.7 * at)),
      ),
      targets: Array.from({ length: samples }, (_, n) => [Math.cos(n)]),
    });
    const layers: readonly LayerInput[] = [
      { type: "rnn", units: 3, returnSequences: true },
      { type: "rnn", units: 4 },
      { type: "linear", units: 1 },
    ];
    const subject = prepare({ layers, data, inputShape: [times, features], loss: { type: "mse" } });
    const census = await subject.look(backend);
    for (const [path, given, width] of [
      ["0", "input", features],
      ["1", "0", 3],
    ] as const) {
      const found = slopes(subject, given, samples * times * width);
      const byTime = Array.from({ length: times }, (_, time) =>
        Math.hypot(...found.filter((_, at) => Math.floor(at / width) % times === time)),
      );
      const { throughTime = [], isActivation } = layerAt(census, path);
      assert.ok(isActivation);
      assert.equal(throughTime.length, times);
      byTime.forEach((norm, time) => near(throughTime[time], norm, `layer ${path}, time ${time}`, 2e-3));
    }
    assert.equal(layerAt(census, "2").throughTime, undefined);
  });
}

test("a histogram counts every finite value, in equally wide bins from the smallest to the largest", async () => {
  const subject = prepare(TWO_KINDS);
  const census = await subject.look();
  const values = subject.outputOf("2");
  const { low, high, counts } = layerAt(census, "2").histogram;
  near(low, Math.min(...values), "low");
  near(high, Math.max(...values), "high");
  const bin = (value: number) =>
    Math.min(counts.length - 1, Math.floor((counts.length * (value - low)) / (high - low)));
  const expected = counts.map((_, index) => values.filter((value) => bin(value) === index).length);
  assert.deepEqual(counts, expected);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    values.length,
  );
  // nothing to distinguish
  const flat = prepare({
    ...TWO_KINDS,
    change: { "2.weight": (all) => all.map(() => 0), "2.bias": (all) => all.map(() => 0.5) },
  });
  const constant = layerAt(await flat.look(), "2");
  assert.deepEqual([constant.mean, constant.variance, constant.distinct], [0.5, 0, 0]);
  assert.equal(
    constant.histogram.counts.reduce((sum, count) => sum + count, 0),
    24 * 5,
  );
});

test("weights: norm, deviation, and units whose incoming weights equal another's", async () => {
  // rows 0, 3 and 5 are equal except for the rounding of single precision, and so are 1 and 2
  const rows = [
    [1, 2],
    [-3, 0.5],
    [-3, 0.5],
    [1, 2 + 1e-6],
    [0.25, 4],
    [1, 2],
  ];
  const weight = rows.flat();
  const subject = prepare({ ...TWO_KINDS, change: { "0.weight": () => weight } });
  const { weightNorm, weightDeviation, twins } = layerAt(await subject.look(), "0");
  near(twins, 5 / 6, "twins");
  near(weightDeviation, Math.sqrt(varianceOf(weight)), "deviation");
  near(weightNorm, Math.hypot(...weight, ...new Array<number>(6).fill(-4)), "norm");
  const others = layerAt(await subject.look(), "2");
  assert.equal(others.twins, 0);
  const activation = layerAt(await subject.look(), "1");
  assert.deepEqual(
    [activation.weightNorm, activation.weightDeviation, activation.twins],
    [undefined, undefined, undefined],
  );
});

test("units of pictures are channels: a dead one is a third of three", async () => {
  const inputs = Array.from({ length: 6 }, (_, n) => Array.from({ length: 16 }, (_, at) => Math.sin(n + at)));
  const layers: readonly LayerInput[] = [
    { type: "conv2d", filters: 3, kernel: 3, padding: "same" },
    { type: "relu" },
    { type: "flatten" },
    { type: "linear", units: 2 },
  ];
  const silence = (bias: number[]) => bias.map((value, channel) => (channel === 1 ? -100 : value + 0.1));
  const flat = fromArrays({ inputs, targets: [0, 1, 0, 1, 0, 1], classes: 2 });
  const subject = { layers, data: flat, inputShape: [1, 4, 4], change: { "0.bias": silence } };
  const census = await prepare(subject).look();
  near(layerAt(census, "1").dead, 1 / 3, "dead");
  assert.ok(layerAt(census, "1").zeros >= 1 / 3);
  const found = slopes(prepare(subject), "1", 6 * 3 * 16);
  near(layerAt(census, "1").outputGradientNorm, Math.hypot(...found), "norm", 2e-3);
  // layers that only reshape are skipped
  assert.deepEqual(
    census.layers.map(({ path }) => path),
    ["0", "1", "3"],
  );
  // this model treats rows of 16 numbers as pictures, with the same result as for pictures
  assert.deepEqual(await prepare({ ...subject, data: flat.reshape([1, 4, 4]) }).look(), census);
});

test("weights that are not finite are reported, not thrown", async () => {
  const [nan, infinite] = await Promise.all(
    [Number.NaN, Infinity].map((bad) =>
      prepare({
        ...TWO_KINDS,
        change: { "2.weight": (values) => values.map((value, at) => (at === 0 ? bad : value)) },
      }).look(),
    ),
  );
  for (const census of [nan, infinite] as readonly Census[]) {
    assert.ok(!Number.isFinite(census.loss));
    const { mean, histogram, weightNorm, twins } = layerAt(census, "2");
    assert.ok(!Number.isFinite(mean) && !Number.isFinite(weightNorm));
    // finite units are still counted
    assert.equal(histogram.counts.reduce((sum, count) => sum + count, 0) > 0, true);
    assert.equal(twins, 0);
    // the layers below are unaffected
    assert.ok(Number.isFinite(layerAt(census, "1").mean) && layerAt(census, "1").variance > 0);
    assert.ok(Number.isNaN(layerAt(census, "0").outputGradientNorm));
  }
});

test("dropout is off, and samples beyond the limit are left out", async () => {
  const [linear, relu, ...rest] = TWO_KINDS.layers as [LayerInput, LayerInput, ...LayerInput[]];
  const data = clouds(40);
  const plain = prepare({ ...TWO_KINDS, data });
  const dropping = prepare({ data, layers: [linear, relu, { type: "dropout", rate: 0.9 }, ...rest] });
  const { model, settings, state } = plain;
  const training = { settings, data: { train: data, validation: data } };
  const some = await takeCensus(training, model, state, { step: 0, backend: reference, samples: 10 });
  assert.equal(some.samples, 10);
  assert.deepEqual(await takeCensus(training, model, state, { step: 0, backend: reference, samples: 10 }), some);
  const [with_, without] = [layerAt(await dropping.look(), "1"), layerAt(await plain.look(), "1")];
  near(with_.mean, without.mean, "mean");
  assert.equal(layerAt(await dropping.look(), "2"), undefined);
});
