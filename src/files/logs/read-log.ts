import { extname } from "node:path";
import { GradusError } from "../../core/errors.ts";
import type { Meaning, SeriesLog } from "../../watch/log/series.ts";
import { toRecord } from "../../watch/log/to-record.ts";
import type { RunRecord } from "../../watch/record.ts";
import { pathKind } from "../folders.ts";
import { readStart } from "../read-bytes.ts";
import { readCsvLog } from "./csv-log.ts";
import { isEventFileName } from "./event-files.ts";
import { readEventFolder } from "./event-log.ts";
import { readJsonLog } from "./json-log.ts";

/** A run read from a log, and how it was interpreted. */
export interface LoggedRun {
  readonly record: RunRecord;
  readonly format: SeriesLog["format"];
  readonly files: readonly string[];
  /** The meaning found for each column or tag. */
  readonly understood: readonly { readonly name: string; readonly meaning: Meaning; readonly points: number }[];
  /** Columns and tags that the doctor does not use. */
  readonly ignored: readonly string[];
  /** What could not be read, and how much of it. */
  readonly warnings: readonly string[];
}

/** Reads the log of a run of another program:
 *    TensorBoard  an event file, or the folder of one run (scalars, histograms; of TensorFlow 1, 2 and PyTorch)
 *    CSV          one row per step or epoch, a header: Keras's CSVLogger, Lightning's metrics.csv
 *    JSON lines   the events of `gradus train --json`, or one object per step of another loop
 *  The words in a name give its meaning (names.ts, layer-names.ts). A truncated file is read up to its end.
 *  @throws GradusError `file-not-found`; `empty-dataset`; `bad-data` for a file of another kind, or one without any loss, accuracy,
 *  gradient, weight or activation; the error lists the names found. */
export async function readLog(path: string): Promise<LoggedRun> {
  const log = READERS[formatOf(path)](path);
  const understood = log.series.flatMap(({ name, meaning, points }) =>
    meaning === undefined || points.length === 0 ? [] : [{ name, meaning, points: points.length }],
  );
  const ignored = log.series.filter(({ meaning }) => meaning === undefined).map(({ name }) => name);
  if (!understood.some(({ meaning }) => !["step", "epoch", "other"].includes(meaning.kind))) {
    const names = log.series.map(({ name }) => name);
    const found = names.length === 0 ? "nothing" : `${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}`;
    const cut = log.warnings.length === 0 ? "" : ` (${log.warnings.join("; ")})`;
    throw new GradusError(
      "bad-data",
      `${path}: expected losses, accuracies, gradients, weights or activations with values, found ${found}${cut}. Name them as usual: loss, val_loss, grad_norm/LAYER, activations/LAYER.`,
      { file: path, names, warnings: log.warnings },
    );
  }
  return { record: toRecord(log), format: log.format, files: log.files, understood, ignored, warnings: log.warnings };
}

const READERS: Readonly<Record<SeriesLog["format"], (path: string) => SeriesLog>> = {
  tensorboard: readEventFolder,
  csv: readCsvLog,
  "json-lines": readJsonLog,
};

const ENDINGS: Readonly<Record<string, SeriesLog["format"]>> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".jsonl": "json-lines",
  ".ndjson": "json-lines",
};

/** By the name, else by the first bytes: "{" is JSON, other text a table, anything else an event file. */
function formatOf(path: string): SeriesLog["format"] {
  const kind = pathKind(path);
  if (kind === "missing") {
    throw new GradusError("file-not-found", `${path}: there is no such file or folder. Check the path.`, {
      file: path,
    });
  }
  if (kind === "folder" || isEventFileName(path)) return "tensorboard";
  const known = ENDINGS[extname(path.replace(/\.gz$/, "")).toLowerCase()];
  if (known !== undefined) return known;
  if (kind === "other") {
    throw new GradusError(
      "bad-data",
      `${path}: is a pipe or a device, and its name does not show the kind of log. Give a file, or a name that ends with .csv or .jsonl.`,
      { file: path },
    );
  }
  const bytes = readStart(path, 64);
  if (new TextDecoder().decode(bytes).trimStart().startsWith("{")) return "json-lines";
  // the upper bytes of a record's length are zero; text contains no zeros
  return bytes.some((byte) => byte < 9) ? "tensorboard" : "csv";
}
