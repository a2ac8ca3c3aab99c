import { type Chart, spread } from "./chart.ts";
import { formatCount, power } from "./numbers.ts";
import { AXIS, type ChartOption, type ChartSize, renderChart } from "./svg.ts";
import { colour, HEAT } from "./theme.ts";

/** Numbers on a grid, drawn as colours. */
export interface HeatMap {
  readonly label: string;
  /** Name of the horizontal axis; its values, such as steps or epochs, from left to right. */
  readonly xName: string;
  readonly columns: readonly number[];
  /** Name of the vertical axis; its rows from bottom to top. */
  readonly yName: string;
  readonly rows: readonly string[];
  /** What the colours show, with the unit. */
  readonly valueName: string;
  /** By column, then by row; positive. Values that are not finite or not positive are left blank. */
  readonly values: readonly (readonly number[])[];
  /** Powers of ten of the darkest and the lightest colour; the same for maps that are compared. */
  readonly range: readonly [number, number];
}

/** Magnitudes by row and column; colours show powers of ten. */
export function heatMapChart(map: HeatMap): Chart {
  const { label, xName, columns, yName, rows, valueName, values } = map;
  const description = `${xName}: ${columns[0] ?? 0} \u2026 ${columns.at(-1) ?? 0}; ${yName}: ${rows[0] ?? ""} \u2026 ${rows.at(-1) ?? ""}; ${valueName}: ${power(map.range[0])} \u2026 ${power(map.range[1])}.`;
  const shown = spread(columns.length, 6);
  return {
    label,
    description,
    draw: (size) =>
      renderChart(label, description, optionOf(map, size), size).replace("<svg ", '<svg shape-rendering="crispEdges" '),
    table: {
      titles: [yName, ...shown.map((column) => `${xName} ${formatCount(columns[column] as number)}: ${valueName}`)],
      rows: rows.map((name, row) => ({ name, values: shown.map((column) => values[column]?.[row]) })),
    },
  };
}

function optionOf({ xName, columns, yName, rows, valueName, values, range }: HeatMap, { width, height }: ChartSize) {
  const cells = values.flatMap((column, x) =>
    column.flatMap((value, y) =>
      value > 0 && Number.isFinite(value)
        ? [[x, y, Math.min(range[1], Math.max(range[0], Math.log10(value)))] as [number, number, number]]
        : [],
    ),
  );
  const option = {
    grid: { left: 52, right: 76, top: 34, bottom: 44 },
    title: {
      text: valueName,
      left: width - 12,
      textAlign: "right",
      top: 4,
      textStyle: { color: colour("muted"), fontSize: 12, fontWeight: "normal" },
    },
    xAxis: {
      type: "category",
      data: columns.map(formatCount),
      name: xName,
      nameLocation: "middle",
      nameGap: 26,
      ...AXIS,
      axisLabel: {
        ...AXIS.axisLabel,
        interval: Math.max(0, Math.ceil(columns.length / (width < 400 ? 4 : 6)) - 1),
      },
    },
    yAxis: {
      type: "category",
      data: [...rows],
      name: yName,
      nameLocation: "middle",
      nameGap: 34,
      ...AXIS,
    },
    visualMap: {
      type: "continuous",
      min: range[0],
      max: range[1],
      calculable: false,
      orient: "vertical",
      right: 8,
      top: 34,
      itemHeight: height - 130,
      itemWidth: 14,
      text: [power(range[1]), power(range[0])],
      textStyle: { color: colour("muted"), fontSize: 12 },
      inRange: { color: [...HEAT] },
    },
    series: [{ type: "heatmap", data: cells, silent: true, itemStyle: { borderWidth: 0 }, progressive: 0 }],
  };
  // the library's types do not know exactOptionalPropertyTypes
  return option as unknown as ChartOption;
}
