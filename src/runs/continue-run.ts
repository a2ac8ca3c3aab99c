import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { describe } from "../core/describe.ts";
import { requireArgument } from "../core/errors.ts";
import { callback, checkOptions, type Fields } from "../core/fields.ts";
import { isSystemError, systemFailure } from "../files/system-errors.ts";
import { RunLock } from "./lock.ts";
import { MeasureLog } from "./measure-log.ts";
import { readDescription } from "./read-description.ts";
import { runFile } from "./run-files.ts";
import { RunWriter, type RunWriterOptions } from "./run-writer.ts";

export type ContinueRunOptions = Pick<RunWriterOptions, "onWarning">;

const FIELDS: Fields<ContinueRunOptions> = { onWarning: callback() };

/** Takes up the writing of a run that ended or was killed. An end that was cut off in the middle of a line or a block is cut off before it.
 *  What follows begins with the event "resumed", which takes back the measures after its step.
 *  @throws GradusError `file-not-found` or `bad-data` for what is no run; `in-use` if a process writes it; `io-error`. */
export function continueRun(folder: string, options: ContinueRunOptions = {}): RunWriter {
  requireArgument(
    typeof folder === "string",
    `continueRun: expected the path of a run's folder, got ${describe(folder)}.`,
    { folder },
  );
  checkOptions<ContinueRunOptions>("continueRun", options, FIELDS);
  readDescription(folder);
  const lock = RunLock.take(folder);
  try {
    mendEvents(runFile(folder, "events"));
    mendMeasures(runFile(folder, "measures"));
  } catch (error) {
    lock.release();
    throw error;
  }
  return new RunWriter(folder, lock, options);
}

/** Ends the last line: with its end, if only that is missing, else before it. */
function mendEvents(file: string): void {
  const bytes = contentOf(file);
  const end = bytes.lastIndexOf("\n") + 1;
  if (end === bytes.length) return;
  if (isJson(bytes.subarray(end).toString("utf8"))) change(file, "a", (handle) => void writeSync(handle, "\n"));
  else change(file, "r+", (handle) => ftruncateSync(handle, end));
}

/** Cuts off what follows the last whole block. */
function mendMeasures(file: string): void {
  const log = new MeasureLog(file);
  log.refresh();
  const { tornBytes, bytes } = log;
  if (tornBytes > 0) change(file, "r+", (handle) => ftruncateSync(handle, bytes - tornBytes));
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    if (isSystemError(cause) && cause.code === "ENOENT") return Buffer.alloc(0);
    throw systemFailure("read", file, cause);
  }
}

function change(file: string, mode: "a" | "r+", work: (handle: number) => void): void {
  try {
    const handle = openSync(file, mode);
    try {
      work(handle);
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    throw systemFailure("write", file, cause);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
