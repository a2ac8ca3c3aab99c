import type { Curve, StepRange } from "../../state/curve.ts";
import type { SeriesStore } from "../../state/series-store.ts";
import type { View } from "../../state/settings.ts";
import { stepsIn, stepsPerEpoch } from "./axis.ts";
import { type Band, groupLines } from "./band.ts";
import { extentOf, type Line, type LineRun, lineOf } from "./lines.ts";
import { type ValueRange, valueRange } from "./range.ts";

/** All that a chart of curves shows. */
export interface Picture {
  readonly lines: readonly Line[];
  /** Groups of runs that are drawn as one; `singles`: the other lines. */
  readonly bands: readonly Band[];
  readonly singles: readonly Line[];
  readonly xRange: readonly [number, number];
  readonly y: ValueRange;
  /** Runs that are not on the axis. */
  readonly withoutEpochs: number;
  readonly withoutTimes: number;
  readonly isLoading: boolean;
  readonly hasFailed: boolean;
}

export type CurveSettings = Pick<View, "axis" | "smoothing" | "isLog" | "hasBands" | "ignoresOutliers" | "zoom">;

/** A run and what the page has of its measure. */
export interface Drawable {
  readonly run: LineRun;
  readonly curve: Curve;
}

export const EMPTY: Picture = {
  lines: [],
  bands: [],
  singles: [],
  xRange: [0, 1],
  y: { low: 0, high: 1, notPositive: 0, outliers: 0 },
  withoutEpochs: 0,
  withoutTimes: 0,
  isLoading: true,
  hasFailed: false,
};

/** @param rangeOf the steps of a run that are in sight; undefined: all. */
export function pictureOf(
  drawables: readonly Drawable[],
  settings: CurveSettings,
  rangeOf: (drawable: Drawable) => StepRange | undefined,
): Picture {
  const { axis, isLog, hasBands, ignoresOutliers, zoom } = settings;
  const ready = drawables.filter(({ curve }) => curve.state === "ready");
  let [withoutEpochs, withoutTimes] = [0, 0];
  const lines = ready.flatMap((drawable) => {
    const line = lineOf(drawable.run, drawable.curve, settings, rangeOf(drawable));
    if (line !== undefined) return [line];
    if (axis === "epoch") withoutEpochs++;
    else withoutTimes++;
    return [];
  });
  const xRange = zoom === undefined ? wholeRange(lines) : ([zoom.from, zoom.to] as const);
  const { bands, singles } = hasBands ? groupLines(lines) : { bands: [], singles: lines };
  return {
    lines,
    bands,
    singles,
    xRange,
    y: valueRange(lines, { isLog, ignoresOutliers, from: xRange[0], to: xRange[1] }),
    withoutEpochs,
    withoutTimes,
    isLoading: drawables.some(({ curve }) => curve.state === "loading"),
    hasFailed: drawables.some(({ curve }) => curve.state === "failed"),
  };
}

/** From 0 to the last point, or from the first one where 0 is far away. */
function wholeRange(lines: readonly Line[]): readonly [number, number] {
  const [low, high] = extentOf(lines) ?? [0, 1];
  const start = low > 0 && low <= high - low ? 0 : low;
  if (high > start) return [start, high];
  return low > 0 && low <= 1 ? [0, 1] : [low, low + 1];
}

/** Asks for what is in sight at full resolution, once for each zoom.
 *  @returns the steps in sight of a run; undefined: all, or all points are there already. */
export function createCloseLook(series: SeriesStore) {
  let key = "";
  let ranges = new Map<string, StepRange | undefined>();
  return ({ axis, zoom }: CurveSettings, { run, curve }: Drawable): StepRange | undefined => {
    const next = zoom === undefined ? "" : `${axis} ${zoom.from} ${zoom.to}`;
    if (next !== key) {
      key = next;
      ranges = new Map();
    }
    if (zoom === undefined) {
      if (curve.close !== undefined) series.look(run.id, curve.measure, undefined);
      return undefined;
    }
    // what it takes to know which steps are in sight may come later
    const own = `${run.id} ${stepsPerEpoch(run) ?? ""}`;
    if (!ranges.has(own)) {
      const { whole } = curve;
      const range = whole.total === whole.places.length ? undefined : stepsIn(zoom, axis, run, whole.places);
      ranges.set(own, range);
      series.look(run.id, curve.measure, range);
    }
    return ranges.get(own);
  };
}
