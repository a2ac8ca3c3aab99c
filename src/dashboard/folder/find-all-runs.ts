import { type Dirent, readdirSync, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { pathKind } from "../../files/folders.ts";
import { isEventFileName } from "../../files/logs/event-files.ts";
import { eventRunFolders } from "../../runs/event-folders.ts";
import { openEventRun } from "../../runs/event-run.ts";
import { openRun } from "../../runs/open-run.ts";
import { RUN_FILES } from "../../runs/run-files.ts";
import { openTableRun, tableKind } from "../../runs/table-run.ts";
import { isTableLog } from "./is-table-log.ts";
import type { FindRuns, FoundRun } from "./run-folder.ts";
import { FolderTree, type Listing } from "./walk.ts";

/** Finds all runs of a folder: those of Gradus, TensorBoard's event files, and logs that are one table. */
export function findAllRuns(root: string): FindRuns {
  const folder = resolve(root);
  if (pathKind(folder) === "file") return onlyFile(folder);
  const tree = new FolderTree(folder, isRun);
  const tables = new TableFiles();
  return () => {
    const { isChanged, listings } = tree.look();
    const others = listings.filter((listing) => !isRun(listing));
    const hasNewTables = tables.look(others);
    if (!isChanged && !hasNewTables) return undefined;
    const eventFolders = others.filter(({ entries }) => entries.some(isEventFile)).map((each) => each.folder);
    return [
      ...listings.filter(isRun).map((listing) => ownRun(listing.folder, folder)),
      ...eventRunFolders(eventFolders, folder).map((path) => eventRun(path, folder)),
      ...[...tables.files].map((file) => tableRun(file, folder)),
    ];
  };
}

/** A folder of a run of ours, damaged or not; what is below it belongs to it. */
function isRun({ entries }: Listing): boolean {
  return entries.some(({ name }) => name === RUN_FILES.description);
}

/** A log that was given by itself. */
function onlyFile(file: string): FindRuns {
  let isFound = false;
  return () => {
    if (isFound) return undefined;
    isFound = true;
    return [isEventFileName(file) ? eventRun(file, file) : tableRun(file, file)];
  };
}

function ownRun(path: string, root: string): FoundRun {
  const id = idOf(path, root);
  // written once: a change of it is another run
  const stamp = () => stampOf(join(path, RUN_FILES.description));
  return { id, name: basename(path), kind: "gradus", path, open: () => openRun(path, root), stamp, identity: stamp };
}

/** The folder itself cannot be "." in an address. */
function idOf(path: string, root: string): string {
  const id = relative(root, path).split(sep).join("/");
  return id === "" ? "./" : id;
}

/** Logs of other programs notice by themselves that their past is another one. */
const always = () => "";

function isEventFile(entry: Dirent): boolean {
  return !entry.isDirectory() && isEventFileName(entry.name);
}

/** @param path the folder of the run, or its only file. */
function eventRun(path: string, root: string): FoundRun {
  const id = idOf(path, root);
  const name = id === "./" ? basename(path) : id;
  const stamp = () => [path, ...eventFilesIn(path)].map(stampOf).join();
  return { id, name, kind: "tensorboard", path, open: () => openEventRun(path, root), stamp, identity: always };
}

function eventFilesIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter(isEventFile).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

function tableRun(file: string, root: string): FoundRun {
  const id = idOf(file, root);
  const name = id === "./" ? basename(file) : id;
  const kind = tableKind(file) ?? "csv";
  return {
    id,
    name,
    kind,
    path: file,
    open: () => openTableRun(file, root),
    stamp: () => stampOf(file),
    identity: always,
  };
}

/** The tables of a tree that are logs. Each is looked into once, and those that were none again when they have grown. */
class TableFiles {
  readonly #sizes = new Map<string, number>();
  readonly files = new Set<string>();

  /** @returns whether a table became a log, or is gone. */
  look(listings: readonly Listing[]): boolean {
    const before = this.files.size;
    const seen = new Set<string>();
    let isChanged = false;
    for (const { folder, entries } of listings) {
      for (const entry of entries) {
        if (entry.isDirectory() || tableKind(entry.name) === undefined) continue;
        const file = join(folder, entry.name);
        seen.add(file);
        if (this.files.has(file)) continue;
        const size = sizeOf(file);
        if (size === this.#sizes.get(file)) continue;
        this.#sizes.set(file, size);
        if (isTableLog(file)) this.files.add(file);
      }
    }
    for (const file of this.files) {
      if (seen.has(file)) continue;
      this.files.delete(file);
      isChanged = true;
    }
    return isChanged || this.files.size !== before;
  }
}

/** Size and time of a file; empty if there is none. */
function stampOf(file: string): string {
  try {
    const { size, mtimeMs, ino, mode } = statSync(file);
    return `${size} ${mtimeMs} ${ino} ${mode}`;
  } catch {
    return "";
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return -1;
  }
}
