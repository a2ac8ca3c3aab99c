import { basename, dirname, relative } from "node:path";
import { GradusError } from "../../core/errors.ts";
import { append } from "../../core/extremes.ts";
import type { Column, ListColumn, ScalarColumn } from "../../io/tensorboard/columns.ts";
import type { Distribution } from "../../io/tensorboard/distribution.ts";
import { EVENT_FILE_MARK } from "../../io/tensorboard/event-file-name.ts";
import { joinPieces, type Piece, visitValid } from "../../io/tensorboard/restarts.ts";
import { listFilesBelow, pathKind } from "../folders.ts";
import { EventFile } from "./event-file.ts";

/** The values of one tag in the files of one folder, by step, without those that a restart of the run made void. */
export interface EventSeries {
  readonly tag: string;
  /** The files' folder, relative to the given one. */
  readonly folder: string;
  readonly scalars?: ScalarColumn | undefined;
  readonly distributions?: ListColumn<Distribution> | undefined;
}

/** The contents of event files. */
export interface EventLog {
  readonly files: readonly string[];
  /** By folder; in order of appearance. */
  readonly series: readonly EventSeries[];
  /** Tags without numbers: images, sounds, texts. */
  readonly unread: readonly string[];
  /** What could not be read, and how much of it. */
  readonly warnings: readonly string[];
}

export function isEventFileName(file: string): boolean {
  return basename(file).includes(EVENT_FILE_MARK);
}

/** Reads a TensorBoard file, or all such files in a folder and below it.
 *  A truncated or damaged file is read as far as possible; `warnings` says up to where.
 *  @throws GradusError `file-not-found`; `bad-data` for a file that is not an event file, and a folder that contains none. */
export function readEventLog(path: string): EventLog {
  const files = pathKind(path) === "folder" ? eventFilesIn(path) : [path];
  const root = files.length === 1 && files[0] === path ? dirname(path) : path;
  return readEventFiles(files, root);
}

/** As `readEventLog`, for files that are known.
 *  @param root the folder to which the folders of the files are relative. */
export function readEventFiles(files: readonly string[], root: string): EventLog {
  const byFolder = new Map<string, EventFile<Distribution>[]>();
  const unread = new Set<string>();
  const warnings: string[] = [];
  for (const path of files) {
    const folder = relative(root, dirname(path));
    const file = new EventFile<Distribution>(path, (distribution) => distribution);
    file.refresh(true);
    const before = byFolder.get(folder);
    if (before === undefined) byFolder.set(folder, [file]);
    else before.push(file);
    for (const tag of file.events.unread) unread.add(tag);
    append(warnings, file.warnings(true));
  }
  const series = [...byFolder].flatMap(([folder, own]) => seriesOf(folder, own));
  return { files, series, unread: [...unread], warnings };
}

/** The valid values of the files of a folder, given in the order of writing. A tag with numbers and distributions gives two series. */
export function seriesOf(folder: string, files: readonly EventFile<Distribution>[]): EventSeries[] {
  const scalars = new Map<string, Piece<ScalarColumn>[]>();
  const distributions = new Map<string, Piece<ListColumn<Distribution>>[]>();
  visitValid(
    files.map(({ events }) => events),
    (tag, values, below) => {
      put(scalars, tag, values.scalars, below);
      put(distributions, tag, values.distributions, below);
    },
  );
  const named = <Kind extends Column>(pieces: ReadonlyMap<string, readonly Piece<Kind>[]>) =>
    [...pieces].flatMap(([tag, own]) => {
      const column = joinPieces(own);
      return column === undefined || column.length === 0 ? [] : [{ tag, column }];
    });
  return [
    ...named(scalars).map(({ tag, column }) => ({ tag, folder, scalars: column })),
    ...named(distributions).map(({ tag, column }) => ({ tag, folder, distributions: column })),
  ];
}

function put<Kind extends Column>(
  pieces: Map<string, Piece<Kind>[]>,
  tag: string,
  column: Kind | undefined,
  below: number,
): void {
  if (column === undefined || !(column.least < below)) return;
  const own = pieces.get(tag);
  if (own === undefined) pieces.set(tag, [{ column, below }]);
  else own.push({ column, below });
}

function eventFilesIn(folder: string): string[] {
  const files = listFilesBelow(folder).filter((file) => isEventFileName(file) && pathKind(file) === "file");
  if (files.length > 0) return files;
  throw new GradusError(
    "bad-data",
    `${folder}: there is no event file in this folder or below it. Expected files with "${EVENT_FILE_MARK}" in their names; to read a CSV file, give its path.`,
    { file: folder },
  );
}
