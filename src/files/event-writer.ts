import * as fs from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { checkOptions, type Fields, NOT_NEGATIVE } from "../core/fields.ts";
import type { EventContent, HistogramBins, HyperparameterValue } from "../io/tensorboard/event-content.ts";
import { eventFileName } from "../io/tensorboard/event-file-name.ts";
import { RecordBuffer } from "../io/tensorboard/record-buffer.ts";
import { encodeEvent } from "../io/tensorboard/write-event.ts";
import type { AppendCalls } from "./append-calls.ts";
import { makeFolder } from "./make-folder.ts";
import { systemFailure } from "./system-errors.ts";

export interface EventWriterOptions {
  /** Longest time that values wait before they are written to the file, in seconds. Default 1. */
  readonly flushSeconds?: number | undefined;
}

const FIELDS: Fields<EventWriterOptions> = { flushSeconds: NOT_NEGATIVE };

/** The system calls that can fail midway. Tests replace them. */
export type EventWriterCalls = Pick<AppendCalls, "openSync" | "writeSync" | "ftruncateSync">;

/** What the first event of a file names as the program that wrote it. */
const PROGRAM = "gradus";

/** A full buffer is written at once. */
const MOST_WAITING_BYTES = 2 ** 16;

/** Most names that are tried for a new file. */
const MOST_NAMES = 1000;

/** Files that this process has made, so that each has its own number. */
let made = 0;

/** Opens a new event file for TensorBoard in a folder, which is made if it is missing. Each call makes its own file: those of a resumed run
 *  stand beside the earlier ones, and readers join them (see `restartAt`).
 *    const writer = createEventWriter("logs/first");
 *    writer.addScalars(1, { loss: 0.7 });
 *    writer.close();
 *  @throws GradusError `bad-argument` and `unknown-field` for wrong arguments; `io-error` if the system refuses. */
export function createEventWriter(directory: string, options: EventWriterOptions = {}): EventWriter {
  return openEventWriter(directory, options, fs);
}

/** As `createEventWriter`, with given system calls. */
export function openEventWriter(directory: string, options: EventWriterOptions, calls: EventWriterCalls): EventWriter {
  requireArgument(
    typeof directory === "string" && directory !== "",
    `createEventWriter: expected the path of a folder, got ${directory === "" ? "an empty string" : describe(directory)}.`,
    { directory },
  );
  checkOptions<EventWriterOptions>("createEventWriter", options, FIELDS);
  const opened = openNewFile(directory, calls);
  try {
    return new EventWriter(opened, 1000 * (options.flushSeconds ?? 1), calls);
  } catch (cause) {
    fs.closeSync(opened.handle);
    fs.rmSync(opened.file, { force: true });
    throw cause;
  }
}

interface OpenedFile {
  readonly file: string;
  readonly handle: number;
}

function openNewFile(directory: string, calls: EventWriterCalls): OpenedFile {
  let file = directory;
  try {
    makeFolder(directory);
    for (let tries = 0; tries < MOST_NAMES; tries++) {
      const name = eventFileName(Date.now() / 1000, hostname(), process.pid, made++, fs.readdirSync(directory));
      file = join(directory, name);
      try {
        return { file, handle: calls.openSync(file, "ax") };
      } catch (cause) {
        // another process may have taken the name
        if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
      }
    }
  } catch (cause) {
    throw systemFailure("write", file, cause);
  }
  throw new GradusError("io-error", `${file}: every new name in this folder is taken. Give another folder.`, { file });
}

/** Writes one event file. Values are collected and written once a second, when much has come together, and by `flush` and `close`; whole
 *  records alone reach the file, so that it can be read at any time. Every method throws `io-error` if the system refuses (disk full,
 *  …): what was collected is lost then, what is in the file stays readable, and the writer can be used again.
 *  Steps are whole numbers; seconds are those since 1970, by default now. */
export class EventWriter {
  readonly file: string;
  readonly #handle: number;
  readonly #flushMs: number;
  readonly #calls: EventWriterCalls;
  readonly #waiting = new RecordBuffer();
  /** Tags whose plugin is stored. */
  readonly #known = new Set<string>();
  /** Bytes of whole records in the file. */
  #size = 0;
  #flushedAt = performance.now();
  #isClosed = false;

  constructor({ file, handle }: OpenedFile, flushMs: number, calls: EventWriterCalls) {
    this.file = file;
    this.#handle = handle;
    this.#flushMs = flushMs;
    this.#calls = calls;
    this.#add(0, { kind: "version", writer: PROGRAM });
    this.flush();
  }

  /** Adds numbers at a step, by tag. They are stored as float32. */
  addScalars(step: number, values: Readonly<Record<string, number>>, seconds?: number): void {
    this.#add(step, { kind: "scalars", values }, seconds);
  }

  /** Adds a histogram of equally wide bins. */
  addHistogram(tag: string, step: number, bins: HistogramBins, seconds?: number): void {
    this.#add(step, { kind: "histogram", tag, bins, isFirst: this.#isNew(tag) }, seconds);
  }

  /** Adds a text, which TensorBoard shows as Markdown. */
  addText(tag: string, step: number, text: string, seconds?: number): void {
    this.#add(step, { kind: "text", tag, text, isFirst: this.#isNew(tag) }, seconds);
  }

  /** Adds the run's hyper-parameters for TensorBoard's HPARAMS tab. One file has one set of them.
   *  @param metrics tags of the scalars that the tab compares. Without them TensorBoard offers all, and joins the hyper-parameters of all
   *  runs; with them it shows those of the run that it reads first.
   *  @param group runs with the same group are repetitions of each other. Default: the run is alone. */
  addHyperparameters(
    values: Readonly<Record<string, HyperparameterValue>>,
    { metrics, group = "" }: { readonly metrics?: readonly string[] | undefined; readonly group?: string } = {},
  ): void {
    const seconds = Date.now() / 1000;
    if (metrics !== undefined) {
      this.#add(0, { kind: "hyperparameters", data: { kind: "experiment", names: values, metrics, seconds } });
    }
    this.#add(0, { kind: "hyperparameters", data: { kind: "start", values, group, seconds } });
  }

  /** Reports how the run with these hyper-parameters ended. */
  endRun(status: "success" | "failure"): void {
    this.#add(0, { kind: "hyperparameters", data: { kind: "end", status, seconds: Date.now() / 1000 } });
  }

  /** Reports that the run goes on, and `step` is its next one: readers drop what earlier files have of this and later steps. */
  restartAt(step: number): void {
    this.#add(step, { kind: "restart" });
  }

  /** Writes what was collected to the file. */
  flush(): void {
    this.#flushedAt = performance.now();
    if (this.#waiting.length === 0) return;
    this.#write(this.#waiting.take());
  }

  /** Writes what was collected and closes the file. Closing it again does nothing; every other method then throws `disposed`. */
  close(): void {
    if (this.#isClosed) return;
    try {
      this.flush();
    } finally {
      this.#isClosed = true;
      fs.closeSync(this.#handle);
    }
  }

  #isNew(tag: string): boolean {
    if (this.#known.has(tag)) return false;
    this.#known.add(tag);
    return true;
  }

  #add(step: number, content: EventContent, seconds = Date.now() / 1000): void {
    if (this.#isClosed) {
      throw new GradusError("disposed", `${this.file}: the writer was closed. Open another one.`, { file: this.file });
    }
    requireArgument(Number.isSafeInteger(step), `${this.file}: a step must be a whole number, got ${describe(step)}.`, {
      file: this.file,
      step,
    });
    this.#waiting.add(encodeEvent(step, seconds, content));
    const isLate = performance.now() - this.#flushedAt >= this.#flushMs;
    if (isLate || this.#waiting.length >= MOST_WAITING_BYTES) this.flush();
  }

  /** Writes whole records or nothing: a torn one would hide all that follow it. */
  #write(bytes: Uint8Array): void {
    try {
      for (let written = 0; written < bytes.length; ) written += this.#calls.writeSync(this.#handle, bytes, written);
      this.#size += bytes.length;
    } catch (cause) {
      this.#calls.ftruncateSync(this.#handle, this.#size);
      // a plugin may have been among what was lost
      this.#known.clear();
      throw systemFailure("write", this.file, cause);
    }
  }
}
