import { join } from "node:path";

/** The files of a run, in its folder. */
export const RUN_FILES = {
  description: "run.json",
  events: "events.jsonl",
  measures: "measures.bin",
  notes: "notes.md",
  lock: "lock",
} as const;

/** The folder of a run's checkpoints, in its folder. */
export const CHECKPOINTS_FOLDER = "checkpoints";

/** The path of one of a run's files. */
export function runFile(folder: string, file: keyof typeof RUN_FILES): string {
  return join(folder, RUN_FILES[file]);
}
