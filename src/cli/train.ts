import { GradusError } from "../core/errors.ts";
import type { Json } from "../io/checkpoint.ts";
import { createModel, type Model } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import { saveModel } from "../train/checkpoint.ts";
import { evaluate } from "../train/evaluate.ts";
import type { EventListener, Metrics } from "../train/events.ts";
import { fit } from "../train/fit.ts";
import type { TrainResult } from "../train/options.ts";
import { formatMetrics, progress } from "../train/progress.ts";
import type { CliCommand } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { checkExperiment, type Experiment, experimentHelp, readExperiment } from "./experiment.ts";
import { onInterrupt } from "./interrupt.ts";
import { applyOverrides, parseOverrides } from "./overrides.ts";
import { prepareData } from "./prepare-data.ts";
import { jsonLine, line, type Terminal } from "./terminal.ts";
import { packageVersion } from "./version.ts";

interface TrainFlags {
  readonly output?: string;
  readonly json?: boolean;
  readonly steps?: boolean;
}

const HELP = `
FILE is JSON, or a TypeScript module that exports \`experiment\`. Its fields, each of which a flag can set
(--epochs 3, --optimizer.learningRate 0.01, --model.layers.0.units 64):
${experimentHelp()}

Examples:
  gradus train examples/spirals.json
  gradus train examples/mnist-mlp.json --epochs 3 --optimizer.learningRate 0.003 --output mnist.safetensors
  gradus train examples/spirals.json --json | grep epochEnded

Ctrl-C finishes the step under way and keeps (and saves) the weights.`;

export const trainCommand: CliCommand = {
  add(program, run) {
    program
      .command("train")
      .description("train the network of an experiment file")
      .usage("FILE [options] [--FIELD VALUE ...]")
      .argument("[words...]", "the experiment file, and fields to set")
      .option("-o, --output <path>", "save model, weights and experiment as a checkpoint")
      .option("--json", "events and result as JSON lines")
      .option("--steps", "with --json: an event for every step, too")
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
                ? "train: which experiment? Give a file: gradus train examples/spirals.json"
                : `train: one experiment file at a time, got also ${others.join(", ")}. Fields are set with --FIELD VALUE.`,
              { operands },
            );
          }
          const experiment = checkExperiment(file, applyOverrides(await readExperiment(file), overrides));
          return train(terminal, experiment, flags);
        }),
      );
  },
};

async function train(terminal: Terminal, experiment: Experiment, flags: TrainFlags): Promise<number> {
  const say = (text: string) => {
    if (!terminal.isJson) line(terminal.out, text);
  };
  const notify = (text: string) => line(terminal.isJson ? terminal.errors : terminal.out, text);
  const { test: testData, scaling, targetScaling, pca, columns, ...data } = await prepareData(experiment, notify);
  const model = createModel({ ...experiment.model, inputShape: experiment.model.inputShape ?? data.train.inputShape });
  say(model.summary());
  const save = async (state: ModelState, scores: Json): Promise<void> => {
    if (flags.output === undefined) return;
    const { classNames } = data.train;
    const about = {
      version: packageVersion(),
      experiment,
      scores,
      ...(scaling ? { scaling } : {}),
      ...(targetScaling ? { targetScaling } : {}),
      ...(pca ? { pca } : {}),
      ...(classNames ? { classNames } : {}),
      ...columns,
    };
    await saveModel(flags.output, { model, state, about: JSON.parse(JSON.stringify(about)) as Json });
    say(`saved to ${flags.output}`);
  };

  const { signal, release } = onInterrupt((name) => {
    if (!terminal.isJson) line(terminal.out, `\n${name}: finishing the step (again to end at once)`);
  });
  try {
    const result = await fit(model, { ...fitOptionsOf(experiment), data, signal, onEvent: listener(terminal, flags) });
    const interrupted = result.reason === "interrupted";
    const test =
      testData === undefined || interrupted
        ? undefined
        : await evaluate(model, result.state, testData, evaluationOf(experiment));
    await save(result.state, scoresOf(result, test));
    report(terminal, model, result, test);
    if (flags.output === undefined) say("the weights were not saved; --output PATH saves them");
    return interrupted ? EXIT.interrupted : EXIT.ok;
  } catch (error) {
    // the last finite weights are worth as much as ever
    if (error instanceof GradusError && error.code === "not-finite" && error.values.state !== undefined) {
      await save(error.values.state as ModelState, null);
    }
    throw error;
  } finally {
    release();
  }
}

/** What goes to `fit` as it stands. */
function fitOptionsOf({
  name,
  data,
  model,
  standardize,
  standardizeTargets,
  pca,
  validationSplit,
  ...options
}: Experiment) {
  return options;
}

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

function scoresOf({ history, restoredEpoch }: TrainResult, test: Metrics | undefined): Json {
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
