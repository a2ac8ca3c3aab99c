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
Six networks fail, each for lack of one remedy: initialisation, an activation that does not saturate, batch normalisation, gradient
clipping, Adam, dropout. Each is trained without and with its remedy in three pairs of runs with the same random numbers, and statistics
decide whether the remedy is proven to help. Then one network of twenty sigmoid layers is trained with all six. The result is one
self-contained HTML report.

Examples:
  gradus demo
  gradus demo --lang ko --report report.html
  gradus demo --json figures.json
  gradus demo --quick`;

export const demoCommand: CliCommand = {
  add(command, run) {
    command
      .option("--report <path>", "path of the HTML report", "reports/gradus-report.html")
      .option("--quick", "use a small slice of the data: shows that everything runs, proves nothing")
      .option("--json [file]", "write the figures as JSON to a file or, without one, print one JSON line per cure")
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
