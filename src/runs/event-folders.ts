import { basename, dirname, resolve } from "node:path";
import { listFilesBelow } from "../files/folders.ts";
import { isEventFileName } from "../files/logs/event-files.ts";
import { partOf, wordsOf } from "../watch/log/names.ts";

/** Whether a folder's whole name is that of a part of the data: `train`, `validation`. `test-run-1` is a run. */
export function isPartFolder(name: string): boolean {
  return wordsOf(name).length === 1 && partOf(name) !== undefined;
}

/** The folders of the runs whose event files lie in the given folders, each once, in order: the folder itself, or the one above it if its
 *  name is that of a part of the data and it is not the root. */
export function eventRunFolders(folders: Iterable<string>, root: string): readonly string[] {
  const runs = new Set<string>();
  for (const folder of folders) {
    const isPart = isPartFolder(basename(folder)) && resolve(folder) !== resolve(root);
    runs.add(isPart ? dirname(folder) : folder);
  }
  return [...runs].sort();
}

/** The folders of runs of event files in a folder and below it; the folder itself, if it is one. Links are not followed.
 *  @throws GradusError as `listFilesBelow`. */
export function findEventRuns(root: string): readonly string[] {
  const files = listFilesBelow(root).filter(isEventFileName);
  return eventRunFolders(new Set(files.map((file) => dirname(file))), root);
}
