import { GradusError } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import { applyPca, parsePca } from "../data/pca.ts";
import { applyScaling, parseScaling } from "../data/scaling.ts";
import { loadModel } from "../files/model-file.ts";
import { isStandardOutput } from "../files/write-target.ts";
import { WEIGHTS, type WeightsName } from "../train/averages/values.ts";
import { predict } from "../train/predict.ts";
import type { CliCommand } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { onInterrupt } from "./interrupt.ts";
import { requireOutput, saveText } from "./output.ts";
import { loadInputs } from "./predict/inputs.ts";
import { type Format, predictionRows, renderRows } from "./predict/rows.ts";
import { line, writeText } from "./terminal.ts";

interface PredictFlags {
  readonly data: string;
  readonly samples: number;
  readonly seed: number;
  readonly weights: WeightsName;
  readonly format?: Format;
  readonly output?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** What training saved in the checkpoint besides the weights. */
interface Context {
  readonly scaling?: unknown;
  readonly targetScaling?: unknown;
  readonly pca?: unknown;
  readonly classNames?: readonly string[];
  readonly featureNames?: readonly string[];
  readonly targetName?: string;
  readonly ignoredNames?: readonly string[];
  readonly experiment?: unknown;
}

const HELP = `
--data takes a file of inputs (.csv, .npy, .jsonl or IDX, also gzipped), a picture (.png, .jpg), which is resized to the input of the
network, the name of a data set, of which the test part is used, or - for the standard input, whose format is detected.
JSON lines are lists of numbers, or objects with the column names of the training file.
Columns of CSV files with a header are matched by name in any order, those without by position. The target column is optional.

Output: one row per sample. For a classifier: row, prediction, probability and, with --samples, the spread of that probability.
For any other network: row and every output.

Examples:
  gradus predict mnist.safetensors --data mnist --limit 10
  gradus predict flowers.safetensors --data garden.jpg
  gradus predict mnist.safetensors --data mnist --weights ema
  gradus predict house.safetensors --data new.csv --samples 50 --format jsonl --output prices.jsonl`;

export const predictCommand: CliCommand = {
  add(command, run) {
    command
      .argument("<checkpoint>", "a file written by gradus train --output")
      .requiredOption("--data <what>", "file of inputs or name of a data set")
      .option(
        "--samples <n>",
        "predictions per sample with dropout on, for mean and spread",
        wholeNumber("samples", 1),
        1,
      )
      .option("--seed <n>", "seed of the dropout", wholeNumber("seed", 0), 0)
      .option(
        "--weights <name>",
        "raw, ema or swa: as trained, or averages that were saved with them",
        weightsName,
        "raw",
      )
      .option("--limit <n>", "predict only the first n samples", wholeNumber("limit", 1))
      .option("--format <name>", "csv or jsonl (default: csv)", formatName)
      .option("-o, --output <path>", "write to a file instead of the standard output")
      .option("--json", "same as --format jsonl")
      .addHelpText("after", HELP)
      .action((checkpoint: string, flags: PredictFlags) =>
        run(flags, async (terminal) => {
          const { output } = flags;
          const toFile = output !== undefined && !isStandardOutput(output);
          if (toFile) requireOutput("predict: --output", output, [checkpoint, flags.data]);
          const { model, state, about } = loadModel(checkpoint, { weights: flags.weights });
          const context = (about ?? {}) as Context;
          const pca = context.pca === undefined ? undefined : parsePca(context.pca);
          const features = pca?.mean.length ?? sizeOf(model.inputShape);
          const wanted = { ...context, features, inputShape: model.inputShape };
          const loaded = await loadInputs(flags.data, wanted, (text) => line(terminal.errors, text), terminal.input);
          const taken = flags.limit === undefined ? loaded : loaded.take(flags.limit);
          const scaled = context.scaling === undefined ? taken : applyScaling(parseScaling(context.scaling), taken);
          const inputs = pca === undefined ? scaled : applyPca(pca, scaled);
          const { signal, status, release } = onInterrupt((name) =>
            line(terminal.errors, `${name}: finishing the current batch`),
          );
          try {
            const { targetScaling: scaling } = context;
            const targetScaling = scaling === undefined ? undefined : parseScaling(scaling);
            const rows = await predictionRows(model, { ...context, targetScaling }, async (transform) => {
              const { samples, seed } = flags;
              const prediction = await predict(model, state, inputs, { samples, seed, transform, signal });
              if (prediction.spread?.data.every((value) => value === 0)) line(terminal.errors, NO_SPREAD);
              return prediction;
            });
            const text = () => renderRows(rows, terminal.isJson ? "jsonl" : (flags.format ?? "csv"));
            if (!toFile) await writeText(terminal.out, text());
            else if (signal.aborted)
              line(terminal.errors, `${output} was not written because the predictions are incomplete`);
            else await saveText(output, text);
            return signal.aborted ? status() : EXIT.ok;
          } finally {
            release();
          }
        }),
      );
  },
};

const NO_SPREAD = "note: the spread is 0 everywhere, because this network has neither dropout nor noise";

function wholeNumber(name: string, least: 0 | 1): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && text.trim() !== "") return value;
    throw new GradusError(
      "bad-argument",
      `predict: --${name} must be an integer of at least ${least}, got "${text}".`,
      {
        name,
        value: text,
      },
    );
  };
}

function weightsName(text: string): WeightsName {
  if (WEIGHTS.accepts(text)) return text as WeightsName;
  throw new GradusError("bad-argument", `predict: --weights must be raw, ema or swa, got "${text}".`, { value: text });
}

function formatName(text: string): Format {
  if (text === "csv" || text === "jsonl") return text;
  throw new GradusError("bad-argument", `predict: --format must be csv or jsonl, got "${text}".`, { value: text });
}
