import {
  BarChart,
  type BarSeriesOption,
  HeatmapChart,
  type HeatmapSeriesOption,
  LineChart,
  type LineSeriesOption,
} from "echarts/charts";
import {
  GridComponent,
  type GridComponentOption,
  LegendComponent,
  type LegendComponentOption,
  MarkPointComponent,
  VisualMapComponent,
  type VisualMapComponentOption,
} from "echarts/components";
import { type ComposeOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { colour, withVariables } from "./theme.ts";

use([
  BarChart,
  LineChart,
  HeatmapChart,
  GridComponent,
  LegendComponent,
  MarkPointComponent,
  VisualMapComponent,
  SVGRenderer,
]);

export type ChartOption = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | HeatmapSeriesOption
  | GridComponentOption
  | LegendComponentOption
  | VisualMapComponentOption
>;

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

/** A chart as SVG text that fits the width it is given.
 *  @param label what it shows, for those who cannot see it. */
export function renderChart(
  label: string,
  option: ChartOption,
  size: { readonly width: number; readonly height: number },
): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, ...size });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: "transparent",
      textStyle: { fontFamily: FONT, color: colour("ink") },
      ...option,
    });
    const svg = withVariables(chart.renderToSVGString());
    return svg.replace(/^<svg /, () => `<svg role="img" aria-label="${escapeHtml(label)}" `);
  } finally {
    chart.dispose();
  }
}

/** How every axis looks. */
export const AXIS = {
  axisLine: { lineStyle: { color: colour("grid") } },
  axisTick: { show: false },
  axisLabel: { color: colour("muted"), fontSize: 12 },
  splitLine: { lineStyle: { color: colour("grid") } },
  nameTextStyle: { color: colour("muted"), fontSize: 12 },
} as const;

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** 1e-12 -> 10⁻¹², for log axes. */
export function powerLabel(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (exponent >= -1 && exponent <= 2) return String(Number((10 ** exponent).toPrecision(1)));
  const digits = [...String(exponent)].map((digit) =>
    digit === "-" ? "\u207b" : "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[Number(digit)],
  );
  return `10${digits.join("")}`;
}
