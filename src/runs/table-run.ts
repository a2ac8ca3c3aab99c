import { type Stats, statSync } from "node:fs";
import { basename, extname, relative, sep } from "node:path";
import { readCsvLog } from "../files/logs/csv-log.ts";
import { readJsonLog } from "../files/logs/json-log.ts";
import { systemFailure } from "../files/system-errors.ts";
import type { Point, SeriesLog } from "../watch/log/series.ts";
import { toRecord } from "../watch/log/to-record.ts";
import type { RunRecord } from "../watch/record.ts";
import type { MeasureSeries, RunKind, RunReader } from "./types.ts";

type TableKind = Extract<RunKind, "csv" | "json-lines">;

const READERS: Readonly<Record<TableKind, (file: string) => SeriesLog>> = {
  csv: readCsvLog,
  "json-lines": readJsonLog,
};

const ENDINGS: Readonly<Record<string, TableKind>> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".jsonl": "json-lines",
  ".ndjson": "json-lines",
};

/** The kind of table that a file's name promises, packed by gzip or not; undefined for another file. */
export function tableKind(file: string): TableKind | undefined {
  const ending = extname(file.replace(/\.gz$/, "")).toLowerCase();
  return Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined;
}

/** Reading a table takes at most this share of the time, however fast it grows: it is read whole. */
const READING_SHARE = 0.05;

/** Opens a log that is one table: one row or one JSON object for each step or epoch.
 *  @param root the folder that ids are relative to; if it is the file, the id is ".".
 *  @throws GradusError as `readCsvLog` and `readJsonLog`. */
export function openTableRun(file: string, root: string): RunReader {
  return new TableRun(file, root);
}

class TableRun implements RunReader {
  readonly id: string;
  readonly kind: TableKind;
  readonly folder: string;
  readonly name: string;
  readonly description = undefined;
  readonly settings = {};
  readonly status = "unknown";
  readonly events = [];
  readonly histograms = new Map<string, never>();
  readonly texts = new Map<string, never>();
  readonly notes = "";
  #log: SeriesLog;
  #stats: Stats;
  #measures: ReadonlyMap<string, MeasureSeries>;
  /** When the table may be read again, by `performance.now`. */
  #nextRead: number;

  constructor(file: string, root: string) {
    this.folder = file;
    const path = relative(root, file).split(sep).join("/");
    this.id = path === "" ? "." : path;
    this.name = path === "" ? basename(file) : path;
    this.kind = tableKind(file) ?? "csv";
    const { log, stats, nextRead } = this.#read();
    this.#log = log;
    this.#stats = stats;
    this.#nextRead = nextRead;
    this.#measures = measuresOf(log, new Map());
  }

  get createdAt(): number | undefined {
    // some file systems do not know it
    return this.#stats.birthtimeMs > 0 ? this.#stats.birthtimeMs : undefined;
  }

  get updatedAt(): number {
    return this.#stats.mtimeMs;
  }

  get measures(): ReadonlyMap<string, MeasureSeries> {
    return this.#measures;
  }

  get warnings(): readonly string[] {
    return this.#log.warnings;
  }

  refresh(): boolean {
    const { size, mtimeMs, ino } = statOf(this.folder);
    const isSame = size === this.#stats.size && mtimeMs === this.#stats.mtimeMs && ino === this.#stats.ino;
    if (isSame || performance.now() < this.#nextRead) return false;
    const { log, stats, nextRead } = this.#read();
    this.#log = log;
    this.#stats = stats;
    this.#nextRead = nextRead;
    this.#measures = measuresOf(log, this.#measures);
    return true;
  }

  toRecord(): RunRecord {
    return toRecord(this.#log);
  }

  #read() {
    const start = performance.now();
    // sizes first: what is written meanwhile is new the next time
    const stats = statOf(this.folder);
    const log = READERS[this.kind](this.folder);
    const end = performance.now();
    return { log, stats, nextRead: end + (end - start) / READING_SHARE };
  }
}

function statOf(file: string): Stats {
  try {
    return statSync(file);
  } catch (cause) {
    throw systemFailure("read", file, cause);
  }
}

/** The series with numbers. Steps are not among them: they are what the others stand over. */
function measuresOf(log: SeriesLog, before: ReadonlyMap<string, MeasureSeries>): ReadonlyMap<string, MeasureSeries> {
  const measures = new Map<string, MeasureSeries>();
  for (const { name, meaning, points } of log.series) {
    if (meaning?.kind === "step" || points.length === 0) continue;
    const series = seriesOf(name, points);
    const old = before.get(name);
    const generation = old === undefined ? 0 : old.generation + Number(!continues(series, old));
    measures.set(name, { ...series, generation });
  }
  return measures;
}

function seriesOf(name: string, points: readonly Point[]): Omit<MeasureSeries, "generation"> {
  const isAscending = points.every(({ step }, index) => index === 0 || step >= (points[index - 1] as Point).step);
  // a log that was started anew repeats steps: the later value counts
  const ordered = isAscending
    ? points
    : [...new Map(points.map((point) => [point.step, point])).values()].sort((a, b) => a.step - b.step);
  return {
    name,
    length: ordered.length,
    steps: Float64Array.from(ordered, ({ step }) => step),
    // tables have no times
    times: new Float64Array(ordered.length).fill(Number.NaN),
    values: Float64Array.from(ordered, ({ value }) => (typeof value === "number" ? value : Number.NaN)),
  };
}

/** Whether a series only has more points than it had. */
function continues(series: Omit<MeasureSeries, "generation">, before: MeasureSeries): boolean {
  return (
    series.length >= before.length &&
    isPrefix(before.steps, series.steps, before.length) &&
    isPrefix(before.values, series.values, before.length)
  );
}

function isPrefix(a: Float64Array, b: Float64Array, length: number): boolean {
  for (let index = 0; index < length; index++) if (!Object.is(a[index], b[index])) return false;
  return true;
}
