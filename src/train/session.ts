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

/** The state of a run on its backend, and the programs that work on it: the training step with and without layer norms
 *  and probe, and the evaluation step. Each is compiled on first use. */
export class TrainingSession {
  readonly parts: Omit<StepParts, "withLayerNorms">;
  readonly state: DeviceState<TrainingState>;
  /** Training steps, by what they measure. */
  readonly #steps = new Map<number, Step>();
  #evaluation: CompiledStep<TrainingState, { x: Tensor; y: Tensor }, EvaluationOutputs> | undefined;

  constructor(
    parts: Omit<StepParts, "withLayerNorms">,
    seed: number,
    backend: Backend,
    initial: ModelState | undefined,
  ) {
    this.parts = parts;
    const { parameters, buffers } = initial ?? parts.model.initialize(seed);
    const state: TrainingState = {
      parameters: parameters as Tree<Tensor>,
      buffers: buffers as Tree<Tensor>,
      optimizer: parts.transform.init(parameters as Tree<Tensor>),
      key: randomKey(seed),
    };
    this.state = new DeviceState(state, backend);
  }

  get model(): Model {
    return this.parts.model;
  }

  /** One update of the weights. */
  async run(dataset: Dataset, batch: Batch, feed: StepFeed): Promise<StepNumbers> {
    const fed = feedArrays(dataset, batch, feed) as Parameters<Step["run"]>[0];
    const outputs = await this.#step(feed).run(fed);
    return mapTree(outputs as Tree<HostArray>, ({ data }) => data[0] as number) as unknown as StepNumbers;
  }

  #step({ withLayerNorms, isProbed }: StepFeed): Step {
    const key = (withLayerNorms ? 1 : 0) + (isProbed ? 2 : 0);
    let step = this.#steps.get(key);
    if (step === undefined) {
      step = compile<TrainingState, StepBatch, StepOutputs>(
        trainingStep({ ...this.parts, withLayerNorms, probe: isProbed ? this.parts.probe : undefined }),
        { state: this.state },
      );
      this.#steps.set(key, step);
    }
    return step;
  }

  /** Loss and metrics over a dataset, in prediction mode. */
  async evaluate(dataset: Dataset, batchSize: number, pause?: () => Promise<void>): Promise<Metrics> {
    this.#evaluation ??= compile<TrainingState, { x: Tensor; y: Tensor }, EvaluationOutputs>(
      evaluationStep(this.parts),
      {
        state: this.state,
      },
    );
    return evaluateWith(this.#evaluation, dataset, batchSize, pause);
  }

  read(): StateValues {
    return this.state.read() as unknown as StateValues;
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
