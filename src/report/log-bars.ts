import { LEGEND, logAxis, plotted } from "./axes.ts";
import type { Chart } from "./chart.ts";
import { formatNumber } from "./numbers.ts";
import { AXIS, type ChartOption, type ChartSize, nameAbove, renderChart } from "./svg.ts";
import { colour, type Role } from "./theme.ts";

/** One value per category. */
export interface BarSeries {
  readonly name: string;
  readonly role: Role;
  readonly values: readonly number[];
}

export interface LogBarsOptions {
  readonly label: string;
  readonly categories: readonly string[];
  readonly xName: string;
  /** With its unit. */
  readonly yName: string;
}

const LEFT = 56;

/** Bars side by side on a log scale; with a legend if there is more than one series. */
export function logBarsChart(series: readonly BarSeries[], options: LogBarsOptions): Chart {
  const { label, categories, xName, yName } = options;
  const extent = ({ name, values }: BarSeries) =>
    `${name}: ${formatNumber(values[0] ?? Number.NaN)} \u2026 ${formatNumber(values.at(-1) ?? Number.NaN)}`;
  const description = `${xName}: ${categories[0] ?? ""} \u2026 ${categories.at(-1) ?? ""}; ${yName}: ${series.map(extent).join("; ")}.`;
  return {
    label,
    description,
    draw: (size) => renderChart(label, description, optionOf(series, options, size), size),
    table: {
      titles: [xName, ...series.map(({ name }) => `${name}: ${yName}`)],
      rows: categories.map((name, index) => ({ name, values: series.map(({ values }) => values[index]) })),
    },
  };
}

function optionOf(
  series: readonly BarSeries[],
  { categories, xName, yName }: LogBarsOptions,
  { width }: ChartSize,
): ChartOption {
  const { axisLabel, ...range } = logAxis(series.flatMap(({ values }) => values));
  const hasLegend = series.length > 1;
  const option = {
    grid: { left: LEFT, right: 16, top: hasLegend ? 56 : 32, bottom: 44 },
    ...(hasLegend ? { legend: { ...LEGEND, width: width - 16 } } : {}),
    xAxis: {
      type: "category",
      data: [...categories],
      name: xName,
      nameLocation: "middle",
      nameGap: 28,
      ...AXIS,
    },
    yAxis: {
      type: "log",
      ...range,
      startValue: range.min,
      ...AXIS,
      axisLabel: { ...AXIS.axisLabel, ...axisLabel },
      ...nameAbove(yName, LEFT),
    },
    series: series.map(({ name, role, values }) => ({
      type: "bar" as const,
      name,
      data: values.map(plotted),
      itemStyle: { color: colour(role), borderRadius: [2, 2, 0, 0] },
      barCategoryGap: "28%",
      silent: true,
    })),
  };
  // the library's types do not know exactOptionalPropertyTypes
  return option as unknown as ChartOption;
}
