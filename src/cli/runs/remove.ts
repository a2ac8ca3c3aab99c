import { createInterface } from "node:readline/promises";
import { GradusError } from "../../core/errors.ts";
import { removeRun } from "../../runs/remove-run.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonLine, line, type Terminal } from "../terminal.ts";
import { openNamed } from "./locate.ts";
import { plain } from "./plain.ts";

export interface RemoveFlags {
  /** Do not ask. */
  readonly yes?: boolean;
}

/** `gradus runs remove RUN…`: removes runs with all their files, after a question on a terminal.
 *  @throws GradusError `in-use` for a run that is being written; `bad-argument` without a terminal and without --yes. */
export async function removeRuns(
  terminal: Terminal,
  words: readonly string[],
  root: string,
  { yes = false }: RemoveFlags,
): Promise<number> {
  const runs = words.map((word) => openNamed("runs remove", word, root));
  const running = runs.find(({ status }) => status === "running");
  if (running !== undefined) {
    throw new GradusError(
      "in-use",
      `runs remove: ${plain(running.name)} is running. End it first (Ctrl-C where it runs), then remove it.`,
      { folder: running.folder },
    );
  }
  const names = runs.map(({ name, folder }) => `${plain(name)} (${plain(folder)})`);
  if (!yes && !(await isConfirmed(terminal, names))) {
    line(terminal.out, "Nothing was removed.");
    return EXIT.ok;
  }
  for (const { folder, name, id } of runs) {
    removeRun(folder);
    if (terminal.isJson) jsonLine(terminal.out, { type: "removed", id, name, folder });
    else line(terminal.out, `removed ${plain(name)}`);
  }
  return EXIT.ok;
}

async function isConfirmed({ out, isJson }: Terminal, names: readonly string[]): Promise<boolean> {
  if (isJson || out.isTTY !== true || process.stdin.isTTY !== true) {
    throw new GradusError(
      "bad-argument",
      `runs remove: this removes ${names.join(", ")} with all checkpoints. Without a terminal to ask on it needs --yes.`,
      { names },
    );
  }
  for (const name of names) line(out, `  ${name}`);
  const reader = createInterface({ input: process.stdin, output: out });
  try {
    const answer = await reader.question(
      `Remove ${names.length === 1 ? "this run" : `these ${names.length} runs`} with all checkpoints? [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
