import { GradusError } from "../core/errors.ts";
import type { CliCommand } from "./command.ts";
import { languageOf } from "./language.ts";
import { openNamed } from "./runs/locate.ts";
import { RUNS } from "./runs/where.ts";
import { follow } from "./watch/follow.ts";

interface WatchFlags {
  readonly runs: string;
  readonly every: string;
  readonly once?: boolean;
  readonly lang: string;
  readonly json?: boolean;
}

const HELP = `
RUN is the folder of a run, or a name below ${RUNS}/. The picture shows loss and score, learning rate, the norm of the gradient by layer,
the time that is left, and what the doctor finds in the record so far. It needs nothing but the run's folder, so it works over ssh and
while another process trains. A run that has ended is shown once.

On a terminal the picture is redrawn in place; on a pipe every epoch is a line.

Exit status: 0 if the run finished or was stopped, 3 if it reached NaN or infinity, 4 if its process was killed.

Examples:
  gradus watch spirals-a
  gradus watch runs/spirals-a --once
  gradus watch spirals-a | tee spirals.log
  gradus watch spirals-a --lang ko

Ctrl-C ends the watching, not the training.`;

export const watchCommand: CliCommand = {
  add(command, run) {
    command
      .argument("<run>", "a folder, or a name below the folder of runs")
      .option("--runs <folder>", "the folder of runs", RUNS)
      .option("--every <seconds>", "time between two looks at the run", "1")
      .option("--once", "one picture of the run as it is")
      .option("--lang <language>", "en or ko", "en")
      .option("--json", "every event of the run as one JSON line")
      .addHelpText("after", HELP)
      .action((word: string, flags: WatchFlags) =>
        run(flags, async (terminal) => {
          const language = languageOf(flags.lang);
          const everyMs = 1000 * secondsOf(flags.every);
          const reader = openNamed("watch", word, flags.runs);
          return follow(terminal, reader, { language, everyMs, once: flags.once === true });
        }),
      );
  },
};

/** A look takes about a millisecond: more than some a second serve nobody. */
const FASTEST_S = 0.05;
const SLOWEST_S = 3600;

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= FASTEST_S && seconds <= SLOWEST_S) return seconds;
  throw new GradusError("bad-argument", `--every must be from ${FASTEST_S} to ${SLOWEST_S} seconds, got "${text}".`, {
    every: text,
  });
}
