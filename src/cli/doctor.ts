import { GradusError } from "../core/errors.ts";
import type { CliCommand } from "./command.ts";
import { parseDuration } from "./doctor/duration.ts";
import { checkExperiment, readExperiment } from "./experiment.ts";
import { languageOf } from "./language.ts";
import { requireOutput } from "./output.ts";
import { applyOverrides, parseOverrides } from "./overrides.ts";

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
FILE is an experiment as for \`gradus train\`; each of its fields can be set: --epochs 3, --optimizer.learningRate 0.01.
The training is checked before its first step, watched with three seeds, and, where something is found, trained with and without
each remedy until one is proven to help. Nothing is changed but what --save writes.

--log takes the log of any other program: a TensorBoard event file or the folder of one run (losses, accuracies, norms or histograms
of gradients, weights and activations by layer), a CSV file with a header (Keras's CSVLogger, Lightning's metrics.csv), or the lines
of \`gradus train --json\`. It says which tag or column was read as what. From a log nothing can be tried.

Exit status: 0 healthy, 3 sick (also where a cure was found), 2 wrong input.

Examples:
  gradus doctor examples/sick/vanishing.json
  gradus doctor examples/sick/rate.json --budget 30s --save cured.json
  gradus doctor examples/spirals.json --optimizer.learningRate 1 --no-trial --json
  gradus doctor experiment.json --lang ko --html diagnosis.html
  gradus doctor --log runs/2024-05-01/train --details
  gradus doctor --log metrics.csv

Ctrl-C ends the examination and tells what is known so far.`;

export const doctorCommand: CliCommand = {
  add(command, run) {
    command
      .usage("FILE [options] [--FIELD VALUE ...]\n       gradus doctor --log FILE [options]")
      .argument("[words...]", "the experiment file, and fields to set")
      .option("--log <path>", "examine the log of a run instead: TensorBoard, CSV, JSON lines")
      .option("--budget <time>", "for everything: 60s, 2m, 90 (default: 2m)")
      .option("--no-trial", "stop after the prescription")
      .option("--lang <language>", "en or ko", "en")
      .option("--details", "all evidence, trials and papers")
      .option("--json", "the diagnosis as one JSON line")
      .option("--html <file>", "the diagnosis as one HTML page with charts")
      .option("--save <file>", "the cured experiment, where a cure is proven")
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
            refuseBesideLog(flags, operands, overrides.length);
            const { examineLogFile } = await import("./doctor/log.ts");
            return examineLogFile(terminal, flags.log, telling);
          }
          const file = onlyFile(operands);
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
      ? "doctor: which experiment? Give a file: gradus doctor examples/spirals.json; or the log of a run: --log FILE."
      : `doctor: one experiment file at a time, got also ${others.join(", ")}. Fields are set with --FIELD VALUE.`,
    { operands },
  );
}

/** What a log cannot do. */
function refuseBesideLog(flags: DoctorFlags, operands: readonly string[], overrides: number): void {
  const extra = [
    ...operands,
    ...(overrides > 0 ? ["fields to set"] : []),
    ...(flags.save === undefined ? [] : ["--save"]),
    ...(flags.budget === undefined ? [] : ["--budget"]),
  ];
  if (extra.length === 0) return;
  throw new GradusError(
    "bad-argument",
    `doctor: --log examines the log alone, without ${extra.join(", ")}. Leave one of them out.`,
    { extra },
  );
}
