import { type Dirent, readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { systemFailure } from "./system-errors.ts";

/** What is at a path, links followed. `other`: a pipe, a device, a socket. */
export type PathKind = "file" | "folder" | "other" | "missing";

/** @throws GradusError as `systemFailure`, where the system does not even say what it is. */
export function pathKind(path: string): PathKind {
  const stats = statsOf(path);
  if (stats === undefined) return "missing";
  return stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    // a path through a file leads nowhere
    if ((cause as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw systemFailure("read", path, cause);
  }
}

/** What is in a folder. Links are not followed: they are no folders here.
 *  @throws GradusError as `systemFailure`. */
export function listFolder(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw systemFailure("read", folder, cause);
  }
}

/** The paths of what is in a folder and below it, except folders, sorted by their characters' codes.
 *  @throws GradusError as `systemFailure`. */
export function listFilesBelow(folder: string): string[] {
  const files: string[] = [];
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of listFolder(next)) (entry.isDirectory() ? open : files).push(join(next, entry.name));
  }
  return files.sort();
}
