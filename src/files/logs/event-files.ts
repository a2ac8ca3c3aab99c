import { basename, dirname, relative } from "node:path";
import { GradusError } from "../../core/errors.ts";
import { append } from "../../core/extremes.ts";
import { type LoggedValue, readEvent } from "../../io/tensorboard/event.ts";
import { splitRecords } from "../../io/tensorboard/records.ts";
import { type Restart, withoutSuperseded } from "../../io/tensorboard/restarts.ts";
import { listFilesBelow, pathKind } from "../folders.ts";
import { readBytesLeniently } from "../read-bytes.ts";

/** The contents of event files. */
export interface EventLog {
  readonly files: readonly string[];
  /** In the order of writing, by file; without values that a restart of the run made void. `folder`: the file's folder, relative to the
   *  given one. */
  readonly values: readonly (LoggedValue & { readonly folder: string })[];
  /** Tags without numbers: images, sounds, texts. */
  readonly unread: readonly string[];
  /** What could not be read, and how much of it. */
  readonly warnings: readonly string[];
}

/** TensorBoard recognises its files by this part of their names. */
const MARK = "tfevents";

export function isEventFileName(file: string): boolean {
  return basename(file).includes(MARK);
}

/** Reads a TensorBoard file, or all such files in a folder and below it.
 *  A truncated or damaged file is read as far as possible; `warnings` says up to where.
 *  @throws GradusError `file-not-found`; `bad-data` for a file that is not an event file, and a folder that contains none. */
export function readEventLog(path: string): EventLog {
  const files = pathKind(path) === "folder" ? eventFilesIn(path) : [path];
  const root = files.length === 1 && files[0] === path ? dirname(path) : path;
  const byFolder = new Map<string, (readonly (LoggedValue | Restart)[])[]>();
  const unread = new Set<string>();
  const warnings: string[] = [];
  for (const file of files) {
    const folder = relative(root, dirname(file));
    const { entries, unread: others, warnings: said } = readEventFile(file);
    const before = byFolder.get(folder);
    if (before === undefined) byFolder.set(folder, [entries]);
    else before.push(entries);
    for (const tag of others) unread.add(tag);
    append(warnings, said);
  }
  const values = [...byFolder].flatMap(([folder, entries]) =>
    withoutSuperseded(entries).flatMap((own) => own.map((value) => ({ ...value, folder }))),
  );
  return { files, values, unread: [...unread], warnings };
}

function eventFilesIn(folder: string): string[] {
  const files = listFilesBelow(folder).filter((file) => isEventFileName(file) && pathKind(file) === "file");
  if (files.length > 0) return files;
  throw new GradusError(
    "bad-data",
    `${folder}: there is no event file in this folder or below it. Expected files with "${MARK}" in their names; to read a CSV file, give its path.`,
    { file: folder },
  );
}

function readEventFile(file: string): {
  readonly entries: readonly (LoggedValue | Restart)[];
  readonly unread: readonly string[];
  readonly warnings: readonly string[];
} {
  const { bytes, complete } = readBytesLeniently(file);
  const { records, damagedAt, leftOver, lostAt } = splitRecords(bytes, file);
  const plugins = new Map<string, string>();
  const entries: (LoggedValue | Restart)[] = [];
  const unread: string[] = [];
  let undecoded = 0;
  for (const record of records) {
    try {
      const event = readEvent(record, plugins);
      if (event.isRestart) entries.push({ restartsAt: event.step });
      append(entries, event.values);
      append(unread, event.unread);
    } catch {
      // the checksum matches, so this is another program's record, not damage
      undecoded++;
    }
  }
  if (records.length > 0 && undecoded === records.length) {
    throw new GradusError(
      "bad-data",
      `${file}: a TFRecord file, but none of its ${records.length} records is an event. Give a TensorBoard event file.`,
      { file, records: records.length },
    );
  }
  const warnings: string[] = [];
  const say = (text: string) => warnings.push(`${file}: ${text}`);
  if (!complete) say("the gzip stream is truncated");
  if (damagedAt.length > 0)
    say(
      `${damagedAt.length} records do not match their checksum and were skipped: at byte ${damagedAt.slice(0, 5).join(", ")}${damagedAt.length > 5 ? ", …" : ""}`,
    );
  if (undecoded > 0) say(`${undecoded} records are not events and were skipped`);
  if (lostAt !== undefined) say(`damaged at byte ${lostAt}: the last ${leftOver} bytes could not be read`);
  else if (leftOver > 0)
    say(
      `the file ends within a record: ${leftOver} bytes were ignored; ${records.length} records before them were read`,
    );
  return { entries, unread, warnings };
}
