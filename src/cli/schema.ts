import type { CliCommand } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { experimentSchema } from "./experiment-schema.ts";
import { line } from "./terminal.ts";

const HELP = `
Editors that read JSON Schema then complete and check the fields of an experiment file, if it names the schema:
  { "$schema": "./experiment.schema.json", "data": "mnist", … }

Examples:
  gradus schema > experiment.schema.json
  gradus schema --json | jq '."$defs".optimizer'`;

export const schemaCommand: CliCommand = {
  add(command, run) {
    command
      .option("--json", "on one line")
      .addHelpText("after", HELP)
      .action((flags: { readonly json?: boolean }) =>
        run(flags, async (terminal) => {
          line(terminal.out, JSON.stringify(experimentSchema(), null, terminal.isJson ? undefined : 2));
          return EXIT.ok;
        }),
      );
  },
};
