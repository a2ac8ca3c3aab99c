import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { describe } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { listFolder, pathKind } from "../files/folders.ts";
import { EventFile } from "../files/logs/event-file.ts";
import { isEventFileName, readEventFiles } from "../files/logs/event-files.ts";
import { toSeriesLog } from "../files/logs/event-log.ts";
import type { Json } from "../io/checkpoint.ts";
import { evenBins } from "../io/tensorboard/even-bins.ts";
import { toRecord } from "../watch/log/to-record.ts";
import type { Histogram, RunRecord } from "../watch/record.ts";
import { isPartFolder } from "./event-folders.ts";
import { EventSeriesSet } from "./event-series.ts";
import type { HistogramPoint, MeasureSeries, RunReader, RunStatus } from "./types.ts";

/** Opens a run that was written for TensorBoard, also while it is written: a folder with event files, or one file. Folders in it named
 *  after a part of the data (`train`, `validation`) belong to the run; their name begins those of their measures. Histograms come in 30
 *  bins of equal width. Hyper-parameters are the settings.
 *  @param root folder to which its `id` is relative.
 *  @throws GradusError `file-not-found`; `bad-data` for a folder without event files, and if no file is an event file; `io-error`. */
export function openEventRun(path: string, root: string): RunReader {
  requireArgument(
    typeof path === "string" && typeof root === "string",
    `openEventRun: expected the path of a folder or a file, got ${describe(path)}.`,
    { path },
  );
  return new EventRun(path, root);
}

/** The files of one folder. */
interface Part {
  /** Begins the names of its series: "", "train/". */
  readonly prefix: string;
  readonly files: Map<string, EventFile<Histogram>>;
  readonly series: EventSeriesSet;
}

class EventRun implements RunReader {
  readonly id: string;
  readonly kind = "tensorboard";
  readonly folder: string;
  readonly name: string;
  readonly description = undefined;
  readonly events = [];
  readonly notes = "";
  measures: ReadonlyMap<string, MeasureSeries> = new Map();
  histograms: ReadonlyMap<string, readonly HistogramPoint[]> = new Map();
  texts: ReadonlyMap<string, string> = new Map();
  settings: Json = {};
  status: RunStatus = "unknown";
  createdAt: number | undefined;
  updatedAt: number | undefined;
  warnings: readonly string[] = [];
  /** The file, if the run is one file. */
  readonly #file: string | undefined;
  readonly #parts = new Map<string, Part>();
  /** Why files cannot be read, by path. */
  readonly #refusals = new Map<string, GradusError>();

  constructor(path: string, root: string) {
    this.#file = pathKind(path) === "folder" ? undefined : path;
    this.folder = this.#file === undefined ? path : dirname(path);
    this.id = relative(resolve(root), resolve(path)).split(sep).join("/") || ".";
    this.name = this.id === "." ? basename(resolve(path)) : this.id;
    this.refresh();
    const files = this.#files();
    const [refusal] = this.#refusals.values();
    if (refusal !== undefined && this.#refusals.size === files.length) throw refusal;
  }

  refresh(): boolean {
    const found = this.#file === undefined ? eventFilesOf(this.folder) : [{ prefix: "", file: this.#file }];
    let isChanged = this.#forget(new Set(found.map(({ file }) => file)));
    for (const { prefix, file } of found) {
      let part = this.#parts.get(prefix);
      if (part === undefined) {
        part = { prefix, files: new Map(), series: new EventSeriesSet(prefix) };
        this.#parts.set(prefix, part);
      }
      const known = part.files.get(file) ?? new EventFile<Histogram>(file, evenBins);
      part.files.set(file, known);
      if (this.#read(known)) isChanged = true;
    }
    if (isChanged) this.#update();
    return isChanged;
  }

  toRecord(): RunRecord {
    // bins do not hold the exact norms that the rules ask for
    const paths = this.#files()
      .map(({ path }) => path)
      .filter((path) => !this.#refusals.has(path));
    return toRecord(toSeriesLog(readEventFiles(paths, this.folder)));
  }

  /** Removes files that are gone. @returns whether there were any. */
  #forget(found: ReadonlySet<string>): boolean {
    let isChanged = false;
    for (const { files } of this.#parts.values()) {
      for (const file of files.keys()) {
        if (found.has(file)) continue;
        files.delete(file);
        this.#refusals.delete(file);
        isChanged = true;
      }
    }
    return isChanged;
  }

  /** @returns whether anything changed. */
  #read(file: EventFile<Histogram>): boolean {
    try {
      if (!file.refresh(false)) return false;
      this.#refusals.delete(file.path);
      return true;
    } catch (error) {
      if (!(error instanceof GradusError)) throw error;
      const isNew = this.#refusals.get(file.path)?.message !== error.message;
      this.#refusals.set(file.path, error);
      return isNew;
    }
  }

  #update(): void {
    const parts = [...this.#parts.values()];
    for (const { series, files } of parts) series.update(readable(files, this.#refusals));
    this.measures = new Map(parts.flatMap(({ series }) => [...series.measures]));
    this.histograms = new Map(
      parts.flatMap(({ series }) => [...series.histograms].map(([name, { points }]) => [name, points] as const)),
    );
    const files = this.#files();
    this.texts = new Map(
      parts.flatMap(({ prefix, files: own }) =>
        [...own.values()].flatMap(({ events }) =>
          [...events.texts].map(([tag, text]) => [prefix + tag, text] as const),
        ),
      ),
    );
    this.settings = Object.fromEntries(files.flatMap(({ events }) => [...events.hyperparameters]));
    this.status = statusOf(files);
    this.createdAt = extreme(
      Math.min,
      files.map(({ events }) => events.firstTime),
    );
    this.updatedAt = extreme(
      Math.max,
      files.map(({ events }) => events.lastTime),
    );
    this.warnings = [
      ...[...this.#refusals.values()].map(({ message }) => message),
      ...files.flatMap((file) => file.warnings(false)),
    ];
  }

  #files(): EventFile<Histogram>[] {
    return [...this.#parts.values()].flatMap(({ files }) => [...files.values()]);
  }
}

/** The files of a part that could be read, in the order of their names, which is that of writing. */
function readable(
  files: ReadonlyMap<string, EventFile<Histogram>>,
  refusals: ReadonlyMap<string, GradusError>,
): readonly EventFile<Histogram>[] {
  const paths = [...files.keys()].filter((path) => !refusals.has(path)).sort();
  return paths.flatMap((path) => files.get(path) ?? []);
}

/** As the hparams plugin stores it. A run that goes on in a later file has not ended. */
function statusOf(files: readonly EventFile<Histogram>[]): RunStatus {
  const last = files.filter(({ events }) => events.records > 0).at(-1)?.events.status;
  return last === "success" ? "finished" : last === "failure" ? "failed" : "unknown";
}

function extreme(choose: (a: number, b: number) => number, times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => choose(a, b));
}

/** The event files in a folder and in its folders that are parts of it.
 *  @throws GradusError `bad-data` if there are none; as `listFolder`. */
function eventFilesOf(folder: string): readonly { readonly prefix: string; readonly file: string }[] {
  const entries = listFolder(folder);
  const parts = entries.filter(
    (entry) => isPartFolder(entry.name) && (entry.isDirectory() || pathKind(join(folder, entry.name)) === "folder"),
  );
  const found = [
    { prefix: "", folder, entries },
    ...parts.map(({ name }) => ({
      prefix: `${name}/`,
      folder: join(folder, name),
      entries: listFolder(join(folder, name)),
    })),
  ].flatMap(({ prefix, folder: within, entries: own }) =>
    own
      .filter((entry) => isEventFileName(entry.name) && !entry.isDirectory())
      .map(({ name }) => ({ prefix, file: join(within, name) }))
      .sort((a, b) => (a.file < b.file ? -1 : 1)),
  );
  if (found.length > 0) return found;
  throw new GradusError(
    "bad-data",
    `${folder}: there is no event file in this folder. Give the folder of one run, with files named events.out.tfevents.…`,
    { file: folder },
  );
}
