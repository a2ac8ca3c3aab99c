import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { GradusError } from "../../core/errors.ts";
import { nearestName } from "../../core/suggest.ts";
import { openRun } from "../../runs/open-run.ts";
import type { RunReader } from "../../runs/types.ts";
import { readableRuns } from "./read-all.ts";
import { RUNS } from "./where.ts";

/** The file that makes a folder a run. */
const DESCRIPTION = "run.json";

/** Most names in an error message. */
const MOST_NAMES = 5;

/** Opens the run that a word names: a folder, a path or a name below the folder of runs.
 *  @throws GradusError `file-not-found` with the nearest name; `bad-argument` if several runs have the name; and as `openRun`. */
export function openNamed(command: string, word: string, root: string): RunReader {
  return openRun(locate(command, word, root), root);
}

/** The folder of the run that a word names. */
export function locate(command: string, word: string, root: string): string {
  if (word !== "") {
    for (const folder of [resolve(word), join(root, word)]) {
      if (existsSync(join(folder, DESCRIPTION))) return folder;
    }
  }
  const runs = existsSync(root) ? readableRuns(root).readers : [];
  const named = runs.filter(({ name, id }) => name === word || id === word);
  if (named.length === 1) return (named[0] as RunReader).folder;
  if (named.length > 1) {
    const folders = named.map(({ folder }) => folder);
    throw new GradusError(
      "bad-argument",
      `${command}: ${named.length} runs are called "${word}": ${someOf(folders)}. Give the folder of one.`,
      { name: word, folders },
    );
  }
  // a folder of a run whose description is damaged or missing: openRun says what is wrong with it
  const damaged = [resolve(word), join(root, word)].find((folder) => isDamagedRun(folder));
  if (word !== "" && damaged !== undefined) return damaged;
  const names = [...new Set(runs.flatMap(({ name, id }) => [name, id]))];
  const nearest = nearestName(word, names);
  const hint =
    nearest !== undefined
      ? `Did you mean "${nearest}"?`
      : names.length === 0
        ? `There are no runs in ${root}. gradus train FILE --run NAME makes one; --runs FOLDER looks elsewhere.`
        : `There are ${someOf(names)}. gradus runs ${root === RUNS ? "" : `${root} `}lists all; --runs FOLDER looks elsewhere.`;
  throw new GradusError("file-not-found", `${command}: there is no run "${word}" in ${root}. ${hint}`, {
    name: word,
    root,
    suggestion: nearest,
  });
}

/** Whether a folder has measures or events of a run, but no description. */
function isDamagedRun(folder: string): boolean {
  return ["events.jsonl", "measures.bin"].some((name) => existsSync(join(folder, name)));
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
