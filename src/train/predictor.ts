import type { HostArray } from "../core/dtype.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { largest } from "../core/extremes.ts";
import { COUNT, callback, checkOptions, type Fields, listOf, THREADS } from "../core/fields.ts";
import { isNumericArray, requireHostArray } from "../core/host-array.ts";
import { type Shape, sameShape, sizeOf } from "../core/shape.ts";
import type { Tree } from "../core/tree.ts";
import { type Model, requireModel } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import { type Backend, type BackendName, isSyncBackend } from "../runtime/backend.ts";
import { type CompiledStep, compile, DeviceState } from "../tensor/compile.ts";
import { type NestedNumbers, parseNested } from "../tensor/nested.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { resolveBackend } from "./backend.ts";
import { BACKEND } from "./fields.ts";
import { requireModelState, requireRows } from "./require-inputs.ts";
import { weightLayout } from "./weight-layout.ts";

export interface PredictorOptions {
  /** Rows in the largest program; more rows run in several parts. Default 256. */
  readonly batchSize?: number | undefined;
  /** Numbers of rows whose programs are compiled before `createPredictor` resolves; others are compiled when they first come.
   *  Default [1]. */
  readonly warmUp?: readonly number[] | undefined;
  /** Applied to the model's output within the program, row by row, such as softmax for probabilities. Default: none. */
  readonly transform?: ((output: Tensor) => Tensor) | undefined;
  readonly backend?: BackendName | "auto" | Backend | undefined;
  /** Default as `openBackend`. One is fastest for single rows of small models. */
  readonly threads?: number | undefined;
}

const FIELDS: Fields<PredictorOptions> = {
  batchSize: COUNT,
  warmUp: listOf(COUNT),
  transform: callback(),
  backend: BACKEND,
  threads: THREADS,
};

/** One row: a flat list or typed array, or an array of the model's input shape. A batch: a host array (N, …inputShape) or nested lists. */
export type PredictorInputs = ArrayLike<number> | HostArray | NestedNumbers;

/** A model with its weights on a backend, ready to answer. */
export interface Predictor extends Disposable {
  /** The outputs (N, …outputShape), float32, N = 1 for one row: the same bits as `predict` on the same backend. The rows are taken over
   *  at once.
   *  @throws GradusError `bad-argument` for rows of another length, shape or type; `bad-data` for an index outside the vocabulary if the
   *    model begins with an embedding; `disposed`. NaN and infinity are values like others. */
  predict(inputs: PredictorInputs): Promise<HostArray>;
  /** As `predict`, without a promise, on a backend that computes on the calling thread (native, wasm, reference).
   *  @throws GradusError as `predict`; `backend-unavailable` on a backend whose results come later. */
  run(inputs: PredictorInputs): HostArray;
  /** Number of programs compiled so far: one per size, 1, 2, 4 and so on up to `batchSize`, that was needed. */
  readonly compilations: number;
  /** Gives weights and programs back; also called at the end of a `using` block. */
  dispose(): void;
}

/** A compiled predictor, for servers: programs and weights stay, so that a call copies the rows in, computes, and copies the outputs out.
 *    const predictor = await createPredictor(model, state, { transform: softmax });
 *    const { data } = await predictor.predict([5.1, 3.5, 1.4, 0.2]);
 *  A batch is padded with zeros to the next of a few sizes, 1, 2, 4 and so on up to `batchSize`: one program per size, never one per
 *  call. The weights are copied: training that goes on does not change them. Features come in the order of the training data.
 *  @throws GradusError `bad-argument` for a model, state or options of another kind, `shape-mismatch` for a state of another model; as
 *    `openBackend`. */
export async function createPredictor(
  model: Model,
  state: ModelState,
  options: PredictorOptions = {},
): Promise<Predictor> {
  requireModel("createPredictor", model);
  requireModelState("createPredictor", model, state);
  checkOptions<PredictorOptions>("createPredictor", options, FIELDS);
  const { batchSize = 256, warmUp = [1], transform = (output) => output } = options;
  const most = largest(warmUp);
  requireArgument(
    most <= batchSize,
    `createPredictor: warmUp holds ${most} rows, the largest program has ${batchSize}. Raise batchSize.`,
    { warmUp, batchSize },
  );
  const layout = weightLayout(model);
  const weights = await DeviceState.create<Weights>(
    { parameters: layout.store(state.parameters as Tree<Tensor>), buffers: state.buffers as Tree<Tensor> },
    await resolveBackend(options),
  );
  const step = await compile<Weights, { x: Tensor }, { output: Tensor }>(
    ({ parameters, buffers }, { x }) => {
      const current = { parameters: layout.restore(parameters), buffers } as ModelState;
      return { outputs: { output: transform(model.apply(current, x, { training: false }).output) } };
    },
    { state: weights },
  );
  const predictor = new CompiledPredictor(model, step, batchSize);
  try {
    await predictor.warmUp(warmUp);
    return predictor;
  } catch (error) {
    predictor.dispose();
    throw error;
  }
}

type Weights = { readonly parameters: Tree<Tensor>; readonly buffers: Tree<Tensor> };
type Rows = { readonly count: number; readonly data: HostArray["data"] };

/** What one run of a program gets, and how many of its rows count. */
interface Part {
  readonly x: HostArray;
  readonly rows: number;
}

class CompiledPredictor implements Predictor {
  readonly #model: Model;
  readonly #step: CompiledStep<Weights, { x: Tensor }, { output: Tensor }>;
  readonly #batchSize: number;
  /** Numbers of rows that have a program, on a backend whose results come later. */
  readonly #sizes = new Set<number>();
  #isDisposed = false;

  constructor(model: Model, step: CompiledStep<Weights, { x: Tensor }, { output: Tensor }>, batchSize: number) {
    this.#model = model;
    this.#step = step;
    this.#batchSize = batchSize;
  }

  get compilations(): number {
    return this.#step.compilations;
  }

  async predict(inputs: PredictorInputs): Promise<HostArray> {
    if (isSyncBackend(this.#step.state.backend)) return this.run(inputs);
    this.#requireLive();
    const parts = this.#partsOf(rowsOf(this.#model, inputs));
    const missing = parts.map(({ x }) => x.shape[0] as number).filter((size) => !this.#sizes.has(size));
    if (missing.length === 0) return this.#joined(parts, await Promise.all(parts.map((part) => this.#outputOf(part))));
    // the caller may change its array while a program is compiled
    const own = parts.map(({ x, rows }) => ({ x: { ...x, data: x.data.slice() }, rows }));
    await this.warmUp(missing);
    this.#requireLive();
    return this.#joined(own, await Promise.all(own.map((part) => this.#outputOf(part))));
  }

  run(inputs: PredictorInputs): HostArray {
    this.#requireLive();
    const { backend } = this.#step.state;
    if (!isSyncBackend(backend)) {
      const message = `predictor.run: results of the ${backend.name} backend come later. Use await predictor.predict(inputs).`;
      throw new GradusError("backend-unavailable", message, { backend: backend.name });
    }
    const parts = this.#partsOf(rowsOf(this.#model, inputs));
    const outputs = parts.map(({ x }) => this.#step.runSync({ x }).output);
    return this.#joined(parts, outputs);
  }

  /** Compiles the programs for these numbers of rows, and runs them once. */
  async warmUp(counts: readonly number[]): Promise<void> {
    for (const size of new Set(counts.map((count) => this.#sizeFor(count)))) {
      await this.#outputOf(this.#part(size, { count: 0, data: new Float32Array(0) }));
      this.#sizes.add(size);
    }
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#step.dispose();
    this.#step.state.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #outputOf({ x }: Part): Promise<HostArray> {
    return (await this.#step.run({ x })).output;
  }

  /** The least size of a program that holds this many rows: 1, 2, 4 and so on. */
  #sizeFor(rows: number): number {
    return Math.min(this.#batchSize, 2 ** Math.ceil(Math.log2(Math.max(1, rows))));
  }

  #partsOf({ count, data }: Rows): readonly Part[] {
    if (count <= this.#batchSize) return count === 0 ? [] : [this.#part(this.#sizeFor(count), { count, data })];
    const length = sizeOf(this.#model.inputShape);
    const parts: Part[] = [];
    for (let start = 0; start < count; start += this.#batchSize) {
      const rows = Math.min(this.#batchSize, count - start);
      const piece = data.subarray(start * length, (start + rows) * length);
      parts.push(this.#part(this.#sizeFor(rows), { count: rows, data: piece }));
    }
    return parts;
  }

  /** Rows for a program of that size, padded with zeros. */
  #part(size: number, { count, data }: Rows): Part {
    const shape = [size, ...this.#model.inputShape];
    if (size === count) return { x: { shape, dtype: "float32", data }, rows: count };
    const padded = new Float32Array(sizeOf(shape));
    padded.set(data);
    return { x: { shape, dtype: "float32", data: padded }, rows: count };
  }

  /** The outputs of all parts without those of the padding. */
  #joined(parts: readonly Part[], outputs: readonly HostArray[]): HostArray {
    const [part, output] = [parts[0], outputs[0]];
    if (part === undefined || output === undefined) {
      return { shape: [0, ...this.#model.outputShape], dtype: "float32", data: new Float32Array(0) };
    }
    const whole = output.data instanceof Float32Array && part.rows === output.shape[0];
    if (parts.length === 1 && whole) return output;
    const rowShape: Shape = output.shape.slice(1);
    const length = sizeOf(rowShape);
    const rows = parts.reduce((sum, each) => sum + each.rows, 0);
    const data = new Float32Array(rows * length);
    let start = 0;
    for (const [index, each] of parts.entries()) {
      data.set((outputs[index] as HostArray).data.subarray(0, each.rows * length), start);
      start += each.rows * length;
    }
    return { shape: [rows, ...rowShape], dtype: "float32", data };
  }

  #requireLive(): void {
    if (this.#isDisposed) throw new GradusError("disposed", "this predictor was disposed; create another one.");
  }
}

/** The rows that were given, checked as `predict` checks them. */
function rowsOf(model: Model, inputs: PredictorInputs): Rows {
  const { inputShape } = model.config;
  const array = arrayOf(inputs, sizeOf(inputShape), inputShape);
  const rows: HostArray = sameShape(array.shape, inputShape) ? { ...array, shape: [1, ...inputShape] } : array;
  requireRows("predictor", model, rows);
  return { count: rows.shape[0] as number, data: rows.data };
}

function arrayOf(inputs: PredictorInputs, length: number, inputShape: Shape): HostArray {
  if (isNumericArray(inputs)) {
    requireArgument(
      inputs.length === length,
      `predictor: a row has ${length} numbers, got ${inputs.length}. A batch comes with its shape: { shape, dtype, data }.`,
      { expected: length, got: inputs.length },
    );
    return { shape: inputShape, dtype: "float32", data: inputs };
  }
  if (!Array.isArray(inputs)) {
    requireHostArray("predictor", inputs);
    return inputs;
  }
  const array = parseNested(inputs as NestedNumbers, "float32", "predictor");
  // a flat list is one row, whatever the model's input shape
  return array.shape.length === 1 && array.data.length === length ? { ...array, shape: inputShape } : array;
}
