import { existsSync } from "node:fs";
import { describe } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { runFile } from "./run-files.ts";

/** @throws GradusError `file-not-found` for a folder without a run.json; a damaged one will do. */
export function requireRunFolder(folder: string): void {
  requireArgument(typeof folder === "string", `expected the path of a run's folder, got ${describe(folder)}.`, {
    folder,
  });
  if (existsSync(runFile(folder, "description"))) return;
  throw new GradusError(
    "file-not-found",
    `${folder}: there is no run here (it would have the file run.json). Give the folder of a run.`,
    { folder },
  );
}
