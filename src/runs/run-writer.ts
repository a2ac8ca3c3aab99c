import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { warn } from "../core/host.ts";
import type { AppendCalls } from "../files/append-calls.ts";
import { encodeHistogram, encodeVoid } from "../io/measures/encode.ts";
import type { Histogram } from "../watch/record.ts";
import { AppendFile, type AppendNews } from "./append-file.ts";
import { eventLine } from "./event-line.ts";
import type { RunLock } from "./lock.ts";
import { MeasureTable } from "./measure-table.ts";
import { CHECKPOINTS_FOLDER, runFile } from "./run-files.ts";
import type { RunEvent } from "./types.ts";

/** Longest time that a measure waits before it is written, ms; checked whenever one is added. */
const FLUSH_MS = 1000;

type WithoutAt<Event> = Event extends unknown ? Omit<Event, "at"> & { readonly at?: number } : never;

/** An event to write. `at` is now unless it is given. */
export type NewRunEvent = WithoutAt<RunEvent>;

export interface RunWriterOptions {
  /** Hears what could not be written. Default: the error stream. */
  readonly onWarning?: ((text: string) => void) | undefined;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** The system calls of the files. Tests replace them. */
  readonly calls?: AppendCalls | undefined;
}

/** Writes a run: events at once, measures once a second. After the run has begun no method throws for what the system refuses: it warns,
 *  once, training goes on, and writing is tried again. `createRun` and `continueRun` make one. */
export class RunWriter {
  readonly folder: string;
  /** The folder of the checkpoints. It exists. */
  readonly checkpoints: string;
  readonly #lock: RunLock;
  readonly #warn: (text: string) => void;
  readonly #now: () => number;
  readonly #events: AppendFile;
  readonly #measures: AppendFile;
  readonly #tables = new Map<string, MeasureTable>();
  #blocks: Uint8Array[] = [];
  /** The table that `add` used last. */
  #last: MeasureTable | undefined;
  #lastValues = new Float64Array(0);
  #writtenAt: number;
  #isGone = false;
  #isClosed = false;

  /** @param lock of this folder, taken. It is given back if this throws, or else by `close`. */
  constructor(folder: string, lock: RunLock, options: RunWriterOptions = {}) {
    const { onWarning = warn, now = Date.now, calls } = options;
    this.folder = folder;
    this.checkpoints = join(folder, CHECKPOINTS_FOLDER);
    this.#lock = lock;
    this.#warn = onWarning;
    this.#now = now;
    this.#writtenAt = now();
    try {
      mkdirSync(this.checkpoints, { recursive: true });
      this.#events = new AppendFile(runFile(folder, "events"), this.#onNews, calls);
      this.#measures = new AppendFile(runFile(folder, "measures"), this.#onNews, calls);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Writes an event, and the measures that came before it. After "resumed", the measures of later steps than its own are void. */
  writeEvent(event: NewRunEvent): void {
    this.#requireOpen("writeEvent");
    if (event.type === "resumed") {
      for (const table of this.#tables.values()) this.#collect(table);
      this.#blocks.push(encodeVoid(event.step));
    }
    this.flush();
    const { at = this.#now(), ...rest } = event;
    this.#events.append(Buffer.from(eventLine({ at, ...rest } as RunEvent)));
  }

  /** Measures of one step, by name. NaN and infinity are kept.
   *  @param step 0 or more. Steps of one measure should not go back, unless the run is resumed. */
  add(step: number, measures: Readonly<Record<string, number>>): void {
    requireStep(step);
    let table = this.#last;
    if (table === undefined || !hasNames(table, measures)) {
      table = this.table(Object.keys(measures));
      this.#last = table;
      this.#lastValues = new Float64Array(table.names.length);
    }
    let column = 0;
    for (const name in measures) this.#lastValues[column++] = measures[name] as number;
    this.addRow(table, step, this.#lastValues);
  }

  /** The table of measures that are always measured together, for `addRow`.
   *  @throws GradusError `bad-argument` for no name, or one that is there twice. */
  table(names: readonly string[]): MeasureTable {
    requireArgument(
      names.length > 0 && new Set(names).size === names.length,
      `RunWriter.table: expected names of measures, each once, got ${describe(names)}.`,
      { names },
    );
    const key = JSON.stringify(names);
    const known = this.#tables.get(key) ?? new MeasureTable([...names]);
    this.#tables.set(key, known);
    return known;
  }

  /** As `add`, without making an object: for every step of a fast run. */
  addRow(table: MeasureTable, step: number, values: ArrayLike<number>): void {
    this.#requireOpen("add");
    const now = this.#now();
    table.add(step, now, values);
    // a clock that goes back must not stop writing
    if (now - this.#writtenAt >= FLUSH_MS || now < this.#writtenAt) this.flush();
    else if (table.isFull) this.#collect(table);
  }

  addHistogram(name: string, step: number, { low, high, counts }: Histogram): void {
    this.#requireOpen("addHistogram");
    requireStep(step);
    this.#blocks.push(encodeHistogram({ name, step, time: this.#now(), low, high, counts }));
  }

  /** Writes what was collected. */
  flush(): void {
    for (const table of this.#tables.values()) this.#collect(table);
    const now = this.#now();
    this.#writtenAt = now;
    if (this.#blocks.length > 0) {
      const bytes = Buffer.concat(this.#blocks);
      this.#blocks = [];
      this.#measures.append(bytes);
    }
    if (!this.#lock.touch(now) && !this.#isGone) {
      this.#isGone = true;
      this.#warn(
        `${this.folder}: the run's folder or its lock was removed. What happens from here on may not be recorded.`,
      );
    }
  }

  /** Writes the rest and gives the run back. Safe to call twice. */
  close(): void {
    if (this.#isClosed) return;
    this.flush();
    this.#isClosed = true;
    this.#events.close();
    this.#measures.close();
    this.#lock.release();
  }

  #collect(table: MeasureTable): void {
    for (const block of table.takeBlocks()) this.#blocks.push(block);
  }

  readonly #onNews = (news: AppendNews): void => {
    if (news.type === "failed") {
      const text = news.error instanceof Error ? news.error.message : String(news.error);
      this.#warn(`${text} Training goes on; its records wait until they can be written.`);
    } else if (news.lostBytes > 0) {
      this.#warn(`${this.folder}: records can be written again; ${news.lostBytes} bytes of them are lost.`);
    } else {
      this.#warn(`${this.folder}: records can be written again; none is lost.`);
    }
  };

  #requireOpen(method: string): void {
    if (!this.#isClosed) return;
    throw new GradusError(
      "disposed",
      `RunWriter.${method}: the run ${this.folder} is closed. Continue it with continueRun.`,
      {
        folder: this.folder,
      },
    );
  }
}

function hasNames({ names }: MeasureTable, measures: Readonly<Record<string, number>>): boolean {
  let column = 0;
  for (const name in measures) if (names[column++] !== name) return false;
  return column === names.length;
}

function requireStep(step: number): void {
  requireArgument(
    Number.isFinite(step) && step >= 0,
    `RunWriter: a step must be a number >= 0, got ${describe(step)}.`,
    {
      step,
    },
  );
}
