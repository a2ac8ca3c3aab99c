import { GradusError } from "../core/errors.ts";
import type { SavedRun } from "../train/checkpoints/run-state.ts";
import type { CheckpointStore } from "../train/checkpoints/store.ts";

// What stands in the place of `checkpoint-folder.ts` where a bundle is made for hosts other than Node.

/** @throws GradusError `backend-unavailable`: no host but Node has folders. */
export function checkpointFolder(directory: string): CheckpointStore {
  throw noFiles(directory);
}

/** @throws GradusError `backend-unavailable`: no host but Node has files. */
export function readRun(path: string): Promise<SavedRun> {
  throw noFiles(path);
}

function noFiles(path: string): GradusError {
  return new GradusError(
    "backend-unavailable",
    `${path}: this bundle was made for a page, which has no files. Give checkpoint.store, which keeps bytes by name.`,
    { file: path },
  );
}
