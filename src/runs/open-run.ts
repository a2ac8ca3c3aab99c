import { readFileSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { describe } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { largest } from "../core/extremes.ts";
import type { Json } from "../io/checkpoint.ts";
import type { RunRecord } from "../watch/record.ts";
import { EventLog } from "./event-log.ts";
import type { Growth } from "./growing-file.ts";
import { MeasureLog } from "./measure-log.ts";
import { readDescription } from "./read-description.ts";
import { runFile } from "./run-files.ts";
import { endedStatus, livingStatus } from "./run-status.ts";
import { toRunRecord } from "./to-record.ts";
import type { HistogramPoint, MeasureSeries, RunDescription, RunEvent, RunReader, RunStatus } from "./types.ts";

/** Longer notes are cut. */
const MOST_NOTES_BYTES = 2 ** 20;

/** Opens the folder of a run to read it, also while it is written.
 *  @param root folder to which its `id` is relative. Default: the run's own.
 *  @throws GradusError `file-not-found` if there is no run; `bad-data` if its run.json is damaged or of a later version; `io-error`. */
export function openRun(folder: string, root: string = folder): RunReader {
  requireArgument(
    typeof folder === "string" && typeof root === "string",
    `openRun: expected the path of a run's folder, got ${describe(folder)}.`,
    { folder },
  );
  return new FolderRun(folder, idOf(folder, root), readDescription(folder));
}

function idOf(folder: string, root: string): string {
  return relative(resolve(root), resolve(folder)).split(sep).join("/") || ".";
}

/** A run of ours. */
class FolderRun implements RunReader {
  readonly kind = "gradus";
  readonly id: string;
  readonly folder: string;
  readonly texts: ReadonlyMap<string, string> = new Map();
  readonly #events: EventLog;
  readonly #measures: MeasureLog;
  #description: RunDescription;
  #status: RunStatus = "unknown";
  #notes = "";
  /** Size and time of the notes that were read last. */
  #notesSeen = "";
  /** What the system refused in the last reading. */
  #refusals: readonly string[] = [];

  constructor(folder: string, id: string, description: RunDescription) {
    this.folder = folder;
    this.id = id;
    this.#description = description;
    this.#events = new EventLog(runFile(folder, "events"));
    this.#measures = new MeasureLog(runFile(folder, "measures"));
    this.refresh();
  }

  get description(): RunDescription {
    return this.#description;
  }

  get name(): string {
    return this.description.name;
  }

  get createdAt(): number {
    return this.description.createdAt;
  }

  get updatedAt(): number | undefined {
    const times = [this.events.at(-1)?.at, this.#measures.store.updatedAt].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : largest(times);
  }

  get settings(): Json {
    return this.description.settings;
  }

  get status(): RunStatus {
    return this.#status;
  }

  get events(): readonly RunEvent[] {
    return this.#events.events;
  }

  get measures(): ReadonlyMap<string, MeasureSeries> {
    return this.#measures.store.measures;
  }

  get histograms(): ReadonlyMap<string, readonly HistogramPoint[]> {
    return this.#measures.store.histograms;
  }

  get warnings(): readonly string[] {
    const isWritten = this.#status === "running";
    const torn = (what: string, bytes: number) =>
      bytes > 0 && !isWritten ? [`${this.folder}: the last ${bytes} bytes of its ${what} were not written whole.`] : [];
    return [
      ...this.#refusals,
      ...this.#events.warnings,
      ...this.#measures.warnings,
      ...torn("events", this.#events.tornBytes),
      ...torn("measures", this.#measures.tornBytes),
    ];
  }

  get notes(): string {
    return this.#notes;
  }

  refresh(): boolean {
    const refusals: string[] = [];
    const read = (work: () => boolean): boolean => {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof GradusError)) throw error;
        refusals.push(error.message);
        return false;
      }
    };
    // measures are written before the event that they belong to
    const growths: Growth[] = [];
    read(() => growths.push(this.#events.refresh()) > 0);
    read(() => growths.push(this.#measures.refresh()) > 0);
    // another run has taken this one's place
    if (growths.includes("anew")) read(() => this.#describe());
    const hasGrown = growths.includes("longer") || growths.includes("anew");
    const hasNotes = read(() => this.#readNotes());
    const before = this.#status;
    this.#status = this.#statusNow(refusals);
    const isRefused = refusals.join("\n") !== this.#refusals.join("\n");
    this.#refusals = refusals;
    return hasGrown || hasNotes || isRefused || this.#status !== before;
  }

  #describe(): boolean {
    this.#description = readDescription(this.folder);
    return true;
  }

  #statusNow(refusals: string[]): RunStatus {
    const ended = endedStatus(this.events);
    if (ended !== undefined) return ended;
    const status = livingStatus(this.folder);
    if (status !== "killed" || statSync(this.folder, { throwIfNoEntry: false }) !== undefined) return status;
    refusals.push(`${this.folder}: the folder of this run is gone.`);
    return "unknown";
  }

  #readNotes(): boolean {
    const file = runFile(this.folder, "notes");
    const found = statSync(file, { throwIfNoEntry: false });
    const seen = found === undefined ? "" : `${found.size} ${found.mtimeMs} ${found.ino}`;
    if (seen === this.#notesSeen) return false;
    this.#notesSeen = seen;
    this.#notes = found === undefined ? "" : readNotes(file);
    return true;
  }

  toRecord(): RunRecord {
    return toRunRecord(this);
  }
}

function readNotes(file: string): string {
  try {
    return readFileSync(file).subarray(0, MOST_NOTES_BYTES).toString("utf8");
  } catch {
    // removed or forbidden in the meantime
    return "";
  }
}
