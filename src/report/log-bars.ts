import { LEGEND, logRange, plotted } from "./axes.ts";
import { AXIS, powerLabel, renderChart } from "./svg.ts";
import { colour, type Role } from "./theme.ts";

/** One value a category. */
export interface BarSeries {
  readonly name: string;
  readonly role: Role;
  readonly values: readonly number[];
}

/** Bars side by side on a log scale; a legend where there is more than one series. */
export function logBarsChart(
  series: readonly BarSeries[],
  options: { readonly label: string; readonly categories: readonly string[]; readonly xName: string },
): string {
  const range = logRange(series.flatMap(({ values }) => values));
  return renderChart(
    options.label,
    {
      grid: { left: 64, right: 16, top: series.length > 1 ? 44 : 16, bottom: 44 },
      ...(series.length > 1 ? { legend: LEGEND } : {}),
      xAxis: {
        type: "category",
        data: [...options.categories],
        name: options.xName,
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
      series: series.map(({ name, role, values }) => ({
        type: "bar" as const,
        name,
        data: values.map(plotted),
        itemStyle: { color: colour(role), borderRadius: [2, 2, 0, 0] },
        barCategoryGap: "28%",
        silent: true,
      })),
    },
    { width: 900, height: 300 },
  );
}
