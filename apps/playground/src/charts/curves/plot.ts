import { fontOf } from "gradus-parts/base/canvas.ts";
import { logTicks, niceTicks } from "gradus-parts/base/scales.ts";
import { palette } from "gradus-parts/base/theme.ts";
import { formatCount, formatPercent, formatShort } from "gradus-parts/text/numbers.ts";
import uPlot from "uplot";
import type { Aligned } from "./align.ts";
import { valueRange } from "./range.ts";
import type { CurveName, SeriesKind, Source } from "./sources.ts";

export interface PlotSetting {
  readonly what: CurveName;
  readonly isLog: boolean;
  readonly sources: readonly Source[];
  /** Undefined where networks differ in it. */
  readonly stepsPerEpoch: () => number | undefined;
  readonly stepName: string;
  readonly epochName: string;
  readonly drawOver: (plot: uPlot) => void;
  readonly cursorMoved: (plot: uPlot) => void;
}

/** How each kind of curve is drawn. */
const LOOKS: Readonly<Record<SeriesKind, { readonly width: number; readonly alpha: number; readonly dot: number }>> = {
  raw: { width: 1, alpha: 0.32, dot: 0 },
  smooth: { width: 2, alpha: 1, dot: 0 },
  train: { width: 0, alpha: 1, dot: 5 },
  test: { width: 2, alpha: 1, dot: 5 },
};

/** Network B's lines are dashed: colours alone would not do. */
export const DASH = [6, 4];

export function curveColour(kind: SeriesKind, network: 0 | 1): string {
  const { series, seriesTest } = palette.value;
  return kind === "test" ? seriesTest[network] : series[network];
}

/** In accuracy charts the curve of the training set is a line as well. */
export function lineWidth(kind: SeriesKind, what: CurveName): number {
  return kind === "train" && what === "accuracy" ? 2 : LOOKS[kind].width;
}

/** Widths of the axes' areas in pixels. */
const Y_AXIS = 50;
const X_AXIS = 20;
const NAME = 15;

export function createPlot(
  box: HTMLElement,
  size: { readonly width: number; readonly height: number },
  setting: PlotSetting,
) {
  const { what, isLog, sources, stepName, epochName, stepsPerEpoch } = setting;
  const text = () => palette.value.muted;
  const font = fontOf(palette.value);
  const axis = { stroke: text, font, labelFont: font, labelSize: NAME, ticks: { show: false } } as const;
  const grid = { stroke: () => palette.value.grid, width: 1 };
  const options: uPlot.Options = {
    ...size,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 7, width: 2 } },
    scales: {
      x: { time: false, range: (_, low, high) => [Math.min(low ?? 0, 0), Math.max(high ?? 1, 1)] },
      y: {
        distr: isLog ? 3 : 1,
        range: (plot) =>
          [...valueRange(plot.data.slice(1) as unknown as readonly Aligned[], what, isLog)] as uPlot.Range.MinMax,
      },
    },
    axes: [
      {
        ...axis,
        scale: "x",
        label: stepName,
        labelGap: 0,
        size: X_AXIS,
        gap: 4,
        grid,
        splits: (plot, _, low, high) =>
          niceTicks(low, high, plot.bbox.width / devicePixelRatio / 80).filter(Number.isInteger),
        values: (_, ticks) => ticks.map((tick) => formatCount(tick)),
      },
      {
        ...axis,
        scale: "y",
        size: Y_AXIS,
        gap: 5,
        grid,
        splits: (plot, _, low, high) => {
          const most = plot.bbox.height / devicePixelRatio / 34;
          return [...(isLog ? logTicks(low, high, most) : niceTicks(low, high, most))];
        },
        filter: (_, ticks) => ticks,
        values: (_, ticks) =>
          ticks.map((tick) => (what === "accuracy" ? formatPercent(tick).replace(".0", "") : formatShort(tick))),
      },
      {
        ...axis,
        scale: "x",
        side: 0,
        label: epochName,
        labelGap: 0,
        size: X_AXIS,
        gap: 4,
        grid: { show: false },
        show: stepsPerEpoch() !== undefined,
        splits: (plot, _, low, high) => {
          const each = stepsPerEpoch() ?? 1;
          const ticks = niceTicks(low / each, high / each, plot.bbox.width / devicePixelRatio / 60);
          // the name of the vertical axis stands above 0
          return ticks.filter((tick) => tick > 0 && Number.isInteger(tick)).map((tick) => tick * each);
        },
        values: (_, ticks) => ticks.map((tick) => formatCount(tick / (stepsPerEpoch() ?? 1))),
      },
    ],
    series: [{}, ...sources.map(({ kind, network }) => seriesOf(kind, network, what))],
    hooks: { draw: [setting.drawOver], setCursor: [setting.cursorMoved] },
    padding: [stepsPerEpoch() === undefined ? 26 : 2, 12, 0, 0],
  };
  return new uPlot(options, [[], ...sources.map(() => [])], box);
}

function seriesOf(kind: SeriesKind, network: 0 | 1, what: CurveName): uPlot.Series {
  const { alpha, dot } = LOOKS[kind];
  const colour = () => curveColour(kind, network);
  const width = lineWidth(kind, what);
  return {
    stroke: colour,
    width,
    alpha,
    ...(network === 1 && width > 0 ? { dash: DASH } : {}),
    ...(width === 0 ? { paths: () => null } : {}),
    points: {
      show: dot > 0,
      // what a filter names is drawn even where dots are not shown
      filter: dot > 0 ? spacedPoints : () => null,
      size: dot,
      stroke: colour,
      fill: network === 1 ? () => palette.value.surface : colour,
      width: network === 1 ? 1.5 : 0,
    },
  };
}

/** Distance between two dots of a curve, in pixels. */
const APART = 12;

/** The places of a curve that get a dot: very many epochs would make a band of them. */
function spacedPoints(plot: uPlot, index: number): number[] {
  const places: number[] = [];
  let before = -Infinity;
  plot.data[index]?.forEach((value, place) => {
    if (value === null || value === undefined) return;
    const x = plot.valToPos(plot.data[0][place] ?? 0, "x");
    if (x - before < APART) return;
    places.push(place);
    before = x;
  });
  return places;
}
