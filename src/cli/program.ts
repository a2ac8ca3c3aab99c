import { Command, CommanderError } from "commander";
import { printable } from "../core/terminal-text.ts";
import type { CliCommand, Runner } from "./command.ts";
import { datasetsCommand } from "./datasets.ts";
import { demoCommand } from "./demo.ts";
import { doctorCommand } from "./doctor.ts";
import { EXIT, EXIT_HELP } from "./exit-codes.ts";
import { infoCommand } from "./info.ts";
import { predictCommand } from "./predict.ts";
import { reportError } from "./report-error.ts";
import { jsonLine, type Terminal } from "./terminal.ts";
import { trainCommand } from "./train.ts";
import { packageVersion } from "./version.ts";

const COMMANDS: readonly CliCommand[] = [
  trainCommand,
  doctorCommand,
  predictCommand,
  datasetsCommand,
  infoCommand,
  demoCommand,
];

/** Runs the command line; answers the exit status. Errors are reported, never thrown. */
export async function runCli(words: readonly string[], streams: Omit<Terminal, "isJson">): Promise<number> {
  let status: number = EXIT.ok;
  const program = new Command("gradus")
    .description("Train deep neural networks, and see why they do or do not learn.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help of a command")
    .showHelpAfterError("(gradus --help shows what there is)")
    .addHelpText("after", `\n${EXIT_HELP}`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.out.write(printable(text)),
      writeErr: (text) => streams.errors.write(printable(text)),
    });
  const run: Runner = async ({ json = false }, work) => {
    const terminal: Terminal = { ...streams, isJson: json };
    try {
      status = await work(terminal);
    } catch (error) {
      status = reportError(terminal, error);
    }
  };
  for (const command of COMMANDS) command.add(program, run);
  if (words.length === 0) {
    program.outputHelp();
    return EXIT.ok;
  }
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    const terminal: Terminal = { ...streams, isJson: words.includes("--json") };
    if (!(error instanceof CommanderError)) return reportError(terminal, error);
    // help and version are no errors; anything else is wrong usage, and commander has said so to people
    if (error.exitCode === 0) return EXIT.ok;
    if (terminal.isJson)
      jsonLine(terminal.out, { error: { code: "bad-argument", message: usageMessage(error), values: {} } });
    return EXIT.input;
  }
  return status;
}

/** What commander says, without its own prefix. */
function usageMessage({ message }: CommanderError): string {
  return message.replace(/^error: /, "").trim();
}
