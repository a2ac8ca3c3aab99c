import assert from "node:assert/strict";
import { test } from "node:test";
import type { LayerInput } from "../../../src/nn/layers.ts";
import { createModel } from "../../../src/nn/model.ts";
import type { Backend } from "../../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../../src/runtime/reference/interpreter.ts";
import { tensor } from "../../../src/tensor/create.ts";
import { fit } from "../../../src/train/fit.ts";
import { createLayerProbe, toReading } from "../../../src/watch/probes/layer-probe.ts";
import type { Reading } from "../../../src/watch/record.ts";
import { compiledBackends } from "../../engine/backends.ts";
import { clouds, tiny, valuesOf } from "../../train/tiny.ts";

const data = clouds(24);
const everySecond = (step: number) => step % 2 === 0;

function modelOf(layers: readonly LayerInput[]) {
  return createModel({ inputShape: [2], layers: [...layers, { type: "linear", units: 3 }] });
}

async function run(layers: readonly LayerInput[], backend: Backend, probed = true, epochs = 3) {
  const model = modelOf(layers);
  const readings: Reading[] = [];
  const { state } = await fit(model, {
    ...tiny,
    backend,
    data,
    epochs,
    ...(probed ? { probe: createLayerProbe(model, everySecond) } : {}),
    onEvent: (event) => {
      const reading = event.type === "stepEnded" ? toReading(event, model) : undefined;
      if (reading) readings.push(reading);
    },
  });
  return { model, readings, values: await valuesOf(state), state };
}

const backends = [createReferenceBackend(), ...compiledBackends({ threads: 1 })];
// without a bias, because before batch norm its gradient is only rounding, which Adam would amplify
const HIDDEN: readonly LayerInput[] = [
  { type: "linear", units: 7, bias: false },
  { type: "batchNorm" },
  { type: "relu" },
];

const near = (actual: number | undefined, expected: number, what: string) =>
  assert.ok(
    Math.abs((actual ?? Number.NaN) - expected) <= 1e-4 * (Math.abs(expected) + 1e-3),
    `${what}: ${actual}, by hand ${expected}`,
  );
const norm = (values: readonly number[]) => Math.hypot(...values);

for (const backend of backends) {
  test(`probing changes no weight; only steps that are due are measured: ${backend.name}`, async () => {
    const plain = await run(HIDDEN, backend, false);
    const probed = await run(HIDDEN, backend);
    assert.deepEqual(
      probed.readings.map(({ step }) => step),
      [1, 3, 5, 7, 9],
    );
    assert.deepEqual(plain.readings, []);
    for (const [path, values] of plain.values) {
      values.forEach((value, index) => {
        near(probed.values.get(path)?.[index], value, `${path}[${index}]`);
      });
    }
  });

  test(`the values of a reading, by hand: ${backend.name}`, async () => {
    const layers: readonly LayerInput[] = [
      // the bias keeps most units at 0
      { type: "linear", units: 6, biasInit: { type: "constant", value: -3 } },
      { type: "relu" },
      { type: "linear", units: 5 },
      { type: "tanh" },
    ];
    const model = modelOf(layers);
    const initial = model.initialize(tiny.seed);
    const options = { ...tiny, batchSize: 24, backend, data, epochs: 1, shuffle: false };
    let reading: Reading | undefined;
    const { state } = await fit(model, {
      ...options,
      probe: createLayerProbe(model),
      onEvent: (event) => {
        if (event.type === "stepEnded") reading = toReading(event, model);
      },
    });
    const [before, after] = [await valuesOf(initial), await valuesOf(state)];
    const { activations } = model.apply(initial, tensor(data.toArrays().inputs), { training: true });
    for (const path of ["0", "2", "4"]) {
      const [start, end] = [before, after].map((values) => [
        ...(values.get(`${path}.weight`) as readonly number[]),
        ...(values.get(`${path}.bias`) as readonly number[]),
      ]) as [number[], number[]];
      near(reading?.layers[path]?.weightNorm, norm(start), `weights of ${path}`);
      near(
        reading?.layers[path]?.updateNorm,
        norm(end.map((value, index) => value - (start[index] as number))),
        `update of ${path}`,
      );
    }
    const relu = [...(await (activations.get("1") as ReturnType<typeof tensor>).data())] as number[];
    const mean = relu.reduce((sum, value) => sum + value, 0) / relu.length;
    near(reading?.layers["1"]?.mean, mean, "mean");
    near(
      reading?.layers["1"]?.variance,
      relu.reduce((sum, value) => sum + (value - mean) ** 2, 0) / relu.length,
      "variance",
    );
    near(reading?.layers["1"]?.zeros, relu.filter((value) => value === 0).length / relu.length, "zeros");
    const isDead = Array.from({ length: 6 }, (_, unit) => relu.every((value, at) => at % 6 !== unit || value === 0));
    near(reading?.layers["1"]?.dead, isDead.filter(Boolean).length / 6, "dead");
    const tanh = [...(await (activations.get("3") as ReturnType<typeof tensor>).data())] as number[];
    const saturated = tanh.filter((value) => Math.abs(value) >= 0.98).length / tanh.length;
    near(reading?.layers["3"]?.saturated, saturated, "saturated");
    let [between, squares] = [0, 0];
    for (let unit = 0; unit < 5; unit++) {
      const own = tanh.filter((_, at) => at % 5 === unit);
      const center = own.reduce((sum, value) => sum + value, 0) / own.length;
      between += own.reduce((sum, value) => sum + (value - center) ** 2, 0);
      squares += own.reduce((sum, value) => sum + value ** 2, 0);
    }
    near(reading?.layers["3"]?.distinct, between / squares, "distinct");
  });

  test(`vanishing gradients in deep sigmoids are measured although their squares underflow: ${backend.name}`, async () => {
    const deep = Array.from({ length: 20 }, (): readonly LayerInput[] => [
      { type: "linear", units: 4, init: { type: "normal", std: 0.2 } },
      { type: "sigmoid" },
    ]).flat();
    const { readings } = await run(deep, backend, true, 1);
    const layers = readings[0]?.layers ?? {};
    const [low, high] = [layers["0"]?.gradientNorm ?? Number.NaN, layers["40"]?.gradientNorm ?? Number.NaN];
    assert.ok(low > 0 && low < 1e-15 * high, `lowest ${low}, highest ${high}`);
  });
}
