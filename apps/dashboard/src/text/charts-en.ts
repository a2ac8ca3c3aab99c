import type { ChartWords } from "../charts/words.ts";

const runs = (count: string) => (count === "1" ? "1 run" : `${count} runs`);
const values = (count: string) => (count === "1" ? "1 value" : `${count} values`);

export const CHARTS_EN: ChartWords = {
  table: "Table",
  run: "Run",
  step: "Step",
  epoch: "Epoch",
  time: "Time",
  last: "Last",
  least: "Least",
  most: "Largest",
  notFinite: "Not finite",
  loading: "Loading …",
  nothing: "None of the selected runs has this measure.",
  failed: "The server could not read these values.",
  curves: {
    keys: "Arrow keys move the cursor, plus and minus zoom, Escape shows everything",
    summary: (measure, count, from, to) =>
      from === to
        ? `${measure}, ${runs(count)}. Last value: ${from}.`
        : `${measure}, ${runs(count)}. Last values: ${from} to ${to}.`,
    between: (low, high) => (low === high ? low : `${low} to ${high}`),
    more: (count) => `${count} more`,
    median: (count) => `median of ${count}`,
    oddValues: (count, inRuns) => `${values(count)} not finite, in ${runs(inRuns)}`,
    notPositive: (count) => `${values(count)} not above 0, not on a log scale`,
    outliers: (count) => `${values(count)} beyond the axis`,
    withoutEpochs: (count) => `${runs(count)} without epochs`,
    withoutTimes: (count) => `${runs(count)} without times`,
  },
  heat: {
    layer: "Layer",
    keys: "Arrow keys move to other layers and steps",
    summary: (measure, step, low, high) => `${measure} of all layers at step ${step}: ${low} to ${high}.`,
    value: "Value",
    share: "Share",
    none: "no value",
  },
  histograms: {
    name: (layer) => `Activations of ${layer} over time`,
    keys: "Arrow keys move to other steps and values",
    summary: (step, low, high) => `At step ${step}: activations from ${low} to ${high}.`,
    bin: (low, high, share) => `${low} to ${high}: ${share}`,
    least: "Least",
    most: "Largest",
    median: "Median",
  },
};
