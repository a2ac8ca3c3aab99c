import type { Tree } from "../core/tree.ts";
import { batches } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import type { ModelState } from "../nn/state.ts";
import type { CompiledStep, StepResult } from "../tensor/compile.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Metrics } from "./events.ts";
import { batchArrays } from "./feed.ts";
import { metricRule } from "./metrics.ts";
import { lossSums, type StepParts, sumMetrics } from "./step.ts";

export type EvaluationState = { readonly parameters: Tree<Tensor>; readonly buffers: Tree<Tensor> };
export type LabelledBatch = { x: Tensor; y: Tensor };

/** Scalars: the loss summed over the batch, the sum of weights that divides it, sums of the metrics, number of labels that count. */
export type EvaluationOutputs = {
  readonly loss: Tensor;
  readonly weight: Tensor;
  readonly metrics: { readonly [name: string]: Tensor };
  readonly counted?: Tensor;
};

/** The function that `compile` traces: forward in prediction mode, loss and metrics. The state stays unchanged.
 *  @param weightsOf the weights to evaluate, and their running statistics. */
export function evaluationStep<S extends Tree<Tensor>>(
  parts: Pick<StepParts, "model" | "loss" | "metrics" | "metricContext">,
  weightsOf: (state: S) => EvaluationState,
): (state: S, batch: LabelledBatch) => StepResult<S, EvaluationOutputs> {
  return (state, { x, y }) => {
    const { parameters, buffers } = weightsOf(state);
    const { output } = parts.model.apply({ parameters, buffers } as ModelState, x, { training: false });
    return { outputs: { ...lossSums(parts.loss, output, y), ...sumMetrics(parts, output, y) } };
  };
}

/** Averages over a whole dataset, with every sample once. */
export async function evaluateWith<S extends Tree<Tensor>>(
  step: CompiledStep<S, LabelledBatch, EvaluationOutputs>,
  dataset: Dataset,
  batchSize: number,
  pause: () => Promise<void> = async () => {},
): Promise<Metrics> {
  const average = new MetricAverage();
  for (const batch of batches(dataset, { batchSize })) {
    const { loss, weight, metrics, counted } = await step.run(batchArrays(dataset, batch));
    const sums = Object.entries(metrics).map(([name, { data }]) => [name, data[0] as number] as const);
    average.add(
      {
        loss: loss.data[0] as number,
        weight: weight.data[0] as number,
        metrics: Object.fromEntries(sums),
        ...(counted === undefined ? {} : { counted: counted.data[0] as number }),
      },
      batch.size,
    );
    await pause();
  }
  return average.value;
}

/** Sums over one batch, as a step returns them. */
export interface BatchSums {
  readonly loss: number;
  /** Divisor of the summed loss. */
  readonly weight: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Divisor of sums over labels. Default: the number of samples. */
  readonly counted?: number;
}

/** The sums of an average, from which it can go on. */
export interface AverageSums {
  readonly samples: number;
  /** Labels that count. */
  readonly counted: number;
  readonly loss: number;
  readonly weight: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Averages over many batches: sums are kept in float64 and divided once, so that the batch size does not matter. */
export class MetricAverage {
  #samples = 0;
  #counted = 0;
  #loss = 0;
  #weight = 0;
  readonly #sums = new Map<string, number>();

  /** What an earlier average had come to. */
  static from({ samples, counted, loss, weight, metrics }: AverageSums): MetricAverage {
    const average = new MetricAverage();
    average.#samples = samples;
    average.#counted = counted;
    average.#loss = loss;
    average.#weight = weight;
    for (const [name, sum] of Object.entries(metrics)) average.#sums.set(name, sum);
    return average;
  }

  get sums(): AverageSums {
    return {
      samples: this.#samples,
      counted: this.#counted,
      loss: this.#loss,
      weight: this.#weight,
      metrics: Object.fromEntries(this.#sums),
    };
  }

  add({ loss, weight, metrics, counted }: BatchSums, samples: number): void {
    this.#samples += samples;
    this.#counted += counted ?? samples;
    this.#loss += loss;
    this.#weight += weight;
    for (const [name, sum] of Object.entries(metrics)) this.#sums.set(name, (this.#sums.get(name) ?? 0) + sum);
  }

  /** The loss is 0 if all weights are 0, as in `computeLoss`; metrics over labels are NaN if no label counts. */
  get value(): Metrics {
    const averages = [...this.#sums].map(([name, sum]) => [
      name,
      sum / (metricRule(name).isOverLabels ? this.#counted : this.#samples),
    ]);
    return { loss: this.#weight === 0 ? 0 : this.#loss / this.#weight, ...Object.fromEntries(averages) };
  }
}
