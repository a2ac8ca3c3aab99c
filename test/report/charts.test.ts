import assert from "node:assert/strict";
import { test } from "node:test";
import { logAxis } from "../../src/report/axes.ts";
import { heatMapChart } from "../../src/report/heat-map.ts";
import { linesChart } from "../../src/report/lines.ts";
import { logBarsChart } from "../../src/report/log-bars.ts";
import { figure } from "../../src/report/page.ts";
import { assertWellFormed } from "./well-formed.ts";

const SIZE = { width: 460, height: 300 };

const lines = linesChart(
  [
    { name: "baseline", role: "second", points: Array.from({ length: 100 }, (_, step) => [step * 100, 2.3] as const) },
    {
      name: "with",
      role: "first",
      points: Array.from({ length: 100 }, (_, step) => [step * 100, 2 / (1 + step)] as const),
    },
    { name: "with", role: "first", points: [[0, 2.2]] },
  ],
  { label: "Training loss", xName: "step", yName: "loss" },
);

test("a chart has a name, a description, named axes, and its numbers as a table", () => {
  const svg = lines.draw(SIZE);
  assert.match(
    svg,
    /^<svg role="img" aria-label="Training loss\. step: 0 … 9,900; loss: 0\.02 … 2\.3; baseline, with\."/,
  );
  assert.match(svg, /<title>Training loss<\/title><desc>/);
  for (const name of [">step<", ">loss<", ">baseline<"]) assert.ok(svg.includes(name), name);
  const { titles, rows } = lines.table;
  assert.deepEqual(titles, ["step", "baseline: loss", "with 1: loss", "with 2: loss"]);
  assert.equal(rows.length, 13);
  assert.deepEqual(rows[0], { name: "0", values: [2.3, 2, 2.2] });
  assert.deepEqual(rows.at(-1), { name: "9,900", values: [2.3, 0.02, undefined] });
});

test("axes group thousands; curves of different roles have different dashes", () => {
  const svg = lines.draw({ width: 900, height: 320 });
  assert.match(svg, />\d,000</);
  assert.equal(new Set(svg.match(/stroke-dasharray="[^"]*"/g)).size, 1);
});

test("epochs are counted from the first to the last, each once", () => {
  const points = [1, 2, 3, 4].map((epoch) => [epoch, 1 / epoch] as const);
  const chart = linesChart([{ name: "with", role: "first", points }], { label: "Loss", xName: "epoch", yName: "loss" });
  const texts = [...chart.draw(SIZE).matchAll(/>([\d,]+)<\/text>/g)].map(([, text]) => text);
  // the integers of the vertical axis, then those of the horizontal one
  assert.deepEqual(texts, ["0", "1", "1", "2", "3", "4"]);
});

test("a log axis writes all labels in one format", () => {
  const labels = (values: readonly number[]) => {
    const { min, max, interval, axisLabel } = logAxis(values);
    const [low, high] = [Math.round(Math.log10(min)), Math.round(Math.log10(max))];
    const powers = Array.from(
      { length: Math.floor((high - low) / interval) + 1 },
      (_, index) => low + index * interval,
    );
    return powers.map((power) => axisLabel.formatter(10 ** power));
  };
  assert.deepEqual(labels([0.02, 90]), ["0.01", "0.1", "1", "10", "100"]);
  assert.deepEqual(labels([2e-4, 5]), ["10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]);
  assert.ok(labels([1e-30, 1e5]).length <= 8);
  assert.deepEqual(labels([Number.NaN, 0]), ["0.1", "1", "10"]);
});

test("bars: every category, both axis names, a table", () => {
  const chart = logBarsChart([{ name: "norm", role: "first", values: [1e-9, 1e-3, 1] }], {
    label: "Gradient by layer",
    categories: ["0", "2", "4"],
    xName: "layer",
    yName: "norm of the gradient",
  });
  const svg = chart.draw(SIZE);
  for (const text of [">0<", ">2<", ">4<", ">layer<", ">norm of the gradient<"]) assert.ok(svg.includes(text), text);
  assert.deepEqual(chart.table.rows[1], { name: "2", values: [1e-3] });
});

test("a heat map names its colours", () => {
  const chart = heatMapChart({
    label: "Gradient by layer and step",
    xName: "step",
    columns: [1, 100, 10_000],
    yName: "layer",
    rows: ["0", "2"],
    valueName: "norm of the gradient",
    values: [
      [1, 2],
      [0, Number.NaN],
      [1e-3, 1e-5],
    ],
    range: [-5, 1],
  });
  const svg = chart.draw(SIZE);
  for (const text of [">norm of the gradient<", ">10⁻⁵<", ">10¹<", ">10,000<"]) assert.ok(svg.includes(text), text);
  assert.deepEqual(chart.table.rows[0]?.values, [1, 0, 1e-3]);
});

test("a figure is drawn for wide and narrow pages, with a folded table", () => {
  const html = figure("Loss", lines, { dataTable: "The numbers" });
  assert.equal(html.match(/<svg /g)?.length, 2);
  assert.match(
    html,
    /<summary>The numbers<\/summary><div class="table" role="region" tabindex="0" aria-label="Training loss">/,
  );
  assert.equal(html.match(/<th scope="col"/g)?.length, 4);
  assertWellFormed(html);
});
