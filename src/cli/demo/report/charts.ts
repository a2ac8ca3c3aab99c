import { type BarSeries, logBarsChart } from "../../../report/log-bars.ts";
import { AXIS, powerLabel, renderChart } from "../../../report/svg.ts";
import { colour, HEAT, type Role } from "../../../report/theme.ts";
import { type CaseResult, typicalNorms } from "../runner.ts";

/** The gradient's norm in every layer, one bar a layer and case, on a log scale. */
export function normBarsChart(series: readonly { readonly result: CaseResult; readonly role: Role }[]): string {
  const bars = series.map(
    ({ result, role }): BarSeries => ({ name: result.case.title, role, values: typicalNorms(result) }),
  );
  const layers = Math.max(...bars.map(({ values }) => values.length));
  return logBarsChart(bars, {
    label: `Norm of the gradient by layer: ${bars.map(({ name }) => name).join(", ")}`,
    categories: Array.from({ length: layers }, (_, layer) => String(layer + 1)),
    xName: "layer, from the input up",
  });
}

/** Norms by layer (upwards) and step (to the right), as powers of ten in colour. `range` makes several maps comparable. */
export function normMap(result: CaseResult, range: readonly [number, number]): string {
  const { norms } = result;
  const layers = norms[0]?.norms.length ?? 0;
  const cells = norms.flatMap(({ norms: row }, x) =>
    row.map(
      (norm, layer) => [x, layer, Math.min(range[1], Math.max(range[0], Math.log10(norm)))] as [number, number, number],
    ),
  );
  return renderChart(
    `Norm of the gradient by layer and step: ${result.case.title}`,
    {
      grid: { left: 52, right: 76, top: 12, bottom: 44 },
      xAxis: {
        type: "category",
        data: norms.map(({ step }) => String(step)),
        name: "step",
        nameLocation: "middle",
        nameGap: 26,
        ...AXIS,
        axisLabel: { ...AXIS.axisLabel, interval: Math.max(0, Math.ceil(norms.length / 6) - 1) },
      },
      yAxis: {
        type: "category",
        data: Array.from({ length: layers }, (_, layer) => String(layer + 1)),
        name: "layer",
        nameLocation: "middle",
        nameGap: 32,
        ...AXIS,
        axisLabel: { ...AXIS.axisLabel, interval: 4 },
      },
      visualMap: {
        type: "continuous",
        min: range[0],
        max: range[1],
        calculable: false,
        orient: "vertical",
        right: 8,
        top: 20,
        itemHeight: 150,
        itemWidth: 14,
        text: [powerLabel(10 ** range[1]), powerLabel(10 ** range[0])],
        textStyle: { color: colour("muted"), fontSize: 12 },
        inRange: { color: [...HEAT] },
      },
      series: [{ type: "heatmap", data: cells, silent: true, itemStyle: { borderWidth: 0 }, progressive: 0 }],
    },
    { width: 470, height: 280 },
  ).replace("<svg ", '<svg shape-rendering="crispEdges" ');
}

/** The powers of ten between which most norms of several runs lie. */
export function normRange(results: readonly CaseResult[]): readonly [number, number] {
  const logs = results
    .flatMap(({ norms }) => norms.flatMap((row) => row.norms))
    .filter((norm) => norm > 0 && Number.isFinite(norm))
    .map(Math.log10)
    .sort((a, b) => a - b);
  if (logs.length === 0) return [-1, 1];
  const low = Math.floor(logs[Math.floor(logs.length * 0.02)] as number);
  return [low, Math.max(low + 1, Math.ceil(logs[Math.floor(logs.length * 0.98)] as number))];
}
