import assert from "node:assert/strict";
import { test } from "node:test";
import { formatShort } from "../../apps/parts/src/text/numbers.ts";
import {
  columnOfLayer,
  columnsOf,
  createColumnReader,
  histogramOf,
} from "../../apps/playground/src/charts/strip/columns.ts";
import { summaryOf, titleOf, valuesOf } from "../../apps/playground/src/charts/strip/describe-column.ts";
import { columnWidthFor, numberedColumns } from "../../apps/playground/src/charts/strip/rows.ts";
import { steadyRange, valueRange } from "../../apps/playground/src/charts/strip/value-range.ts";
import type { Block } from "../../apps/playground/src/config/config.ts";
import type { NetworkView } from "../../apps/playground/src/lab/protocol.ts";
import { EN } from "../../apps/playground/src/text/charts-en.ts";
import type { Reading } from "../../src/watch.ts";

const layer = (path: string, type: string, block: number | undefined, parameterCount: number) => ({
  path,
  type,
  block,
  outputShape: [4],
  parameterCount,
});

const view: NetworkView = {
  layers: [
    layer("0", "linear", 0, 20),
    layer("1", "batchNorm", 0, 8),
    layer("2", "relu", 0, 0),
    layer("3", "linear", 1, 20),
    layer("4", "linear", undefined, 10),
  ],
  parameterCount: 58,
  stepsPerEpoch: 10,
};
const block: Block = {
  kind: "dense",
  units: 100,
  activation: "relu",
  init: { type: "auto" },
  norm: "batch",
  dropout: 0.2,
  skip: true,
};
const reading = (layers: Reading["layers"]): Reading => ({ step: 7, epoch: 1, loss: 1, layers });

test("a column joins the layers of its block", () => {
  const columns = columnsOf(view, 2);
  assert.deepEqual(
    columns.map(({ part, paths, parameterCount }) => [part, paths, parameterCount]),
    [
      ["input", [], 0],
      [0, ["0", "1", "2"], 28],
      [1, ["3"], 20],
      ["output", ["4"], 10],
    ],
  );
  const read = createColumnReader(columns);
  const values = read(
    reading({
      "0": { gradientNorm: 3, weightNorm: 6, updateNorm: 0.06 },
      "1": { gradientNorm: 4, weightNorm: 8, updateNorm: 0.08 },
      "2": { dead: 0.25, saturated: 0.5, mean: 1, variance: 1 },
    }),
  );
  assert.deepEqual(values[0], { gradientNorm: undefined, weightNorm: undefined });
  assert.equal(values[1]?.gradientNorm, 5);
  assert.equal(values[1]?.weightNorm, 10);
  assert.ok(Math.abs((values[1]?.updateRatio ?? 0) - 0.01) < 1e-12);
  assert.deepEqual([values[1]?.dead, values[1]?.saturated], [0.25, 0.5]);
});

test("values that are not finite are found, and the layer that broke", () => {
  const columns = columnsOf(view, 2);
  const values = createColumnReader(columns)(reading({ "3": { gradientNorm: Number.NaN }, "4": { mean: Infinity } }));
  assert.deepEqual(
    values.map(({ notFinite }) => notFinite),
    [undefined, undefined, "gradientNorm", "mean"],
  );
  assert.equal(columnOfLayer(columns, "3"), 2);
  assert.equal(columnOfLayer(columns, "1.inner.0"), 1);
  assert.equal(columnOfLayer(columns, "9"), undefined);
});

test("gradients whose squares are beyond float64's exponents are still told apart from 0", () => {
  const values = createColumnReader(columnsOf(view, 2))(reading({ "3": { gradientNorm: 1e-30 } }));
  assert.ok(Math.abs((values[2]?.gradientNorm ?? 0) / 1e-30 - 1) < 1e-9);
});

test("the histogram of a block is that of its activation", () => {
  const columns = columnsOf(view, 2);
  const histogram = (high: number) => ({ low: 0, high, counts: [1, 2] });
  const histograms = { "0": histogram(1), "2": histogram(2), "3": histogram(3), "4": { low: 0, high: 0, counts: [] } };
  const found = columns.map((column) => histogramOf(column, histograms, reading({ "2": { dead: 0 } }))?.high);
  assert.deepEqual(found, [undefined, 2, 3, undefined]);
});

test("the shared axis of activations leaves out single values, has round ends, and does not jump", () => {
  const counts = new Array<number>(40).fill(0);
  counts[0] = 1000;
  counts[39] = 1;
  assert.deepEqual(valueRange([{ low: 0, high: 40, counts }]), [0, 1]);
  assert.deepEqual(valueRange([]), [-1, 1]);
  assert.deepEqual(steadyRange([0, 1], [0, 0.8]), [0, 1]);
  assert.deepEqual(steadyRange([0, 1], [0, 0.4]), [0, 0.4]);
  assert.deepEqual(steadyRange([0, 1], [-1, 1]), [-1, 1]);
});

test("a column in words", () => {
  const [, first, , output] = columnsOf(view, 2);
  assert.ok(first !== undefined && output !== undefined);
  assert.equal(
    titleOf(first, [block, block], EN),
    "Layer 1: dense, 100 units, ReLU, batch normalisation, dropout 20.0%, skip connection",
  );
  assert.equal(titleOf(output, [], EN), "Output: 4");
  assert.deepEqual(valuesOf({ gradientNorm: 3.2e-9, dead: 0 }, EN, formatShort), [
    "Gradient norm\u00a03.2e-9",
    "Dead\u00a00%",
  ]);
});

test("the summary says where the run broke, and before that how the gradient spreads", () => {
  const columns = columnsOf(view, 2);
  const values = [{}, { gradientNorm: 1e-9 }, { gradientNorm: 1e-3 }, { gradientNorm: 0.5 }];
  assert.match(summaryOf({ failure: undefined }, columns, values, undefined, EN), /lowest .* 10⁻⁹; .* 0\.5/);
  const failure = { step: 12, epoch: 1, layer: "3", tensor: "gradient of weight" };
  assert.equal(summaryOf({ failure }, columns, values, 2, EN), "Layer 2: gradient of weight not finite at step 12.");
});

test("columns never get narrower than a finger; numbers thin out", () => {
  assert.equal(columnWidthFor(1200, 5), 240);
  assert.equal(columnWidthFor(300, 42), 24);
  assert.ok(numberedColumns(22, 50).every((isNumbered) => isNumbered));
  const numbered = numberedColumns(42, 24).flatMap((isNumbered, index) => (isNumbered ? [index] : []));
  assert.deepEqual(numbered, [0, 1, 5, 10, 15, 20, 25, 30, 35, 41]);
});
