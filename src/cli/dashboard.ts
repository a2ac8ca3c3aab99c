import { existsSync } from "node:fs";
import { GradusError } from "../core/errors.ts";
import type { CliCommand } from "./command.ts";
import { openDashboard } from "./dashboard/open-dashboard.ts";
import { EXIT } from "./exit-codes.ts";
import { onInterrupt } from "./interrupt.ts";
import { openBrowser } from "./playground/open-browser.ts";
import { aborted, LOOPBACK, portOf } from "./ports.ts";
import { RUNS } from "./runs/where.ts";
import { jsonLine, line, type Terminal } from "./terminal.ts";

interface Options {
  readonly port?: string;
  readonly host: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

const HELP = `
FOLDER holds runs: those of \`gradus train --run\`, TensorBoard's event files, and logs as CSV or JSON lines, also in folders below it. The page
follows runs while they are trained. Its address holds a token: only who has the address
gets in.

Ctrl-C ends it.

Examples:
  gradus dashboard --open
  gradus dashboard ~/experiments --port 8080
  ssh -L 5190:127.0.0.1:5190 machine gradus dashboard --port 5190 FOLDER`;

export const dashboardCommand: CliCommand = {
  add(command, run) {
    command
      .argument("[folder]", `the folder of runs (default: ${RUNS})`)
      .option("--port <number>", "port; 0: any that is free (default: 5190, or the next that is free)")
      .option("--host <name>", "127.0.0.1, localhost or ::1: this machine alone", LOOPBACK[0])
      .option("--open", "open it in the browser")
      .option("--json", "the address as one JSON object")
      .addHelpText("after", HELP)
      .action((folder: string | undefined, options: Options) =>
        run(options, (terminal) => serve(terminal, folder ?? usualFolder(), options)),
      );
  },
};

/** @throws GradusError `file-not-found` if no run was made here yet. */
function usualFolder(): string {
  if (existsSync(RUNS)) return RUNS;
  throw new GradusError(
    "file-not-found",
    `dashboard: there is no folder ${RUNS} here. gradus train FILE --run NAME makes it with its first run; gradus dashboard FOLDER opens another.`,
    { folder: RUNS },
  );
}

async function serve(terminal: Terminal, folder: string, { port, host, open = false }: Options): Promise<number> {
  const given = port === undefined ? undefined : portOf(port);
  const interruption = onInterrupt(() => undefined);
  try {
    const served = await openDashboard(folder, { host, port: given });
    try {
      if (terminal.isJson) jsonLine(terminal.out, { address: served.address });
      else line(terminal.out, `The dashboard of ${folder} is at ${served.address}   (Ctrl-C ends it)`);
      if (open) {
        if (!(await openBrowser(served.address))) line(terminal.errors, "No program here opens a browser.");
      }
      await Promise.race([aborted(interruption.signal), parentGone()]);
    } finally {
      await served.close();
    }
    // Ctrl-C is how it is meant to end, and so is the end of the training beside it
    return interruption.status() === EXIT.interrupted ? EXIT.ok : interruption.status();
  } finally {
    interruption.release();
  }
}

/** Resolves when the process that started this one beside a training has ended. */
function parentGone(): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.once("disconnect", () => resolve());
  });
}
