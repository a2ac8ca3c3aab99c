import { GradusError } from "../core/errors.ts";
import { isStandardOutput } from "../files/write-target.ts";
import type { Json } from "../io/checkpoint.ts";
import { createModel, type Model } from "../nn/model.ts";
import { evaluate } from "../train/evaluate.ts";
import type { EventListener, Metrics } from "../train/events.ts";
import { fit } from "../train/fit.ts";
import { keptWeights } from "../train/kept-weights.ts";
import type { TrainResult } from "../train/options.ts";
import { fitToModel } from "../train/prepare.ts";
import { formatMetrics, progress } from "../train/progress.ts";
import { pickOptions } from "../train/training-options.ts";
import type { CliCommand } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { checkExperiment, type Experiment, experimentHelp, readExperiment } from "./experiment.ts";
import { onInterrupt } from "./interrupt.ts";
import { requireOutput } from "./output.ts";
import { applyOverrides, parseOverrides } from "./overrides.ts";
import { prepareData } from "./prepare-data.ts";
import { jsonLine, line, type Terminal } from "./terminal.ts";
import { Keeper } from "./train/keeper.ts";
import { packageVersion } from "./version.ts";

interface TrainFlags {
  readonly output?: string;
  readonly json?: boolean;
  readonly steps?: boolean;
}

const HELP = `
FILE is JSON or a TypeScript module that exports \`experiment\`. Flags set its fields
(--epochs 3, --optimizer.learningRate 0.01, --model.layers.0.units 64):
${experimentHelp()}

Examples:
  gradus train examples/spirals.json
  gradus train examples/mnist-mlp.json --epochs 3 --optimizer.learningRate 0.003 --output mnist.safetensors
  gradus train examples/spirals.json --json | grep epochEnded

--output is checked before the first step. The weights are written as soon as training ends, before the test part is evaluated. If they
cannot be written, they go to the temporary folder, and the command says so. --output - writes them to the standard output.
Ctrl-C (or SIGTERM) finishes the current step and saves the weights; with earlyStopping, those of the best epoch. A second one ends the
command at once.`;

export const trainCommand: CliCommand = {
  add(command, run) {
    command
      .usage("FILE [options] [--FIELD VALUE ...]")
      .argument("[words...]", "the experiment file and fields to set")
      .option("-o, --output <path>", "save model, weights and experiment as a checkpoint")
      .option("--json", "print events and the result as JSON lines")
      .option("--steps", "with --json: also one event per step")
      .allowUnknownOption()
      .addHelpText("after", HELP)
      .action((words: readonly string[], flags: TrainFlags) =>
        run(flags, async (terminal) => {
          const { operands, overrides } = parseOverrides(words);
          const [file, ...others] = operands;
          if (file === undefined || others.length > 0) {
            throw new GradusError(
              "bad-argument",
              file === undefined
                ? "train: expected an experiment file, as in gradus train examples/spirals.json."
                : `train: expected one experiment file, got also ${others.join(", ")}. Set fields with --FIELD VALUE.`,
              { operands },
            );
          }
          const experiment = checkExperiment(file, applyOverrides(await readExperiment(file), overrides));
          return train(terminal, file, experiment, flags);
        }),
      );
  },
};

async function train(given: Terminal, file: string, experiment: Experiment, flags: TrainFlags): Promise<number> {
  const { output } = flags;
  // if the weights go to the standard output, everything else goes to the standard error
  const terminal = output !== undefined && isStandardOutput(output) ? { ...given, out: given.errors } : given;
  if (output !== undefined) requireOutput("train: --output", output, [file]);
  const say = (text: string) => {
    if (!terminal.isJson) line(terminal.out, text);
  };
  const notify = (text: string) => line(terminal.isJson ? terminal.errors : terminal.out, text);
  const { test: testData, scaling, targetScaling, pca, columns, ...data } = await prepareData(experiment, notify);
  const model = createModel({ ...experiment.model, inputShape: experiment.model.inputShape ?? data.train.inputShape });
  if (output !== undefined) requireOutput("train: --output", output, [file], BYTES_PER_NUMBER * model.parameterCount);
  // evaluated at the end, checked now
  if (testData !== undefined) fitToModel(testData, model, experiment.loss);
  say(model.summary());
  const { classNames } = data.train;
  const about = { version: packageVersion(), experiment, scaling, targetScaling, pca, classNames, ...columns };
  const keeper = new Keeper(terminal, model, output, about);
  const { signal, status, release } = onInterrupt((name) => {
    if (!terminal.isJson) line(terminal.out, `\n${name}: finishing the current step (repeat to end at once)`);
  });
  try {
    const result = await fit(model, {
      ...pickOptions(experiment, "training", "run"),
      data,
      signal,
      onEvent: listener(terminal, flags),
    });
    const interrupted = result.reason === "interrupted";
    // save the weights before anything else can fail
    if (result.steps > 0) await keeper.keep(result.state, scoresOf(result));
    release();
    const test =
      testData === undefined || interrupted
        ? undefined
        : await evaluate(model, result.state, testData, evaluationOf(experiment));
    if (test !== undefined) await keeper.keep(result.state, scoresOf(result, test));
    report(terminal, model, result, test);
    keeper.requireKept();
    if (keeper.place === undefined) say(`the weights were not saved; ${result.steps > 0 ? SAVES : UNTRAINED}`);
    return interrupted ? status() : EXIT.ok;
  } catch (error) {
    const kept = keptWeights(error);
    if (kept !== undefined && keeper.place === undefined) {
      const { history, best } = kept;
      await keeper.keep(best?.state ?? kept.state, scoresOf({ history, restoredEpoch: best?.epoch }));
    }
    if (keeper.place !== undefined) line(terminal.errors, `the weights are in ${keeper.place}`);
    throw error;
  } finally {
    release();
  }
}

const BYTES_PER_NUMBER = 4;
const SAVES = "--output PATH saves them";
const UNTRAINED = "no step was completed";

function listener(terminal: Terminal, { steps = false }: TrainFlags): EventListener {
  if (!terminal.isJson) return progress(terminal.out);
  return (event) => {
    if (event.type !== "stepEnded" || steps) jsonLine(terminal.out, event);
  };
}

function evaluationOf({
  loss,
  metrics,
  backend,
  threads,
  evaluationBatchSize,
}: Experiment): Parameters<typeof evaluate>[3] {
  return {
    loss,
    ...(metrics === undefined ? {} : { metrics }),
    ...(backend === undefined ? {} : { backend }),
    ...(threads === undefined ? {} : { threads }),
    ...(evaluationBatchSize === undefined ? {} : { batchSize: evaluationBatchSize }),
  };
}

function scoresOf(
  { history, restoredEpoch }: { readonly history: TrainResult["history"]; readonly restoredEpoch?: number | undefined },
  test?: Metrics,
): Json {
  const epoch = history.find((each) => each.epoch === restoredEpoch) ?? history.at(-1);
  const scores = { epoch: epoch?.epoch, train: epoch?.train, validation: epoch?.validation, test };
  return JSON.parse(JSON.stringify(scores)) as Json;
}

function report(terminal: Terminal, model: Model, result: TrainResult, test: Metrics | undefined): void {
  if (terminal.isJson) {
    jsonLine(terminal.out, {
      type: "result",
      reason: result.reason,
      epochs: result.history.length,
      steps: result.steps,
      parameters: model.layers.reduce((sum, { parameterCount }) => sum + parameterCount, 0),
      ...(scoresOf(result, test) as object),
    });
    return;
  }
  if (test) line(terminal.out, `test  ${formatMetrics(test)}`);
}
