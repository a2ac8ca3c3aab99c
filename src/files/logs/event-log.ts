import { GradusError } from "../../core/errors.ts";
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

function gather(series: readonly EventSeries[]): readonly Gathered[] {
  const gathered = new Map<string, Gathered>();
  for (const { tag, folder, scalars, distributions } of series) {
    const part = partOf(folder);
    const isDistribution = distributions !== undefined;
    const key = `${part} ${isDistribution} ${tag}`;
    const entry = gathered.get(key) ?? { tag, part, isDistribution, points: [] };
    gathered.set(key, entry);
    const column = scalars ?? distributions;
    for (let row = 0; row < (column?.length ?? 0); row++) {
      entry.points.push({ step: column?.steps[row] as number, value: column?.values[row] as Point["value"] });
    }
  }
  return [...gathered.values()];
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
