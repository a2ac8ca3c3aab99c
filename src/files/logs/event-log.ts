import { GradusError } from "../../core/errors.ts";
import { largest, smallest } from "../../core/extremes.ts";
import type { ScalarColumn } from "../../io/tensorboard/columns.ts";
import type { Distribution } from "../../io/tensorboard/distribution.ts";
import { meaningOf, partOf } from "../../watch/log/names.ts";
import type { Part, Point, Series, SeriesLog } from "../../watch/log/series.ts";
import { type EventLog, type EventSeries, readEventLog } from "./event-files.ts";

/** Reads event files of one run. Folders named after a part of the data (`train`, `validation`) belong to the run of their parent folder.
 *  @throws GradusError `bad-data` if a folder contains several runs, naming them; and as `readEventLog`. */
export function readEventFolder(path: string): SeriesLog {
  const log = readEventLog(path);
  const runs = new Set(log.series.map(({ folder }) => runOf(folder)));
  if (runs.size > 1) {
    const names = [...runs].map((run) => (run === "" ? "." : run)).sort();
    throw new GradusError(
      "bad-data",
      `${path}: this folder contains several runs: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}. Give the folder or file of one run.`,
      { file: path, runs: names },
    );
  }
  return toSeriesLog(log);
}

/** The contents of event files of one run as a log. */
export function toSeriesLog({ files, series: read, unread, warnings }: EventLog): SeriesLog {
  const series = gather(read).map(
    ({ tag, part, points, isDistribution }): Series => ({
      name: part === undefined ? tag : `${tag} (${part})`,
      meaning: meaningOf(tag, isDistribution, part),
      points: inOrder(points),
    }),
  );
  const counted = withEpochs(series);
  return {
    format: "tensorboard",
    files,
    series: [...counted, ...unread.map((name) => ({ name, meaning: undefined, points: [] }))],
    // Keras counts epochs, and says so in the tags
    isByEpoch: isCountedInEpochs(counted),
    seconds: secondsOf(read),
    warnings,
  };
}

/** From the first value to the last, by the clock of the writer. */
function secondsOf(series: readonly EventSeries[]): number {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { scalars, distributions } of series) {
    const column = scalars ?? distributions;
    for (let row = 0; row < (column?.length ?? 0); row++) {
      const time = column?.times[row] ?? 0;
      if (!(time > 0)) continue;
      first = Math.min(first, time);
      last = Math.max(last, time);
    }
  }
  return Math.max(0, last - first) / 1000 || 0;
}

/** A folder's path without the folders of data parts. */
function runOf(folder: string): string {
  return folder
    .split(/[\\/]/)
    .filter((name) => partOf(name) === undefined)
    .join("/");
}

interface Gathered {
  readonly tag: string;
  readonly part: Part | undefined;
  readonly isDistribution: boolean;
  readonly points: Point[];
}

/** Longer series are thinned: no reading needs as many points, and millions of them would be objects. */
const MOST_POINTS = 50_000;
/** So many values that are not finite are kept. */
const MOST_ODD = 1000;

function gather(series: readonly EventSeries[]): readonly Gathered[] {
  const gathered = new Map<string, Gathered>();
  const width = widthOf(series);
  for (const { tag, folder, scalars, distributions } of series) {
    const part = partOf(folder);
    const isDistribution = distributions !== undefined;
    const key = `${part} ${isDistribution} ${tag}`;
    const entry = gathered.get(key) ?? { tag, part, isDistribution, points: [] };
    gathered.set(key, entry);
    if (scalars !== undefined) addScalars(entry.points, scalars, width);
    else if (distributions !== undefined) {
      for (let row = 0; row < distributions.length; row++) {
        entry.points.push({
          step: distributions.steps[row] as number,
          value: distributions.values[row] as Distribution,
        });
      }
    }
  }
  return [...gathered.values()];
}

/** Steps of which a thinned series keeps one: the same for all, so that points of the same step stay together. */
function widthOf(series: readonly EventSeries[]): number {
  const columns = series.flatMap(({ scalars, distributions }) => scalars ?? distributions ?? []);
  const span = largest(columns.map(({ most }) => most)) - smallest(columns.map(({ least }) => least));
  return span / MOST_POINTS;
}

/** Of a long series the first value in each stretch of steps, the last value, and the first ones that are NaN or infinite. */
function addScalars(points: Point[], { steps, values, length }: ScalarColumn, width: number): void {
  let stretch = Number.NaN;
  let odd = 0;
  for (let row = 0; row < length; row++) {
    const step = steps[row] as number;
    const value = values[row] as number;
    if (length > MOST_POINTS) {
      const own = Math.floor(step / width);
      const isKept = own !== stretch || row === length - 1 || (!Number.isFinite(value) && odd++ < MOST_ODD);
      if (!isKept) continue;
      stretch = own;
    }
    points.push({ step, value });
  }
}

/** Sorted by step; for a repeated step (of two folders of one part), the later value counts. */
function inOrder(points: readonly Point[]): readonly Point[] {
  const isAscending = points.every(({ step }, index) => index === 0 || step > (points[index - 1] as Point).step);
  if (isAscending) return points;
  return [...new Map(points.map((point) => [point.step, point])).values()].sort((a, b) => a.step - b.step);
}

function isCountedInEpochs(series: readonly Series[]): boolean {
  return series.some(
    ({ name, meaning }) => meaning?.kind === "loss" && meaning.per === "epoch" && /^epoch_loss\b/.test(name),
  );
}

/** Lightning and Hugging Face log the epoch of each step as an additional scalar. */
function withEpochs(series: readonly Series[]): readonly Series[] {
  const counter = series.find(({ meaning }) => meaning?.kind === "epoch")?.points ?? [];
  const epochs = new Map(counter.map(({ step, value }) => [step, value]));
  if (epochs.size === 0) return series;
  return series.map((each) => ({
    ...each,
    points: each.points.map((point) => {
      const epoch = epochs.get(point.step);
      return typeof epoch === "number" ? { ...point, epoch } : point;
    }),
  }));
}
