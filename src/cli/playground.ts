import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GradusError } from "../core/errors.ts";
import type { CliCommand } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { onInterrupt } from "./interrupt.ts";
import { openBrowser } from "./playground/open-browser.ts";
import { serveFolder } from "./playground/serve-folder.ts";
import { aborted, LOOPBACK, onFreePort, portOf } from "./ports.ts";
import { jsonLine, line, type Terminal } from "./terminal.ts";

const DEFAULT_PORT = 5180;

interface Options {
  readonly port?: string;
  readonly host: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

export const playgroundCommand: CliCommand = {
  add(command, run) {
    command
      .option("--port <number>", `port; 0: any that is free (default: ${DEFAULT_PORT}, or the next that is free)`)
      .option("--host <name>", "interface to listen on", LOOPBACK[0])
      .option("--open", "open it in the browser")
      .option("--json", "the address as one JSON object")
      .addHelpText(
        "after",
        "\nCtrl-C ends it.\n\nExamples:\n  gradus playground --open\n  gradus playground --port 8080",
      )
      .action((options: Options) => run(options, (terminal) => serve(terminal, options)));
  },
};

async function serve(terminal: Terminal, { port, host, open = false }: Options): Promise<number> {
  const folder = pageFolder();
  const interruption = onInterrupt(() => {});
  try {
    const given = port === undefined ? undefined : portOf(port);
    const served = await onFreePort(given, DEFAULT_PORT, (each) => serveFolder(folder, { host, port: each }));
    try {
      if (terminal.isJson) jsonLine(terminal.out, { address: served.address });
      else line(terminal.out, `The playground is at ${served.address}   (Ctrl-C ends it)`);
      if (!LOOPBACK.includes(host)) {
        line(
          terminal.errors,
          "Browsers give threads to pages of this machine or of https: others train on one thread.",
        );
      }
      if (open && !(await openBrowser(served.address))) line(terminal.errors, "No program here opens a browser.");
      await aborted(interruption.signal);
    } finally {
      await served.close();
    }
    // Ctrl-C is how it is meant to end
    return interruption.status() === EXIT.interrupted ? EXIT.ok : interruption.status();
  } finally {
    interruption.release();
  }
}

/** The built page: beside the program, or in dist/ if the program runs from its sources. */
function pageFolder(): string {
  const inPackage = import.meta.url.endsWith(".ts") ? "../../dist/playground" : "./playground";
  const folder = fileURLToPath(new URL(inPackage, import.meta.url));
  if (existsSync(join(folder, "index.html"))) return folder;
  throw new GradusError(
    "file-not-found",
    `${folder} has no page. In a checkout, "npm run build" builds it, and "npm run playground" serves its sources.`,
    { file: folder },
  );
}
