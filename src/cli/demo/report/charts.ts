import { type CaseResult, typicalNorms } from "../runner.ts";
import { AXIS, type ChartOption, powerLabel, renderChart } from "./svg.ts";
import { colour, HEAT, type Role } from "./theme.ts";

const LAYERS_AXIS = "layer, from the input up";

/** Bars on a log scale start at the bottom of the axis; a log axis needs to be told where that is. */
function logRange(values: readonly number[]): {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
} {
  const usable = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  if (usable.length === 0) return { min: 0.1, max: 10, interval: 1 };
  const low = Math.floor(Math.min(...usable) - 0.05);
  const high = Math.max(low + 1, Math.ceil(Math.max(...usable)));
  return { min: 10 ** low, max: 10 ** high, interval: Math.max(1, Math.ceil((high - low) / 7)) };
}

const plotted = (value: number): number | "-" => (value > 0 && Number.isFinite(value) ? value : "-");

/** The gradient's norm in every layer, one bar a layer and case, on a log scale. */
export function normBarsChart(series: readonly { readonly result: CaseResult; readonly role: Role }[]): string {
  const all = series.map(({ result }) => typicalNorms(result));
  const range = logRange(all.flat());
  const layers = Math.max(...all.map((norms) => norms.length));
  const title = `Norm of the gradient by layer: ${series.map(({ result }) => result.case.title).join(", ")}`;
  return renderChart(
    title,
    {
      grid: { left: 64, right: 16, top: series.length > 1 ? 44 : 16, bottom: 44 },
      ...(series.length > 1 ? { legend: LEGEND } : {}),
      xAxis: {
        type: "category",
        data: Array.from({ length: layers }, (_, layer) => String(layer + 1)),
        name: LAYERS_AXIS,
        nameLocation: "middle",
        nameGap: 28,
        ...AXIS,
      },
      yAxis: {
        type: "log",
        ...range,
        startValue: range.min,
        ...AXIS,
        axisLabel: { ...AXIS.axisLabel, formatter: powerLabel },
      },
      series: series.map(({ result, role }, index) => ({
        type: "bar" as const,
        name: result.case.title,
        data: (all[index] as readonly number[]).map(plotted),
        itemStyle: { color: colour(role), borderRadius: [2, 2, 0, 0] },
        barCategoryGap: "28%",
        silent: true,
      })),
    },
    { width: 900, height: 300 },
  );
}

const LEGEND = {
  top: 4,
  left: 56,
  itemGap: 36,
  itemWidth: 18,
  itemHeight: 9,
  textStyle: { color: colour("ink"), fontSize: 13 },
};

/** One curve of a line chart. */
export interface Curve {
  readonly name: string;
  readonly role: Role;
  readonly points: readonly (readonly [number, number])[];
  readonly dashed?: boolean;
}

export interface LinesOptions {
  readonly label: string;
  readonly xName: string;
  readonly yName: string;
  readonly yLog?: boolean;
  readonly yMax?: number;
  readonly legend?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** Curves over steps or epochs. */
export function linesChart(curves: readonly Curve[], options: LinesOptions): string {
  const { label, xName, yName, yLog = false, yMax, legend = true, width = 900, height = 320 } = options;
  const values = curves.flatMap(({ points }) => points.map(([, y]) => y));
  const xMax = Math.max(...curves.flatMap(({ points }) => points.map(([x]) => x)));
  const yAxis: ChartOption["yAxis"] = yLog
    ? { type: "log", ...logRange(values), ...AXIS, axisLabel: { ...AXIS.axisLabel, formatter: powerLabel } }
    : { type: "value", min: 0, ...(yMax === undefined ? {} : { max: yMax }), ...AXIS };
  const option = {
    grid: { left: 56, right: 18, top: legend ? 60 : 30, bottom: 44 },
    ...(legend ? { legend: LEGEND } : {}),
    xAxis: {
      type: "value",
      min: 0,
      max: xMax,
      name: xName,
      nameLocation: "middle",
      nameGap: 26,
      ...AXIS,
      axisLabel: { ...AXIS.axisLabel, showMaxLabel: false },
      splitLine: { show: false },
    },
    yAxis: {
      ...yAxis,
      name: yName,
      nameLocation: "end",
      nameGap: 10,
      nameTextStyle: { ...AXIS.nameTextStyle, align: "left", padding: [0, 0, 0, -36] },
    } as ChartOption["yAxis"],
    series: curves.map(({ name, role, points, dashed = false }) => ({
      type: "line" as const,
      name,
      data: points.map(([x, y]) => [x, Number.isFinite(y) && (!yLog || y > 0) ? y : "-"]),
      showSymbol: points.length < 3,
      symbol: "circle",
      symbolSize: 8,
      lineStyle: { width: 2, color: colour(role), type: dashed ? ("dashed" as const) : ("solid" as const) },
      itemStyle: { color: colour(role) },
      silent: true,
    })),
  };
  // the library's types do not know exactOptionalPropertyTypes
  return renderChart(label, option as ChartOption, { width, height });
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
