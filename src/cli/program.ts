import { Command, CommanderError } from "commander";
import { printable } from "../core/terminal-text.ts";
import type { CliCommand, Runner } from "./command.ts";
import { EXIT, EXIT_HELP } from "./exit-codes.ts";
import { reportError } from "./report-error.ts";
import { jsonLine, type Terminal } from "./terminal.ts";
import { packageVersion } from "./version.ts";

interface Entry {
  readonly description: string;
  /** Its module, with all that it needs: loaded when the command is named, so that help and mistakes are answered at once. */
  readonly load: () => Promise<CliCommand>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  train: {
    description: "train the network of an experiment file",
    load: async () => (await import("./train.ts")).trainCommand,
  },
  doctor: {
    description: "find out why a network does not train, and prove the cure",
    load: async () => (await import("./doctor.ts")).doctorCommand,
  },
  predict: {
    description: "apply a trained network to new data",
    load: async () => (await import("./predict.ts")).predictCommand,
  },
  datasets: {
    description: "list the data sets that an experiment can name, and their options",
    load: async () => (await import("./datasets.ts")).datasetsCommand,
  },
  schema: {
    description: "print the JSON Schema of experiment files, for editors",
    load: async () => (await import("./schema.ts")).schemaCommand,
  },
  info: {
    description: "show machine, backends, threads and versions",
    load: async () => (await import("./info.ts")).infoCommand,
  },
  demo: {
    description: "six deep networks that cannot learn, six remedies, each of them proven; one to two minutes",
    load: async () => (await import("./demo.ts")).demoCommand,
  },
};

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
  try {
    await addCommands(program, words, run);
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync(words, { from: "user" });
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

/** All commands by name and description, and whole the one that is meant. */
async function addCommands(program: Command, words: readonly string[], run: Runner): Promise<void> {
  // no option before a command takes a value, so the first word that is the name of a command is the command
  const named = words.find((word) => Object.hasOwn(COMMANDS, word));
  for (const [name, { description, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(description);
    if (name === named) (await load()).add(command, run);
  }
}

/** What commander says, without its own prefix. */
function usageMessage({ message }: CommanderError): string {
  return message.replace(/^error: /, "").trim();
}
