import type { HostArray } from "../../core/dtype.ts";
import { largest } from "../../core/extremes.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Scaling } from "../../data/scaling.ts";
import { LOSSES, type LossInput, resolveLoss } from "../../nn/losses/losses.ts";
import type { Model } from "../../nn/model.ts";
import { logSoftmaxOf } from "../../nn/numerics.ts";
import { tensor } from "../../tensor/create.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Prediction } from "../../train/predict.ts";

export type Format = "csv" | "jsonl";

/** One predicted sample as columns. */
export type PredictedRow = Readonly<Record<string, string | number | readonly number[] | readonly string[]>>;

/** What a checkpoint holds besides the weights. */
export interface PredictContext {
  readonly classNames?: readonly string[] | undefined;
  readonly experiment?: unknown;
  /** The scaling of the targets. */
  readonly targetScaling?: Scaling | undefined;
}

/** How outputs become readable rows. */
interface Reading {
  readonly transform: (output: Tensor) => Tensor;
  readonly row: (mean: readonly number[], spread: readonly number[] | undefined) => PredictedRow;
}

/** Chosen by the loss that the model was trained with: classes with their probabilities, one class per step of a sequence, or plain
 *  outputs. */
function readingOf(model: Model, { classNames, experiment, targetScaling }: PredictContext): Reading {
  const loss = (experiment as { readonly loss?: LossInput } | undefined)?.loss;
  const resolved = loss === undefined ? undefined : resolveLoss(loss);
  const rule = resolved && LOSSES[resolved.type];
  const nameOf = (label: number) => classNames?.[label] ?? String(label);
  const isVector = model.outputShape.length === 1;
  if (rule?.targets === "classes" && isVector) {
    return {
      transform: (output) => PROBABILITIES[rule.expects](output),
      row(mean, spread) {
        const best = mean.indexOf(largest(mean));
        return {
          prediction: nameOf(best),
          probability: mean[best] as number,
          ...(spread ? { spread: spread[best] as number } : {}),
          probabilities: mean,
        };
      },
    };
  }
  const isSequence =
    model.outputShape.length === 2 && resolved !== undefined && "axis" in resolved && resolved.axis === -1;
  if (rule?.targets === "classes" && isSequence) {
    const classes = model.outputShape[1] as number;
    return {
      transform: (output) => PROBABILITIES[rule.expects](output),
      row(mean) {
        const steps = Array.from({ length: mean.length / classes }, (_, step) =>
          mean.slice(step * classes, (step + 1) * classes),
        );
        return { predictions: steps.map((step) => nameOf(step.indexOf(largest(step)))), probabilities: mean };
      },
    };
  }
  if (rule?.targets === "binary" && sizeOf(model.outputShape) === 1) {
    return {
      transform: (output) => (rule.expects === "logits" ? output.sigmoid() : output),
      row: ([probability = 0], spread) => ({
        prediction: nameOf(probability > 0.5 ? 1 : 0),
        probability,
        ...(spread ? { spread: spread[0] as number } : {}),
      }),
    };
  }
  return {
    transform: targetScaling === undefined ? (output) => output : (output) => inOriginalUnits(output, targetScaling),
    row: (mean, spread) => ({ outputs: mean, ...(spread ? { spread } : {}) }),
  };
}

/** y divisor + center: (N, …targetShape), like `invertScaling`. */
function inOriginalUnits(output: Tensor, { center, divisor }: Scaling): Tensor {
  const sampleShape = output.shape.slice(1);
  const aligned = (values: readonly number[]) => {
    const row = tensor([...values]);
    return values.length === 1 ? row : row.reshape(sampleShape);
  };
  return output.mul(aligned(divisor)).add(aligned(center));
}

const PROBABILITIES = {
  logits: (output) => logSoftmaxOf(output, -1).exp(),
  logProbabilities: (output) => output.exp(),
  probabilities: (output) => output,
  values: (output) => output,
} satisfies Record<"logits" | "logProbabilities" | "probabilities" | "values", (output: Tensor) => Tensor>;

/** Predicts and converts the outputs to rows.
 *  @param run predicts with a transform of the outputs. */
export async function predictionRows(
  model: Model,
  context: PredictContext,
  run: (transform: (output: Tensor) => Tensor) => Promise<Prediction>,
): Promise<readonly PredictedRow[]> {
  const { transform, row } = readingOf(model, context);
  const { mean, spread } = await run(transform);
  const size = sizeOf(mean.shape.slice(1));
  const sample = (array: HostArray, index: number) =>
    Array.from(array.data.subarray(index * size, (index + 1) * size), (value) => Number(value.toPrecision(7)));
  return Array.from({ length: mean.shape[0] as number }, (_, index) => ({
    row: index,
    ...row(sample(mean, index), spread && sample(spread, index)),
  }));
}

/** Rows as text, line by line. CSV has a header; lists of numbers become columns `output 0`, `output 1`, …. Only JSON lines contain the
 *  list of all probabilities of a classifier. */
export function* renderRows(rows: readonly PredictedRow[], format: Format): Generator<string> {
  if (format === "jsonl") {
    for (const row of rows) yield `${JSON.stringify(row)}\n`;
    return;
  }
  let header: readonly string[] | undefined;
  for (const { probabilities: _, ...row } of rows) {
    const cells = flatten(row);
    if (header === undefined) {
      header = Object.keys(cells);
      yield csvLine(header);
    }
    yield csvLine(header.map((name) => cells[name] ?? ""));
  }
}

/** One line of a CSV table, with quotes where needed. */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map(csvCell).join(",")}\n`;
}

const SINGULAR: Readonly<Record<string, string>> = { outputs: "output", predictions: "prediction", spread: "spread" };

function flatten(row: PredictedRow): Record<string, string | number> {
  const cells = Object.entries(row).flatMap(([name, value]): (readonly [string, string | number])[] =>
    typeof value === "object"
      ? value.map((part: string | number, index) => [`${SINGULAR[name] ?? name} ${index}`, part])
      : [[name, value]],
  );
  return Object.fromEntries(cells);
}

function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
