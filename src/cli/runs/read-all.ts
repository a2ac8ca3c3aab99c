import { existsSync } from "node:fs";
import { GradusError } from "../../core/errors.ts";
import { pathKind } from "../../files/folders.ts";
import { findRuns } from "../../runs/find-runs.ts";
import { openRun } from "../../runs/open-run.ts";
import type { RunReader } from "../../runs/types.ts";

/** A run that could not be opened, and why. */
export interface Unreadable {
  readonly folder: string;
  readonly error: GradusError;
}

/** Opens every run in a folder and below it. Damaged ones are named, not thrown: one bad folder hides no other run.
 *  @throws GradusError `file-not-found` if there is no such folder. */
export function readableRuns(root: string): {
  readonly readers: readonly RunReader[];
  readonly unreadable: readonly Unreadable[];
} {
  const readers: RunReader[] = [];
  const unreadable: Unreadable[] = [];
  for (const folder of findRuns(requireFolder(root))) {
    try {
      readers.push(openRun(folder, root));
    } catch (error) {
      if (!(error instanceof GradusError)) throw error;
      // it was removed in between
      if (existsSync(folder)) unreadable.push({ folder, error });
    }
  }
  return { readers, unreadable };
}

function requireFolder(root: string): string {
  const kind = pathKind(root);
  if (kind === "folder") return root;
  throw new GradusError(
    "file-not-found",
    kind === "missing"
      ? `${root}: there is no such folder. gradus train FILE --run NAME makes it with its first run; gradus runs FOLDER looks elsewhere.`
      : `${root}: expected a folder of runs, got a file.`,
    { folder: root },
  );
}
