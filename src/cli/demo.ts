import type { CliCommand } from "./command.ts";
import { runDemo } from "./demo/demo.ts";

interface DemoFlags {
  readonly report: string;
  readonly quick?: boolean;
  readonly json?: boolean;
}

const HELP = `
1. the patient: 20 hidden layers of 100 sigmoid units that do not learn, and the gradients that say why
2. six remedies, each alone and all together
3. exploding gradients with and without clipping and He; overfitting with and without dropout
4. an HTML report with charts, in one file

Examples:
  gradus demo
  gradus demo --quick --report /tmp/report.html`;

export const demoCommand: CliCommand = {
  add(program, run) {
    program
      .command("demo")
      .description("train a deep network on MNIST that cannot learn, then cure it; about two minutes")
      .option("--report <path>", "where the HTML report goes", "reports/gradus-report.html")
      .option("--quick", "a small slice of the data: shows that everything runs, teaches nothing")
      .option("--json", "one JSON line for each network trained, and one for the report")
      .addHelpText("after", HELP)
      .action((flags: DemoFlags) =>
        run(flags, (terminal) => runDemo(terminal, { reportPath: flags.report, isQuick: flags.quick === true })),
      );
  },
};
