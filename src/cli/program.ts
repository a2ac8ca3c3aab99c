import { Command, CommanderError } from "commander";
import { printable } from "../core/terminal-text.ts";
import type { CliCommand, Runner } from "./command.ts";
import { EXIT, EXIT_HELP } from "./exit-codes.ts";
import { reportError } from "./report-error.ts";
import { jsonLine, type Terminal } from "./terminal.ts";
import { packageVersion } from "./version.ts";

interface Entry {
  readonly description: string;
  /** Loads the module of the command with all its imports. It runs only when the command is named, so that help and usage errors
   *  appear at once. */
  readonly load: () => Promise<CliCommand>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  train: {
    description: "train the network of an experiment file",
    load: async () => (await import("./commands-of-training.ts")).trainCommand,
  },
  resume: {
    description: "continue a run that was stopped, killed or finished",
    load: async () => (await import("./commands-of-training.ts")).resumeCommand,
  },
  runs: {
    description: "list, compare, show, note, export and remove runs",
    load: async () => (await import("./commands-of-runs.ts")).runsCommand,
  },
  watch: {
    description: "watch a run in the terminal while it trains",
    load: async () => (await import("./commands-of-runs.ts")).watchCommand,
  },
  dashboard: {
    description: "watch and compare runs in a web page on this machine",
    load: async () => (await import("./commands-of-runs.ts")).dashboardCommand,
  },
  doctor: {
    description: "find out why a network does not train, and prove a cure",
    load: async () => (await import("./doctor.ts")).doctorCommand,
  },
  predict: {
    description: "apply a trained network to new data",
    load: async () => (await import("./predict.ts")).predictCommand,
  },
  playground: {
    description: "build, watch and cure networks in a web page on this machine",
    load: async () => (await import("./playground.ts")).playgroundCommand,
  },
  datasets: {
    description: "list the data sets that an experiment can use, and their options",
    load: async () => (await import("./datasets.ts")).datasetsCommand,
  },
  schema: {
    description: "print the JSON Schema of experiment files, for editors",
    load: async () => (await import("./schema.ts")).schemaCommand,
  },
  info: {
    description: "show the machine, backends, threads and versions",
    load: async () => (await import("./info.ts")).infoCommand,
  },
  demo: {
    description: "prove six remedies on six deep networks that fail to learn; takes one to two minutes",
    load: async () => (await import("./demo.ts")).demoCommand,
  },
};

/** Runs the command line and returns the exit status. Errors are reported, never thrown. */
export async function runCli(words: readonly string[], streams: Omit<Terminal, "isJson">): Promise<number> {
  let status: number = EXIT.ok;
  const program = new Command("gradus")
    .description("Train deep neural networks and find out why they do or do not learn.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .showHelpAfterError("(see gradus --help)")
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
    // help and version are not errors; anything else is wrong usage, which commander has already printed
    if (error.exitCode === 0) return EXIT.ok;
    if (terminal.isJson)
      jsonLine(terminal.out, { error: { code: "bad-argument", message: usageMessage(error), values: {} } });
    return EXIT.input;
  }
  return status;
}

/** Adds all commands with name and description, and the named one in full. */
async function addCommands(program: Command, words: readonly string[], run: Runner): Promise<void> {
  // no option before a command takes a value, so the first word that names a command is the command
  const named = words.find((word) => Object.hasOwn(COMMANDS, word));
  for (const [name, { description, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(description);
    if (name === named) (await load()).add(command, run);
  }
}

/** Commander's message without its prefix. */
function usageMessage({ message }: CommanderError): string {
  return message.replace(/^error: /, "").trim();
}
