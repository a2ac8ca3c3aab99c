import { largest } from "../core/extremes.ts";
import { LEGEND, logRange, plotted, plottedLinear } from "./axes.ts";
import { AXIS, type ChartOption, powerLabel, renderChart } from "./svg.ts";
import { colour, type Role } from "./theme.ts";

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
  /** Of the values that are drawn, where some are below 0. Default 0. */
  readonly yMin?: number;
  readonly legend?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** Curves over steps or epochs. */
export function linesChart(curves: readonly Curve[], options: LinesOptions): string {
  const { label, xName, yName, yLog = false, yMax, yMin = 0, legend = true, width = 900, height = 320 } = options;
  const values = curves.flatMap(({ points }) => points.map(([, y]) => y));
  const xMax = Math.max(1, largest(curves.flatMap(({ points }) => points.map(([x]) => x))));
  // an axis needs a length, also where all values are 0
  const isFlat = values.every((value) => !(Number(plottedLinear(value)) > yMin));
  const top = yMax ?? (isFlat ? yMin + 1 : undefined);
  const yAxis: ChartOption["yAxis"] = yLog
    ? { type: "log", ...logRange(values), ...AXIS, axisLabel: { ...AXIS.axisLabel, formatter: powerLabel } }
    : { type: "value", min: yMin, ...(top === undefined ? {} : { max: top }), ...AXIS };
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
      data: points.map(([x, y]) => [x, (yLog ? plotted : plottedLinear)(y)]),
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
