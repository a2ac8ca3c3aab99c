import { existsSync } from "node:fs";
import { join } from "node:path";
import { GradusError } from "../core/errors.ts";
import type { CliCommand } from "./command.ts";
import { parseDuration } from "./doctor/duration.ts";
import { checkExperiment, readExperiment } from "./experiment.ts";
import { languageOf } from "./language.ts";
import { requireOutput } from "./output.ts";
import { applyOverrides, parseOverrides } from "./overrides.ts";
import { RUNS } from "./runs/where.ts";

interface DoctorFlags {
  readonly log?: string;
  readonly budget?: string;
  readonly trial: boolean;
  readonly lang: string;
  readonly details?: boolean;
  readonly json?: boolean;
  readonly html?: string;
  readonly save?: string;
}

const HELP = `
FILE is an experiment as for \`gradus train\`. Flags set its fields: --epochs 3, --optimizer.learningRate 0.01.
The doctor checks the training before its first step and observes it with three seeds. If it finds a problem, it trains with and
without each remedy until one is proven to help. FILE itself is never changed; --save writes the cured experiment.

--log reads the log of another program: a TensorBoard event file or the folder of one run (losses, accuracies, norms or histograms of
gradients, weights and activations by layer), a CSV file with a header (Keras's CSVLogger, Lightning's metrics.csv), or the output of
\`gradus train --json\`. The report shows how each tag or column was interpreted. Remedies cannot be tried on a log.

RUN in place of FILE is the folder of a run that \`gradus train --run\` recorded, or a name below ${RUNS}/: what it recorded so far is judged,
also while it trains.

Exit status: 0 healthy, 3 sick (even if a cure was found), 2 wrong input.

Examples:
  gradus doctor examples/sick/vanishing.json
  gradus doctor examples/sick/rate.json --budget 30s --save cured.json
  gradus doctor examples/spirals.json --optimizer.learningRate 1 --no-trial --json
  gradus doctor experiment.json --lang ko --html diagnosis.html
  gradus doctor --log runs/2024-05-01/train --details
  gradus doctor --log metrics.csv
  gradus doctor runs/spirals-a --lang ko

Ctrl-C ends the examination and reports what is known so far.`;

export const doctorCommand: CliCommand = {
  add(command, run) {
    command
      .usage(
        "FILE [options] [--FIELD VALUE ...]\n       gradus doctor RUN [options]\n       gradus doctor --log FILE [options]",
      )
      .argument("[words...]", "the experiment file and fields to set, or a recorded run")
      .option("--log <path>", "examine the log of a run instead: TensorBoard, CSV, JSON lines")
      .option("--budget <time>", "time limit for everything: 60s, 2m, 90 (default: 2m)")
      .option("--no-trial", "prescribe remedies, but do not try them")
      .option("--lang <language>", "en or ko", "en")
      .option("--details", "show all evidence, trials and papers")
      .option("--json", "print the diagnosis as one JSON line")
      .option("--html <file>", "write the diagnosis as an HTML page with charts")
      .option("--save <file>", "write the cured experiment if a cure is proven")
      .allowUnknownOption()
      .addHelpText("after", HELP)
      .action((words: readonly string[], flags: DoctorFlags) =>
        run(flags, async (terminal) => {
          const { operands, overrides } = parseOverrides(words);
          const lang = languageOf(flags.lang);
          const telling = { lang, details: flags.details === true, html: flags.html };
          const inputs = [...operands, ...(flags.log === undefined ? [] : [flags.log])];
          if (flags.html !== undefined) requireOutput("doctor: --html", flags.html, inputs);
          if (flags.save !== undefined)
            requireOutput("doctor: --save", flags.save, flags.html === undefined ? [] : [flags.html]);
          if (flags.log !== undefined) {
            refuseBeside("--log", flags, operands, overrides.length);
            const { examineLogFile } = await import("./doctor/log.ts");
            return examineLogFile(terminal, flags.log, telling);
          }
          const file = onlyFile(operands);
          const folder = runFolder(file);
          if (folder !== undefined) {
            refuseBeside(`the run ${file}`, flags, [], overrides.length);
            const { examineRun } = await import("./doctor/run.ts");
            return examineRun(terminal, folder, telling);
          }
          const budgetSeconds = flags.budget === undefined ? undefined : parseDuration("--budget", flags.budget);
          const experiment = checkExperiment(file, applyOverrides(await readExperiment(file), overrides));
          const { examineExperiment } = await import("./doctor/experiment.ts");
          const { trial, save } = flags;
          return examineExperiment(terminal, file, experiment, { ...telling, budgetSeconds, trial, save });
        }),
      );
  },
};

function onlyFile(operands: readonly string[]): string {
  const [file, ...others] = operands;
  if (file !== undefined && others.length === 0) return file;
  throw new GradusError(
    "bad-argument",
    file === undefined
      ? "doctor: expected an experiment file, as in gradus doctor examples/spirals.json, or the log of a run: --log FILE."
      : `doctor: expected one experiment file, got also ${others.join(", ")}. Set fields with --FIELD VALUE.`,
    { operands },
  );
}

/** The folder of a recorded run that a word names, as it is or below the folder of runs; undefined for an experiment file. */
function runFolder(word: string): string | undefined {
  const places = existsSync(word) ? [word] : [join(RUNS, word)];
  return places.find((folder) => existsSync(join(folder, "run.json")));
}

/** Refuses words and flags that do not apply to a log or a recorded run. */
function refuseBeside(what: string, flags: DoctorFlags, operands: readonly string[], overrides: number): void {
  const extra = [
    ...operands,
    ...(overrides > 0 ? ["fields to set"] : []),
    ...(flags.save === undefined ? [] : ["--save"]),
    ...(flags.budget === undefined ? [] : ["--budget"]),
  ];
  if (extra.length === 0) return;
  throw new GradusError(
    "bad-argument",
    `doctor: ${what} cannot be combined with ${extra.join(", ")}. Leave one of them out.`,
    { extra },
  );
}
