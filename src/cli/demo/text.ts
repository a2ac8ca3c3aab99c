import { formatCount, renderBar } from "../../train/progress.ts";
import { renderTable } from "../terminal.ts";
import { type CaseResult, lossGap, normRatio, typicalNorms } from "./runner.ts";

/** 1.2e-14, 0.00, 3.1e+3: two digits wherever it lies. */
export function formatScale(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "-" : "infinite";
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 0.01 && size < 1000 ? value.toPrecision(2) : value.toExponential(1);
}

export function formatPercent(share: number | undefined): string {
  return share === undefined ? "-" : `${(100 * share).toFixed(2)} %`;
}

/** Differences of losses: four digits after the point, unless they are astronomical. */
export function formatGap(value: number): string {
  return Math.abs(value) < 1000 ? value.toFixed(4) : formatScale(value);
}

/** One line a layer: the norm of its gradient, and a bar on a log scale from the smallest to the largest. */
export function normBars(result: CaseResult): string {
  const norms = typicalNorms(result);
  const logs = norms.map((norm) => Math.log10(norm));
  const finite = logs.filter(Number.isFinite);
  const low = Math.floor(Math.min(...finite));
  const high = Math.max(low + 1, Math.ceil(Math.max(...finite)));
  const cells = 48;
  const lines = norms.map((norm, layer) => {
    const share = ((logs[layer] as number) - low) / (high - low);
    const bar = Number.isFinite(share)
      ? renderBar(Math.max(share, 1 / (8 * cells)), cells).replaceAll("\u00b7", " ")
      : "";
    return `  layer ${String(layer + 1).padStart(2)}  ${formatScale(norm).padStart(8)}  ${bar}`.trimEnd();
  });
  const axis = `${" ".repeat(22)}${`1e${low}`.padEnd(cells - 6)}${`1e${high}`.padStart(6)}`;
  return [...lines, axis].join("\n");
}

/** Accuracy, ratio of gradients, gap of losses and speed, a line a case. */
export function resultTable(results: readonly CaseResult[]): string {
  return renderTable(results, [
    { title: "case", value: (result) => result.case.title },
    { title: "what changed", value: (result) => result.case.change },
    { title: "test accuracy", align: "right", value: (result) => formatPercent(result.test?.accuracy) },
    { title: "lowest/highest gradient", align: "right", value: (result) => formatScale(normRatio(result)) },
    {
      title: "test - train loss",
      align: "right",
      value: (result) => (result.test ? formatGap(lossGap(result)) : "-"),
    },
    {
      title: "samples/s",
      align: "right",
      value: (result) => (result.samplesPerSecond > 0 ? formatCount(result.samplesPerSecond) : "-"),
    },
  ]);
}
