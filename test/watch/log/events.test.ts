import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { GradusError } from "../../../src/core/errors.ts";
import { readLog } from "../../../src/files/logs/read-log.ts";
import { eventFile, histogramOf, type WrittenEvent } from "../../io/tensorboard/write-events.ts";

/** Written by TensorBoard 2.21 as Keras does, and by tensorboardX 2.6 as PyTorch does; expected numbers are NumPy's, of the same values. */
const FILES = fileURLToPath(new URL("files", import.meta.url));
const TORCH = join(FILES, "torch/events.out.tfevents.1700000000.torch.gz");

const folder = mkdtempSync(join(tmpdir(), "gradus-events-"));
after(() => rmSync(folder, { recursive: true }));

function written(name: string, events: readonly WrittenEvent[]): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, eventFile(events));
  return file;
}

const near = (actual: number | undefined, expected: number, tolerance: number) =>
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= tolerance * Math.abs(expected),
    `${actual} is not ${expected}`,
  );

test("a run of Keras: folders are parts, steps are epochs from 0, histograms are tensors", async () => {
  const { record, ignored, warnings } = await readLog(join(FILES, "keras"));
  assert.deepEqual([ignored, warnings], [[], []]);
  const rounded = record.epochs.map(({ epoch, trainLoss, validationLoss, trainAccuracy, validationAccuracy }) =>
    [epoch, trainLoss, validationLoss, trainAccuracy, validationAccuracy].map((value) => Number(value?.toFixed(4))),
  );
  assert.deepEqual(rounded, [
    [1, 1, 1, 0.5, 0.5],
    [2, 0.5, 1, 0.6, 0.6],
    [3, 0.3333, 1.3333, 0.7, 0.7],
  ]);
  const norms = record.readings.map(({ layers }) => layers.dense?.weightNorm);
  // 30 buckets give a norm to within a hundredth
  for (const [index, expected] of [9.6554, 9.5704, 11.2407].entries()) near(norms[index], expected, 0.01);
  assert.equal(record.seconds, 2);
});

test("a run of PyTorch: norms of gradients by layer, zeros of activations", async () => {
  const { record, ignored } = await readLog(TORCH);
  assert.deepEqual(ignored, ["note/text_summary"]);
  const last = record.readings.at(-1);
  assert.deepEqual([last?.step, last?.loss], [4, 0.5]);
  near(last?.layers.fc1?.gradientNorm, 0.0008296025630368989, 1e-12);
  near(last?.layers.fc2?.gradientNorm, 0.06863242883641658, 1e-12);
  near(last?.layers.fc3?.gradientNorm, 6.597801253548124, 1e-12);
  near(last?.gradientNorm, Math.hypot(0.00082960256, 0.06863242884, 6.59780125355), 1e-9);
  const { zeros, mean, variance, saturated } = last?.layers.relu1 ?? {};
  assert.equal(zeros, 0.52);
  near(mean, 0.40869449308224715, 1e-12);
  near(variance, 0.3830654185043707, 1e-9);
  assert.equal(saturated, undefined);
  assert.equal(record.start?.step, 0);
  assert.equal(record.end?.layers[0]?.path, "relu1");
});

test("a real file, truncated at many places, is read up to the cut", async () => {
  const bytes = gunzipSync(readFileSync(TORCH));
  const file = join(folder, "events.out.tfevents.cut");
  let read = 0;
  for (let length = 1; length < bytes.length; length += 997) {
    writeFileSync(file, bytes.subarray(0, length));
    try {
      const { warnings, record } = await readLog(file);
      assert.match(warnings.join(), /\d+ bytes were ignored/);
      assert.ok(record.readings.length <= 4);
      read++;
    } catch (error) {
      assert.ok(error instanceof GradusError && error.code === "bad-data", String(error));
    }
  }
  assert.ok(read > 50, `only ${read} were read`);
});

/** 101 numbers, evenly spaced over an interval. */
const spread = (low: number, high: number) =>
  Array.from({ length: 101 }, (_, index) => low + ((high - low) * index) / 100);

test("saturation is reported only for a certain sigmoid or tanh", async () => {
  const activation = (layer: string, values: readonly number[]) => ({
    tag: `activations/${layer}`,
    histogram: histogramOf(values),
  });
  // TensorFlow 2: left, right, count
  const rows = (layer: string, tensor: readonly number[]) => ({
    tag: `activations/${layer}`,
    tensor,
    type: "double" as const,
    plugin: "histograms",
  });
  const flat = [0.001, 0.009, 30, 0.4, 0.6, 40, 0.991, 0.9995, 30];
  const file = written("events.out.tfevents.act", [
    {
      step: 1,
      values: [
        rows("sigmoid", flat),
        rows("tanh", [-0.999, -0.99, 10, -0.5, 0.5, 60, 0.985, 1, 30]),
        activation("ends", [...Array(50).fill(0.999), ...Array(50).fill(-0.999)]),
        activation("relu", spread(0, 1)),
        activation("linear", spread(-3, 1)),
        rows("softmax", flat),
        activation("silent", Array(10).fill(0)),
      ],
    },
  ]);
  const layers = (await readLog(file)).record.readings[0]?.layers ?? {};
  near(layers.sigmoid?.saturated, 0.6, 1e-9);
  near(layers.tanh?.saturated, 0.4, 1e-9);
  // all outputs are saturated; PyTorch's buckets alone would show a quarter
  assert.ok((layers.ends?.saturated ?? 0) > 0.9, `${layers.ends?.saturated}`);
  for (const other of ["relu", "linear", "softmax", "silent"]) assert.equal(layers[other]?.saturated, undefined, other);
  assert.deepEqual([layers.silent?.zeros, layers.silent?.dead, layers.relu?.dead], [1, 1, undefined]);
  assert.equal(layers.sigmoid?.zeros, 0);
});

test("the first NaN, with its layer", async () => {
  const at = (step: number, loss: number, norm: number) => ({
    step,
    values: [
      { tag: "loss", simple: loss },
      { tag: "grad_norm/fc1", simple: norm },
    ],
  });
  const file = written("events.out.tfevents.nan", [
    at(1, 2, 1),
    at(2, 3, Number.POSITIVE_INFINITY),
    at(3, Number.NaN, Number.NaN),
  ]);
  const { record } = await readLog(file);
  assert.deepEqual(record.failure, { step: 2, epoch: 1, layer: "fc1", tensor: "gradient" });
  assert.equal(record.readings.at(-1)?.step, 2);
});

test("batches of Keras besides its epochs: an epoch ends with its last batch", async () => {
  const batches = [1, 2, 3, 4, 5, 6].map((step) => ({
    step: step - 1,
    values: [{ tag: "batch_loss", simple: 7 - step }],
  }));
  const epochs = [0, 1].map((step) => ({ step, values: [{ tag: "epoch_loss", simple: 5 - 3 * step }] }));
  const { record } = await readLog(written("events.out.tfevents.batches", [...batches, ...epochs]));
  assert.deepEqual(
    record.epochs.map(({ epoch, step, trainLoss }) => [epoch, step, trainLoss]),
    [
      [1, 3, 5],
      [2, 6, 2],
    ],
  );
  assert.deepEqual(
    record.readings.map(({ loss }) => loss),
    [6, 5, 4, 3, 2, 1],
  );
});

test("a resumed run: the later value of a step counts", async () => {
  const run = (values: readonly number[], from: number) =>
    values.map((simple, index) => ({ step: from + index, values: [{ tag: "loss", simple }] }));
  written("again/events.out.tfevents.1", run([4, 3, 9, 9], 1));
  written("again/events.out.tfevents.2", run([2, 1], 3));
  const { record } = await readLog(join(folder, "again"));
  assert.deepEqual(
    record.readings.map(({ loss }) => loss),
    [4, 3, 2, 1],
  );
});

test("several runs in a folder are named, not mixed", async () => {
  for (const run of ["a", "b"])
    written(`many/${run}/train/events.out.tfevents.1`, [{ step: 1, values: [{ tag: "loss", simple: 1 }] }]);
  await assert.rejects(readLog(join(folder, "many")), /this folder contains several runs: a, b/);
  const { record } = await readLog(join(folder, "many/b"));
  assert.equal(record.steps, 1);
});

test("very long logs are thinned", async () => {
  const events = Array.from({ length: 10_000 }, (_, index) => ({
    step: index + 1,
    values: [{ tag: "loss", simple: 1 / (index + 1) }],
  }));
  const { record } = await readLog(written("events.out.tfevents.long", events));
  assert.ok(record.readings.length <= 4001 && record.readings.length > 3000, String(record.readings.length));
  assert.deepEqual([record.steps, record.readings[0]?.step, record.readings.at(-1)?.step], [10_000, 1, 10_000]);
});
