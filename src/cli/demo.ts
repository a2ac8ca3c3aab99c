import type { Language } from "../telling/texts/texts.ts";
import type { CliCommand } from "./command.ts";
import { runDemo } from "./demo/demo.ts";
import { languageOf } from "./language.ts";

interface DemoFlags {
  readonly report: string;
  readonly quick?: boolean;
  readonly json?: string | true;
  readonly lang: Language;
}

const HELP = `
Six networks that fail, each for want of one remedy: initialisation, an activation that does not saturate, batch normalisation, gradient
clipping, Adam, dropout. Each is trained without and with it, three pairs of runs with the same random numbers, and statistics say
whether the remedy is proven to help. Then one network of twenty sigmoid layers with all six together, and an HTML report in one file.

Examples:
  gradus demo
  gradus demo --lang ko --report report.html
  gradus demo --json figures.json
  gradus demo --quick`;

export const demoCommand: CliCommand = {
  add(command, run) {
    command
      .option("--report <path>", "where the HTML report goes", "reports/gradus-report.html")
      .option("--quick", "a small slice of the data: shows that everything runs, teaches nothing")
      .option(
        "--json [file]",
        "the figures as JSON, into a file; without one, a JSON line for each cure on the standard output",
      )
      .option("--lang <language>", "en or ko", languageOf, "en")
      .addHelpText("after", HELP)
      .action(({ report, quick, json, lang }: DemoFlags) =>
        run({ json: json === true }, (terminal) =>
          runDemo(terminal, {
            reportPath: report,
            isQuick: quick === true,
            jsonPath: typeof json === "string" ? json : undefined,
            lang,
          }),
        ),
      );
  },
};
