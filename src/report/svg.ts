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
  TitleComponent,
  type TitleComponentOption,
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
  TitleComponent,
  VisualMapComponent,
  SVGRenderer,
]);

export type ChartOption = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | HeatmapSeriesOption
  | GridComponentOption
  | LegendComponentOption
  | TitleComponentOption
  | VisualMapComponentOption
>;

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans KR', sans-serif";

/** A chart as SVG text of the given size.
 *  @param label what it shows. @param description its axes. Screen readers read both. */
export function renderChart(label: string, description: string, option: ChartOption, size: ChartSize): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, ...size });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: "transparent",
      textStyle: { fontFamily: FONT, color: colour("ink") },
      ...option,
    });
    const svg = withVariables(chart.renderToSVGString());
    return svg.replace(
      /^<svg ([^>]*)>/,
      (_, attributes: string) =>
        `<svg role="img" aria-label="${escapeHtml(`${label}. ${description}`)}" ${attributes}><title>${escapeHtml(label)}</title><desc>${escapeHtml(description)}</desc>`,
    );
  } finally {
    chart.dispose();
  }
}

/** The look of every axis. */
export const AXIS = {
  axisLine: { lineStyle: { color: colour("grid") } },
  axisTick: { show: false },
  axisLabel: { color: colour("muted"), fontSize: 12, hideOverlap: true },
  splitLine: { lineStyle: { color: colour("grid") } },
  nameTextStyle: { color: colour("muted"), fontSize: 12 },
} as const;

/** The name of a vertical axis, above it, from the left edge of the drawing. */
export function nameAbove(name: string, left: number) {
  return {
    name,
    nameLocation: "end",
    nameGap: 10,
    nameTextStyle: { ...AXIS.nameTextStyle, align: "left", padding: [0, 0, 0, 8 - left] },
  } as const;
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
