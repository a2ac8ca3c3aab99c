import { largest } from "../core/extremes.ts";
import { requireKnownFields } from "../core/suggest.ts";
import type { DatasetEntry } from "../datasets/registry.ts";
import { datasets } from "../datasets/registry.ts";
import type { CliCommand } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { jsonLine, line, renderTable } from "./terminal.ts";

export const datasetsCommand: CliCommand = {
  add(command, run) {
    command
      .argument("[name]", "show only this data set")
      .option("--json", "one JSON object per line")
      .addHelpText("after", "\nExamples:\n  gradus datasets\n  gradus datasets spirals")
      .action((name: string | undefined, options: { readonly json?: boolean }) =>
        run(options, async (terminal) => {
          if (name !== undefined) requireKnownFields("datasets", [name], Object.keys(datasets));
          const entries = Object.entries<DatasetEntry>(datasets).filter(
            ([each]) => name === undefined || each === name,
          );
          if (terminal.isJson) {
            for (const [each, { title, size, shape, classes, source, options: fields }] of entries) {
              const help = Object.fromEntries(Object.entries(fields).map(([field, { help }]) => [field, help]));
              jsonLine(terminal.out, { name: each, title, size, shape, classes, source, options: help });
            }
            return EXIT.ok;
          }
          const table = renderTable(entries, [
            { title: "name", value: ([each]) => each },
            { title: "description", value: ([, { title }]) => title },
            { title: "samples", value: ([, { size }]) => size },
            { title: "input", value: ([, { shape }]) => shape },
            { title: "classes", value: ([, { classes }]) => classes },
            { title: "source", value: ([, { source }]) => source },
          ]);
          line(terminal.out, table);
          for (const [each, entry] of entries) line(terminal.out, `\n${each}\n${optionLines(entry)}`);
          return EXIT.ok;
        }),
      );
  },
};

function optionLines({ options }: DatasetEntry): string {
  const width = largest(Object.keys(options).map((field) => field.length));
  return Object.entries(options)
    .map(([field, { help }]) => `  ${field.padEnd(width)}  ${help}`)
    .join("\n");
}
