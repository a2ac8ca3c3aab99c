import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe } from "../core/describe.ts";
import { requireArgument } from "../core/errors.ts";
import { append } from "../core/extremes.ts";
import { systemFailure } from "../files/system-errors.ts";
import { runFile } from "./run-files.ts";

/** Folders below the root in which runs are looked for. */
const DEEPEST = 8;

/** Most folders that are looked at: a root such as "/" must not take minutes. */
const MOST_FOLDERS = 50_000;

/** Folders without runs that may be large. */
const PASSED_OVER: ReadonlySet<string> = new Set(["node_modules", ".git"]);

/** The folders of runs in a folder and below it, in the order of their names; the folder itself, if it is one. A run is a folder with a
 *  run.json, damaged or not: `openRun` says what is wrong with it. Links are followed; folders that cannot be read are passed over.
 *  @throws GradusError `file-not-found` if there is no such folder; `io-error` if it cannot be read. */
export function findRuns(root: string): readonly string[] {
  requireArgument(typeof root === "string", `findRuns: expected the path of a folder, got ${describe(root)}.`, {
    root,
  });
  const found: string[] = [];
  const seen = new Set<string>();
  let level: readonly string[] = [root];
  for (let depth = 0; depth <= DEEPEST && level.length > 0; depth++) {
    const below: string[] = [];
    for (const folder of level) {
      if (existsSync(runFile(folder, "description"))) found.push(folder);
      else if (seen.size < MOST_FOLDERS && isNew(folder, seen)) append(below, foldersIn(folder, folder === root));
    }
    level = below;
  }
  return found.sort();
}

/** Whether a folder has not been looked at yet, by this or another path. */
function isNew(folder: string, seen: Set<string>): boolean {
  try {
    const place = realpathSync(folder);
    if (seen.has(place)) return false;
    seen.add(place);
    return true;
  } catch {
    // the root is reported when it is read
    return true;
  }
}

function foldersIn(folder: string, isRoot: boolean): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !PASSED_OVER.has(entry.name))
      .filter((entry) => entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(folder, entry.name))))
      .map((entry) => join(folder, entry.name));
  } catch (cause) {
    if (isRoot) throw systemFailure("read", folder, cause);
    return [];
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
