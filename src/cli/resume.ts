import type { CliCommand } from "./command.ts";
import { parseOverrides } from "./overrides.ts";
import { resumeRun } from "./resume/resume-run.ts";
import { RUNS } from "./runs/where.ts";
import { addTrainOptions, type TrainFlags } from "./train/flags.ts";

interface Flags extends TrainFlags {
  readonly experiment?: string;
}

const HELP = `
RUN is the folder of a run, or a name below ${RUNS}/. It goes on from its newest whole checkpoint, in the middle of an epoch if need be; a
damaged checkpoint is named, and the one before it is taken. On the same machine with the same number of threads the result has the same
bits as if the run had never stopped; else the command says so.

Flags set fields of the experiment, as for gradus train. What may change: epochs, the learning rate, the schedule, patience and limits of
clipping, backend and threads. Other data or another network are refused: that would be another run.

Examples:
  gradus resume spirals-a
  gradus resume spirals-a --epochs 20 --optimizer.learningRate 1e-4
  gradus resume runs/mnist --watch --output mnist.safetensors`;

export const resumeCommand: CliCommand = {
  add(command, run) {
    command
      .usage("RUN [options] [--FIELD VALUE ...]")
      .argument("[words...]", "the run and fields to set")
      .option("--experiment <file>", "take the experiment from a file: for experiments that hold code");
    addTrainOptions(command)
      .allowUnknownOption()
      .addHelpText("after", HELP)
      .action((words: readonly string[], flags: Flags) =>
        run(flags, async (terminal) => {
          const { operands, overrides } = parseOverrides(words);
          return resumeRun(terminal, operands, overrides, flags);
        }),
      );
  },
};
