import type { HostArray } from "../core/dtype.ts";
import { mapTree, type Tree } from "../core/tree.ts";
import type { Batch } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Model } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import type { Backend } from "../runtime/backend.ts";
import { type CompiledStep, compile, DeviceState } from "../tensor/compile.ts";
import { randomKey } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type EvaluationOutputs, evaluateWith, evaluationStep } from "./evaluation-step.ts";
import type { Metrics } from "./events.ts";
import { feedArrays, type StateValues, type StepFeed } from "./feed.ts";
import { type StepBatch, type StepOutputs, type StepParts, type TrainingState, trainingStep } from "./step.ts";

/** The results of a step, as numbers. */
export interface StepNumbers {
  readonly objective: number;
  readonly loss: number;
  readonly weight: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly counted?: number;
  readonly gradientNorm?: number;
  readonly layerGradientNorms?: Readonly<Record<string, number>>;
  readonly measures?: Readonly<Record<string, number>>;
}

type Step = CompiledStep<TrainingState, StepBatch, StepOutputs>;

/** A step's program, by what it measures. */
function stepKey({ withLayerNorms, isProbed }: StepFeed): number {
  return (withLayerNorms ? 1 : 0) + (isProbed ? 2 : 0);
}

/** The state of a run on its backend, and the programs that work on it: the training step with and without layer norms
 *  and probe, and the evaluation step. Each is compiled on first use. */
export class TrainingSession {
  readonly parts: Omit<StepParts, "withLayerNorms">;
  readonly state: DeviceState<TrainingState>;
  readonly #steps = new Map<number, Step>();
  #evaluation: CompiledStep<TrainingState, { x: Tensor; y: Tensor }, EvaluationOutputs> | undefined;

  private constructor(parts: TrainingSession["parts"], state: DeviceState<TrainingState>) {
    this.parts = parts;
    this.state = state;
  }

  /** Puts the first values on the backend.
   *  @param seed of the weights where `initial` is undefined, and of dropout and noise. */
  static async open(
    parts: TrainingSession["parts"],
    seed: number,
    backend: Backend,
    initial: ModelState | undefined,
  ): Promise<TrainingSession> {
    const { parameters, buffers } = initial ?? parts.model.initialize(seed);
    const state: TrainingState = {
      parameters: parameters as Tree<Tensor>,
      buffers: buffers as Tree<Tensor>,
      optimizer: parts.transform.init(parameters as Tree<Tensor>),
      key: randomKey(seed),
    };
    return new TrainingSession(parts, await DeviceState.create(state, backend));
  }

  get model(): Model {
    return this.parts.model;
  }

  /** One update of the weights. */
  async run(dataset: Dataset, batch: Batch, feed: StepFeed): Promise<StepNumbers> {
    const fed = feedArrays(dataset, batch, feed) as Parameters<Step["run"]>[0];
    const step = this.#steps.get(stepKey(feed)) ?? (await this.#compileStep(feed));
    const outputs = await step.run(fed);
    return mapTree(outputs as Tree<HostArray>, ({ data }) => data[0] as number) as unknown as StepNumbers;
  }

  async #compileStep(feed: StepFeed): Promise<Step> {
    const { withLayerNorms, isProbed } = feed;
    const step = await compile<TrainingState, StepBatch, StepOutputs>(
      trainingStep({ ...this.parts, withLayerNorms, probe: isProbed ? this.parts.probe : undefined }),
      { state: this.state },
    );
    this.#steps.set(stepKey(feed), step);
    return step;
  }

  /** Loss and metrics over a dataset, in prediction mode. */
  async evaluate(dataset: Dataset, batchSize: number, pause?: () => Promise<void>): Promise<Metrics> {
    this.#evaluation ??= await compile<TrainingState, { x: Tensor; y: Tensor }, EvaluationOutputs>(
      evaluationStep(this.parts),
      {
        state: this.state,
      },
    );
    return evaluateWith(this.#evaluation, dataset, batchSize, pause);
  }

  async read(): Promise<StateValues> {
    return (await this.state.read()) as unknown as StateValues;
  }

  write(values: StateValues): void {
    this.state.write(values);
  }

  /** Frees programs and arrays. */
  dispose(): void {
    for (const step of this.#steps.values()) step.dispose();
    this.#evaluation?.dispose();
    this.state.dispose();
  }
}
