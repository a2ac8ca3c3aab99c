import { GradusError } from "../core/errors.ts";
import type { CliCommand } from "./command.ts";
import { checkExperiment, type Experiment, experimentHelp, readExperiment } from "./experiment.ts";
import { applyOverrides, parseOverrides } from "./overrides.ts";
import { RUNS } from "./runs/where.ts";
import { addTrainOptions, requireRunFor, type TrainFlags } from "./train/flags.ts";
import { newRun } from "./train/run-place.ts";
import { trainExperiment } from "./train/train-experiment.ts";

interface Flags extends TrainFlags {
  readonly run?: string;
  readonly tag?: readonly string[];
}

const HELP = `
FILE is JSON or a TypeScript module that exports \`experiment\`. Flags set its fields
(--epochs 3, --optimizer.learningRate 0.01, --model.layers.0.units 64):
${experimentHelp()}

Examples:
  gradus train examples/spirals.json
  gradus train examples/mnist-mlp.json --epochs 3 --optimizer.learningRate 0.003 --output mnist.safetensors
  gradus train examples/spirals.json --json | grep epochEnded
  gradus train examples/spirals.json --run spirals-a --tag rates --optimizer.learningRate 0.01
  gradus train examples/mnist-mlp.json --run mnist --checkpoint-every "5 min" --watch

--run NAME records the run in ${RUNS}/NAME: settings, environment, every step, and checkpoints of its whole state. \`gradus watch NAME\` shows
it, \`gradus resume NAME\` goes on after a stop or a kill, to the same bits; \`gradus runs\` lists all. With --watch a page shows it.

--output is checked before the first step. The weights are written as soon as training ends, before the test part is evaluated. If they
cannot be written, they go to the temporary folder, and the command says so. --output - writes them to the standard output.
Ctrl-C (or SIGTERM) finishes the current step and saves the weights; with earlyStopping, those of the best epoch. A second one ends the
command at once. With --run, Ctrl-C writes a checkpoint too.`;

export const trainCommand: CliCommand = {
  add(command, run) {
    command
      .usage("FILE [options] [--FIELD VALUE ...]")
      .argument("[words...]", "the experiment file and fields to set")
      .option("--run <name>", "record the run, so that it can be watched, compared and resumed")
      .option("--tag <tag>", "a word by which gradus runs finds the run; repeatable", collect);
    addTrainOptions(command)
      .allowUnknownOption()
      .addHelpText("after", HELP)
      .action((words: readonly string[], flags: Flags) =>
        run(flags, async (terminal) => {
          const { operands, overrides } = parseOverrides(words);
          const file = onlyFile(operands);
          if (flags.run === undefined) requireRunFor(flags);
          const experiment = checkExperiment(file, applyOverrides(await readExperiment(file), overrides));
          const { run: name, runs: root, tag = [] } = flags;
          if (name !== undefined) requireNoFolder(file, experiment);
          const place = name === undefined ? undefined : newRun(name, root, experiment, tag);
          return trainExperiment(terminal, { file, experiment, flags, place });
        }),
      );
  },
};

/** @throws GradusError `bad-argument` for checkpoints in two places. */
function requireNoFolder(file: string, { checkpoint }: Experiment): void {
  const directory = checkpoint?.directory;
  if (directory === undefined) return;
  throw new GradusError(
    "bad-argument",
    `train: ${file} keeps checkpoints in ${directory}, but those of --run go into the run's folder. Leave out checkpoint.directory or --run.`,
    { file, directory },
  );
}

function onlyFile(operands: readonly string[]): string {
  const [file, ...others] = operands;
  if (file !== undefined && others.length === 0) return file;
  throw new GradusError(
    "bad-argument",
    file === undefined
      ? "train: expected an experiment file, as in gradus train examples/spirals.json."
      : `train: expected one experiment file, got also ${others.join(", ")}. Set fields with --FIELD VALUE.`,
    { operands },
  );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
