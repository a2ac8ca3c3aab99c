import { fontOf } from "gradus-parts/base/canvas.ts";
import { logTicks, niceTicks } from "gradus-parts/base/scales.ts";
import { palette } from "gradus-parts/base/theme.ts";
import { formatShort } from "gradus-parts/text/numbers.ts";
import uPlot from "uplot";
import type { Axis } from "../../state/settings.ts";
import { formatPosition, positionTicks } from "./position-text.ts";

export interface PlotSetting {
  readonly axis: Axis;
  readonly isLog: boolean;
  /** The ends of the axes, as they are now. */
  readonly xRange: () => readonly [number, number];
  readonly yRange: () => readonly [number, number];
  /** Draws the curves on the plot's canvas. */
  readonly draw: (plot: uPlot) => void;
  /** The pointer is at a position, in pixels from the left, or has gone: negative. */
  readonly pointed: (plot: uPlot, left: number, top: number) => void;
  /** A part was chosen by dragging, in the axis's unit. */
  readonly chosen: (from: number, to: number) => void;
  /** A double click: all is to be seen again. */
  readonly reset: () => void;
}

/** Widths of the axes' areas in pixels. */
const Y_AXIS = 50;
const X_AXIS = 22;
/** What is dragged by fewer pixels is a click. */
const LEAST_DRAG = 6;

/** Axes, grid, cursor and choice of a range by uPlot. The curves are drawn by us: each run has steps of its own, and hundreds of curves on
 *  one list of steps, as uPlot has them, would be mostly holes. */
export function createPlot(
  box: HTMLElement,
  size: { readonly width: number; readonly height: number },
  setting: PlotSetting,
): uPlot {
  const { axis, isLog, xRange, yRange } = setting;
  const look = { stroke: () => palette.value.muted, font: fontOf(palette.value), ticks: { show: false } } as const;
  const grid = { stroke: () => palette.value.grid, width: 1 };
  const options: uPlot.Options = {
    ...size,
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG },
      points: { show: false },
      bind: {
        dblclick: () => () => {
          setting.reset();
          return null;
        },
      },
    },
    scales: {
      x: { time: false, range: () => [...xRange()] as uPlot.Range.MinMax },
      y: { distr: isLog ? 3 : 1, range: () => [...yRange()] as uPlot.Range.MinMax },
    },
    axes: [
      {
        ...look,
        scale: "x",
        size: X_AXIS,
        gap: 5,
        grid,
        splits: (plot, _, low, high) => [...positionTicks(low, high, plot.bbox.width / devicePixelRatio / 76, axis)],
        values: (_, ticks) => ticks.map((tick) => formatPosition(tick, axis)),
      },
      {
        ...look,
        scale: "y",
        size: Y_AXIS,
        gap: 5,
        grid,
        splits: (plot, _, low, high) => {
          const most = plot.bbox.height / devicePixelRatio / 34;
          return [...(isLog ? logTicks(low, high, most) : niceTicks(low, high, most))];
        },
        filter: (_, ticks) => ticks,
        values: (_, ticks) => ticks.map((tick) => formatShort(tick)),
      },
    ],
    series: [{}, { show: true, paths: () => null, points: { show: false } }],
    hooks: {
      draw: [setting.draw],
      setCursor: [(plot) => setting.pointed(plot, plot.cursor.left ?? -1, plot.cursor.top ?? -1)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < LEAST_DRAG) return;
          const [from, to] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          setting.chosen(from, to);
        },
      ],
    },
    // the last label stands around the end of the axis
    padding: [8, 20, 0, 0],
  };
  return new uPlot(options, dummy(setting), box);
}

/** Makes the plot take the ends of its axes anew, and draw, at once. */
export function redraw(plot: uPlot, setting: Pick<PlotSetting, "xRange" | "yRange">): void {
  plot.batch(() => plot.setData(dummy(setting)));
}

/** Two points, so that uPlot has a range to show. */
function dummy({ xRange, yRange }: Pick<PlotSetting, "xRange" | "yRange">): uPlot.AlignedData {
  return [[...xRange()], [...yRange()]];
}
