import type { Command } from "commander";
import { GradusError } from "../core/errors.ts";
import type { CliCommand } from "./command.ts";
import { compareRuns } from "./runs/compare.ts";
import { exportOne } from "./runs/export.ts";
import type { ListFlags } from "./runs/list.ts";
import { listRuns } from "./runs/list.ts";
import { noteRun } from "./runs/note.ts";
import { removeRuns } from "./runs/remove.ts";
import { showRun } from "./runs/show.ts";
import { SORT_KEYS } from "./runs/sort.ts";
import { RUNS } from "./runs/where.ts";

const HELP = `
Every run is a folder, made by \`gradus train FILE --run NAME\`. RUN is such a folder, or a name below ${RUNS}/.
--where compares a setting by its dotted path with =, !=, <, <=, > or >=. Several conditions must all hold.
The settings that differ between the listed runs have their own columns.

Examples:
  gradus runs
  gradus runs --status running --where optimizer.learningRate=0.01
  gradus runs --name 'spirals-*' --sort score --limit 5
  gradus runs compare spirals-a spirals-b
  gradus runs show spirals-a --json
  gradus runs note spirals-a "the rate is too high"
  gradus runs export spirals-a --output spirals.html
  gradus runs remove spirals-a spirals-b`;

interface Shared {
  readonly json?: boolean;
  readonly runs: string;
}

export const runsCommand: CliCommand = {
  add(command, run) {
    command
      .enablePositionalOptions()
      .usage("[FOLDER] [options]\n       gradus runs compare|show|note|export|remove RUN … [options]")
      .argument("[folder]", `the folder of runs (default: ${RUNS})`)
      .option("--status <status>", "running, finished, stopped, failed, killed; repeatable", collect)
      .option("--where <condition>", "a setting and its value: optimizer.learningRate=0.01; repeatable", collect)
      .option("--tag <tag>", "only runs with this tag; repeatable", collect)
      .option("--name <pattern>", "only runs whose name contains this, or matches it with * and ?")
      .option("--sort <key>", `${SORT_KEYS.join(", ")}`, "when")
      .option("--reverse", "the other way round")
      .option("--limit <number>", "at most so many runs")
      .option("--json", "one JSON object a line")
      .addHelpText("after", HELP)
      .action((folder: string | undefined, flags: Omit<ListFlags, "limit"> & { json?: boolean; limit?: string }) =>
        run(flags, async (terminal) => {
          return listRuns(terminal, folder ?? RUNS, { ...flags, limit: limitOf(flags.limit) });
        }),
      );

    shared(command, "compare", "the settings that differ between runs, and their scores side by side")
      .argument("<runs...>", "two or more runs")
      .action((words: readonly string[], _: object, own: Command) => {
        const flags = flagsOf<Shared>(own);
        return run(flags, async (terminal) => {
          if (words.length < 2) {
            throw new GradusError("bad-argument", `runs compare: expected two or more runs, got ${words.length}.`, {
              runs: words,
            });
          }
          return compareRuns(terminal, words, flags.runs);
        });
      });

    shared(command, "show", "all that is known about one run")
      .argument("<run>", "a folder, or a name below the folder of runs")
      .action((word: string, _: object, own: Command) => {
        const flags = flagsOf<Shared>(own);
        return run(flags, async (terminal) => showRun(terminal, word, flags.runs));
      });

    shared(command, "note", "add a text to the notes of a run; without a text, print them")
      .argument("<run>", "a folder, or a name below the folder of runs")
      .argument("[text]", 'the text; "-": from the standard input')
      .option("--replace", "instead of the notes that are there")
      .action((word: string, text: string | undefined, _: object, own: Command) => {
        const flags = flagsOf<Shared & { readonly replace?: boolean }>(own);
        return run(flags, async (terminal) => {
          return noteRun(terminal, word, text, flags.runs, flags);
        });
      });

    shared(command, "export", "one run as one HTML file that needs no server")
      .argument("<run>", "a folder, or a name below the folder of runs")
      .requiredOption("-o, --output <path>", 'the HTML file; "-": the standard output')
      .option("--lang <language>", "en or ko: of the diagnosis", "en")
      .action((word: string, _: object, own: Command) => {
        const flags = flagsOf<Shared & { readonly output: string; readonly lang: string }>(own);
        return run(flags, async (terminal) => {
          return exportOne(terminal, word, flags.runs, flags);
        });
      });

    shared(command, "remove", "remove runs with all their files")
      .argument("<runs...>", "folders, or names below the folder of runs")
      .option("-y, --yes", "do not ask")
      .action((words: readonly string[], _: object, own: Command) => {
        const flags = flagsOf<Shared & { readonly yes?: boolean }>(own);
        return run(flags, async (terminal) => {
          return removeRuns(terminal, words, flags.runs, flags);
        });
      });
  },
};

/** A command below `gradus runs` with the options that all of them have. */
function shared(command: Command, name: string, description: string): Command {
  return command
    .command(name)
    .description(description)
    .option("--runs <folder>", "the folder of runs", RUNS)
    .option("--json", "JSON lines");
}

/** `gradus runs --json show A` means the same as `gradus runs show A --json`. */
function flagsOf<Flags extends { readonly json?: boolean }>(own: Command): Flags {
  return { ...own.opts<Flags>(), json: own.optsWithGlobals<{ json?: boolean }>().json === true };
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function limitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new GradusError("bad-argument", `--limit must be a whole number from 1 on, got "${text}".`, { limit: text });
}
