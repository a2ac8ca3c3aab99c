import type { HostArray } from "../core/dtype.ts";
import { COUNT, COUNT_OR_ZERO, callback, checkOptions, type Fields, SIGNAL, THREADS } from "../core/fields.ts";
import { sizeOf } from "../core/shape.ts";
import type { Tree } from "../core/tree.ts";
import { alignFeatures } from "../data/align-features.ts";
import { batches } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { type Model, requireModel } from "../nn/model.ts";
import { FEATURE_NAMES, type ModelState } from "../nn/state.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import { compile, DeviceState } from "../tensor/compile.ts";
import { nextKey, randomKey } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { resolveBackend } from "./backend.ts";
import { Breather } from "./breathe.ts";
import { BACKEND } from "./fields.ts";
import { fitInputs } from "./prepare.ts";
import { type PredictInputs, requireInputs, requireModelState, requireRows } from "./require-inputs.ts";

export interface PredictOptions {
  /** Samples per step. Default 500. */
  readonly batchSize?: number | undefined;
  /** Applied to the model's output inside the compiled step, such as softmax for probabilities. Default: none. */
  readonly transform?: ((output: Tensor) => Tensor) | undefined;
  /** Number of predictions with dropout and noise on, of which mean and spread are returned. Default 1: once, with them off.
   *  Source: Gal & Ghahramani, "Dropout as a Bayesian Approximation", 2016. */
  readonly samples?: number | undefined;
  /** Seed of dropout and noise. Default 0. */
  readonly seed?: number | undefined;
  readonly backend?: BackendName | "auto" | Backend | undefined;
  readonly threads?: number | undefined;
  /** When it aborts, the current batch is finished and the predictions so far are returned. */
  readonly signal?: AbortSignal | undefined;
}

const FIELDS: Fields<PredictOptions> = {
  batchSize: COUNT,
  transform: callback(),
  samples: COUNT,
  seed: COUNT_OR_ZERO,
  backend: BACKEND,
  threads: THREADS,
  signal: SIGNAL,
};

export interface Prediction {
  /** (N, …outputShape), float32: the outputs, or their mean over the samples. */
  readonly mean: HostArray;
  /** The standard deviation of the samples (over n - 1), shaped like the mean; present if `samples` is above 1. Zeros if the model
   *  has neither dropout nor noise. */
  readonly spread?: HostArray;
}

type PredictionState = { readonly parameters: Tree<Tensor>; readonly buffers: Tree<Tensor>; readonly key: Tensor };

/** The model's outputs for every sample of a dataset or array (N, …inputShape: a host array, a tensor or nested lists), in order, batch
 *  by batch. A dataset whose features have names is read in the order of the state's names. For single rows at a high rate see
 *  `createPredictor`.
 *    const { mean, spread } = await predict(model, state, inputs, { samples: 50, transform: softmax })
 *  @throws GradusError `shape-mismatch` for a dataset, `bad-argument` for an array of another shape than the model's inputs;
 *  `bad-argument` for options out of range; `bad-data` for an index outside the vocabulary if the model begins with an embedding. */
export async function predict(
  model: Model,
  state: ModelState,
  inputs: PredictInputs,
  options: PredictOptions = {},
): Promise<Prediction> {
  requireModel("predict", model);
  requireModelState("predict", model, state);
  checkOptions<PredictOptions>("predict", options, FIELDS);
  return predictInBatches(model, state, await requireInputs("predict", inputs), options);
}

async function predictInBatches(
  model: Model,
  state: ModelState,
  inputs: Dataset | HostArray,
  options: PredictOptions,
): Promise<Prediction> {
  const { batchSize = 500, transform = (output) => output, samples = 1, seed = 0, signal } = options;
  const aligned = "readInputs" in inputs ? alignFeatures(inputs, state[FEATURE_NAMES]) : inputs;
  const isStochastic = samples > 1;
  const deviceState = await DeviceState.create<PredictionState>(
    { parameters: state.parameters as Tree<Tensor>, buffers: state.buffers as Tree<Tensor>, key: randomKey(seed) },
    await resolveBackend(options),
  );
  const step = await compile<PredictionState, { x: Tensor }, { output: Tensor }>(
    ({ key, ...current }, { x }) => {
      // dropout draws new masks, the running statistics stay
      const { output } = model.apply(current as ModelState, x, { training: false, stochastic: isStochastic, key });
      return { outputs: { output: transform(output) }, state: { ...current, key: nextKey(key) } };
    },
    { state: deviceState },
  );
  const breather = new Breather();
  const means: Float64Array[] = [];
  const spreads: Float64Array[] = [];
  let outputShape: readonly number[] = model.outputShape;
  let rows = 0;
  try {
    for (const x of inputBatches(model, aligned, batchSize)) {
      const moments = new RunningMoments();
      for (let sample = 0; sample < samples; sample++) {
        const { output } = await step.run({ x });
        outputShape = output.shape.slice(1);
        moments.add(output.data);
        if (breather.isDue) await breather.breathe();
      }
      means.push(moments.mean);
      spreads.push(moments.deviation);
      rows += x.shape[0] as number;
      if (signal?.aborted) break;
    }
  } finally {
    step.dispose();
    deviceState.dispose();
  }
  const joined = (parts: readonly Float64Array[]): HostArray => {
    const data = new Float32Array(rows * sizeOf(outputShape));
    let start = 0;
    for (const part of parts) {
      data.set(part, start);
      start += part.length;
    }
    return { shape: [rows, ...outputShape], dtype: "float32", data };
  };
  return { mean: joined(means), ...(isStochastic ? { spread: joined(spreads) } : {}) };
}

/** Arrays (B, …inputShape), the last one smaller. */
function* inputBatches(model: Model, inputs: Dataset | HostArray, batchSize: number): Generator<HostArray> {
  const { inputShape } = model.config;
  if ("readInputs" in inputs) {
    const fitted = fitInputs(inputs, model);
    for (const batch of batches(fitted, { batchSize }))
      yield { shape: [batch.size, ...inputShape], dtype: "float32", data: batch.inputs };
    return;
  }
  const size = sizeOf(inputShape);
  requireRows("predict", model, inputs);
  const rows = inputs.shape[0] as number;
  for (let start = 0; start < rows; start += batchSize) {
    const count = Math.min(batchSize, rows - start);
    yield {
      shape: [count, ...inputShape],
      dtype: "float32",
      data: inputs.data.subarray(start * size, (start + count) * size),
    };
  }
}

/** Mean and deviation element by element, one array at a time, without loss of precision.
 *    m_k = m_(k-1) + (x_k - m_(k-1)) / k,   s_k = s_(k-1) + (x_k - m_(k-1)) (x_k - m_k)
 *  Source: Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", 1962. */
export class RunningMoments {
  #count = 0;
  #mean = new Float64Array(0);
  #squares = new Float64Array(0);

  add(values: ArrayLike<number>): void {
    this.#count++;
    if (this.#count === 1) {
      this.#mean = Float64Array.from(values);
      this.#squares = new Float64Array(values.length);
      return;
    }
    for (let index = 0; index < values.length; index++) {
      const x = values[index] as number;
      const before = this.#mean[index] as number;
      const after = before + (x - before) / this.#count;
      this.#mean[index] = after;
      (this.#squares[index] as number) += (x - before) * (x - after);
    }
  }

  get mean(): Float64Array {
    return this.#mean;
  }

  /** sqrt(s_n / (n - 1)); zeros after a single array. */
  get deviation(): Float64Array {
    const divisor = Math.max(1, this.#count - 1);
    return this.#squares.map((sum) => Math.sqrt(sum / divisor));
  }
}
