import { GradusError } from "../../core/errors.ts";
import { meaningOf, partOf } from "../../watch/log/names.ts";
import type { Part, Point, Series, SeriesLog } from "../../watch/log/series.ts";
import { type EventLog, readEventLog } from "./event-files.ts";

/** Reads event files of one run. Folders named after a part of the data (`train`, `validation`) belong to the run of their parent folder.
 *  @throws GradusError `bad-data` if a folder contains several runs, naming them; and as `readEventLog`. */
export function readEventFolder(path: string): SeriesLog {
  const { files, values, unread, warnings } = readEventLog(path);
  const runs = new Set(values.map(({ folder }) => runOf(folder)));
  if (runs.size > 1) {
    const names = [...runs].map((run) => (run === "" ? "." : run)).sort();
    throw new GradusError(
      "bad-data",
      `${path}: this folder contains several runs: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}. Give the folder or file of one run.`,
      { file: path, runs: names },
    );
  }
  const series = [...gather(values).values()].map(
    ({ tag, part, points, isDistribution }): Series => ({
      name: part === undefined ? tag : `${tag} (${part})`,
      meaning: meaningOf(tag, isDistribution, part),
      points: inOrder(points),
    }),
  );
  const counted = withEpochs(series);
  const times = values.map(({ seconds }) => seconds).filter((time) => time > 0);
  const span = times.reduce(([low, high], time) => [Math.min(low, time), Math.max(high, time)] as const, [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as readonly [number, number]);
  return {
    format: "tensorboard",
    files,
    series: [...counted, ...unread.map((name) => ({ name, meaning: undefined, points: [] }))],
    // Keras counts epochs, and says so in the tags
    isByEpoch: isCountedInEpochs(counted),
    seconds: Math.max(0, span[1] - span[0]) || 0,
    warnings,
  };
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

function gather(values: EventLog["values"]): Map<string, Gathered> {
  const gathered = new Map<string, Gathered>();
  for (const { tag, step, value, folder } of values) {
    const part = partOf(folder);
    const isDistribution = typeof value !== "number";
    const key = `${part} ${isDistribution} ${tag}`;
    let entry = gathered.get(key);
    if (entry === undefined) {
      entry = { tag, part, isDistribution, points: [] };
      gathered.set(key, entry);
    }
    entry.points.push({ step, value });
  }
  return gathered;
}

/** Sorted by step; for a repeated step (in a resumed run), the later value counts. */
function inOrder(points: readonly Point[]): readonly Point[] {
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
