import { describe } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { writeFile } from "../files/write-file.ts";
import { requireRunFolder } from "./require-run-folder.ts";
import { runFile } from "./run-files.ts";

/** Readers cut longer notes. */
const MOST_BYTES = 2 ** 20;

/** Replaces a person's notes on a run, also while it is written.
 *  @throws GradusError `file-not-found` for what is no run; `limit-exceeded` for more than 1 MiB; `io-error` if the system refuses. */
export function writeNotes(folder: string, notes: string): void {
  requireArgument(typeof notes === "string", `writeNotes: expected a text, got ${describe(notes)}.`, { notes });
  requireRunFolder(folder);
  const bytes = Buffer.from(notes);
  if (bytes.length > MOST_BYTES) {
    throw new GradusError(
      "limit-exceeded",
      `${folder}: the notes have ${bytes.length} bytes; at most ${MOST_BYTES} are kept. Put long texts into files of their own.`,
      { folder, bytes: bytes.length, limit: MOST_BYTES },
    );
  }
  writeFile(runFile(folder, "notes"), bytes);
}
