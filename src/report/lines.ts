import { largest, smallest } from "../core/extremes.ts";
import { LEGEND, logAxis, plotted, plottedLinear } from "./axes.ts";
import { type Chart, spread } from "./chart.ts";
import type { DataTable } from "./data-table.ts";
import { formatCount, formatNumber } from "./numbers.ts";
import { AXIS, type ChartOption, type ChartSize, nameAbove, renderChart } from "./svg.ts";
import { colour, type Role } from "./theme.ts";

type Point = readonly [number, number];

/** One curve of a line chart. Curves that share a name look the same and appear once in the legend. */
export interface Curve {
  readonly name: string;
  readonly role: Role;
  readonly points: readonly Point[];
}

export interface LinesOptions {
  readonly label: string;
  readonly xName: string;
  /** With its unit. */
  readonly yName: string;
  readonly yLog?: boolean;
  readonly yMax?: number;
  /** Lower end of the axis if some values are below 0. Default 0. */
  readonly yMin?: number;
}

/** Every role has its own dashes, so that overlapping curves stay visible. */
const DASHES: Readonly<Partial<Record<Role, readonly number[]>>> = {
  quiet: [2, 4],
  second: [7, 4],
  third: [2, 3],
  fourth: [9, 3, 2, 3],
};

const LEFT = 56;

/** Axes with at most this many epochs or time steps count them one by one. */
const MOST_COUNTED = 100;

/** Curves over steps or epochs. */
export function linesChart(curves: readonly Curve[], options: LinesOptions): Chart {
  const { label, xName, yName } = options;
  return {
    label,
    description: describe(curves, options),
    draw: (size) => renderChart(label, describe(curves, options), optionOf(curves, options, size), size),
    table: tableOf(curves, xName, yName),
  };
}

function optionOf(
  curves: readonly Curve[],
  { xName, yName, yLog = false, yMax, yMin = 0 }: LinesOptions,
  { width }: ChartSize,
): ChartOption {
  const values = curves.flatMap(({ points }) => points.map(([, y]) => y));
  const xs = xsOf(curves);
  const xMax = largest([1, ...xs]);
  // epochs are counted from the first one; steps, which are many, from 0
  const isCounted = xMax <= MOST_COUNTED;
  const xMin = isCounted ? Math.min(smallest(xs), xMax - 1) : 0;
  // an axis needs a length even if all values are 0
  const isFlat = values.every((value) => !(Number(plottedLinear(value)) > yMin));
  const top = yMax ?? (isFlat ? yMin + 1 : undefined);
  const scale = yLog
    ? { type: "log", ...withLook(logAxis(values)) }
    : { type: "value", min: yMin, ...(top === undefined ? {} : { max: top }), ...AXIS };
  const names = [...new Set(curves.map(({ name }) => name))];
  const legendLines = names.length < 2 ? 0 : linesOfLegend(names, width);
  const option = {
    grid: { left: LEFT, right: 18, top: 32 + 20 * legendLines, bottom: 44 },
    ...(legendLines === 0 ? {} : { legend: { ...LEGEND, width: width - 16, data: names } }),
    xAxis: {
      type: "value",
      min: Number.isFinite(xMin) ? xMin : 0,
      max: xMax,
      // no half epochs
      minInterval: 1,
      name: xName,
      nameLocation: "middle",
      nameGap: 26,
      splitNumber: width < 400 ? 3 : 6,
      ...AXIS,
      axisLabel: { ...AXIS.axisLabel, ...(isCounted ? {} : { showMaxLabel: false }), formatter: formatCount },
      splitLine: { show: false },
    },
    yAxis: { ...scale, ...nameAbove(yName, LEFT) },
    series: curves.map(({ name, role, points }) => ({
      type: "line" as const,
      name,
      data: points.map(([x, y]) => [x, (yLog ? plotted : plottedLinear)(y)]),
      showSymbol: points.length < 3,
      symbol: "circle",
      symbolSize: 8,
      lineStyle: { width: 2, color: colour(role), type: DASHES[role] ?? "solid" },
      itemStyle: { color: colour(role) },
      silent: true,
    })),
  };
  // the library's types do not know exactOptionalPropertyTypes
  return option as unknown as ChartOption;
}

function withLook({ axisLabel, ...axis }: ReturnType<typeof logAxis>) {
  return { ...axis, ...AXIS, axisLabel: { ...AXIS.axisLabel, ...axisLabel } };
}

/** The number of lines of a legend, from the approximate width of its letters. */
function linesOfLegend(names: readonly string[], width: number): number {
  const widthOf = (name: string) => [...name].reduce((sum, letter) => sum + (letter > "\u1100" ? 13 : 7.2), 46);
  let lines = 1;
  let used = 0;
  for (const name of names) {
    if (used > 0 && used + widthOf(name) > width - 16) {
      lines++;
      used = 0;
    }
    used += widthOf(name);
  }
  return lines;
}

const xsOf = (curves: readonly Curve[]) => curves.flatMap(({ points }) => points.map(([x]) => x));

function describe(curves: readonly Curve[], { xName, yName }: LinesOptions): string {
  const ys = curves.flatMap(({ points }) => points.map(([, y]) => y)).filter(Number.isFinite);
  const range = (values: readonly number[]) =>
    values.length === 0
      ? "\u2013"
      : `${formatNumber(-largest(values.map((x) => -x)))} \u2026 ${formatNumber(largest(values))}`;
  const names = [...new Set(curves.map(({ name }) => name))].join(", ");
  return `${xName}: ${range(xsOf(curves))}; ${yName}: ${range(ys)}; ${names}.`;
}

/** One column per curve; rows at evenly spaced points of the longest curve. */
function tableOf(curves: readonly Curve[], xName: string, yName: string): DataTable {
  const longest = curves.reduce<readonly Point[]>(
    (best, { points }) => (points.length > best.length ? points : best),
    [],
  );
  const places = spread(longest.length).map((index) => (longest[index] as Point)[0]);
  const known = curves.map(({ points }) => new Map(points));
  return {
    titles: [xName, ...numbered(curves.map(({ name }) => name)).map((name) => `${name}: ${yName}`)],
    rows: places.map((x) => ({ name: formatCount(x), values: known.map((points) => points.get(x)) })),
  };
}

/** Numbers the names that occur more than once. */
function numbered(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return names.filter((each) => each === name).length > 1 ? `${name} ${count}` : name;
  });
}
