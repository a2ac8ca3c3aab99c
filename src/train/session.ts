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
import { Averager } from "./averages/averager.ts";
import { noAverage } from "./averages/running-mean.ts";
import type { WeightsName } from "./averages/values.ts";
import {
  type EvaluationOutputs,
  type EvaluationState,
  evaluateWith,
  evaluationStep,
  type LabelledBatch,
} from "./evaluation-step.ts";
import type { Metrics } from "./events.ts";
import { feedArrays, type StateValues, type StepFeed } from "./feed.ts";
import type { StepProbe } from "./probe.ts";
import {
  type MeasuringOutputs,
  measuringStep,
  type StepBatch,
  type StepOutputs,
  type StepParts,
  type TrainingState,
  trainingStep,
} from "./step.ts";

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
type Evaluation = CompiledStep<TrainingState, LabelledBatch, EvaluationOutputs>;

/** What a session trains, and what measures it. */
export interface SessionParts extends Omit<StepParts, "withLayerNorms"> {
  /** Decay of the exponential average of the weights. Default: none is kept. */
  readonly ema?: number | undefined;
  /** Keep the mean of the weights over epochs too. Default false. */
  readonly hasSwa?: boolean | undefined;
  readonly probe?: StepProbe | undefined;
}

/** The state of a run on its backend, and the programs that work on it: the training step with and without layer norms, what the probe
 *  measures, the evaluation step, and the averages of the weights. Each is compiled on first use. */
export class TrainingSession {
  readonly parts: SessionParts;
  readonly state: DeviceState<TrainingState>;
  readonly #steps = new Map<boolean, Step>();
  #measuring: CompiledStep<TrainingState, StepBatch, MeasuringOutputs> | undefined;
  readonly #evaluations = new Map<WeightsName, Evaluation>();
  readonly averager: Averager;

  private constructor(parts: TrainingSession["parts"], state: DeviceState<TrainingState>) {
    this.parts = parts;
    this.state = state;
    this.averager = new Averager(parts.model, state);
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
      averages: {
        ...(parts.ema === undefined ? {} : { ema: noAverage({ parameters, buffers }) }),
        ...(parts.hasSwa ? { swa: noAverage({ parameters, buffers }) } : {}),
      },
      key: randomKey(seed),
    };
    return new TrainingSession(parts, await DeviceState.create(state, backend));
  }

  get model(): Model {
    return this.parts.model;
  }

  /** One update of the weights, and of their exponential average. A step that is probed is measured first, by a program of its own: the program of the step is always the
   *  same, and with it every bit of the results. */
  async run(dataset: Dataset, batch: Batch, feed: StepFeed): Promise<StepNumbers> {
    const fed = feedArrays(dataset, batch, feed) as Parameters<Step["run"]>[0];
    const step = this.#steps.get(feed.withLayerNorms) ?? (await this.#compileStep(feed));
    const { probe } = this.parts;
    const measured = feed.isProbed && probe !== undefined ? await this.#measure(probe, fed) : undefined;
    const numbers = numbersOf(await step.run(fed)) as unknown as StepNumbers;
    // a batch with nothing to learn from leaves the weights as they are
    if (this.parts.ema !== undefined && numbers.weight !== 0) await this.averager.addStep(this.parts.ema);
    return measured === undefined ? numbers : { ...numbers, measures: measured };
  }

  async #measure(probe: StepProbe, fed: Parameters<Step["run"]>[0]): Promise<StepNumbers["measures"]> {
    this.#measuring ??= await compile<TrainingState, StepBatch, MeasuringOutputs>(measuringStep(this.parts, probe), {
      state: this.state,
    });
    const { measures } = await this.#measuring.run(fed);
    return numbersOf(measures) as unknown as StepNumbers["measures"];
  }

  async #compileStep({ withLayerNorms }: StepFeed): Promise<Step> {
    const step = await compile<TrainingState, StepBatch, StepOutputs>(trainingStep({ ...this.parts, withLayerNorms }), {
      state: this.state,
    });
    this.#steps.set(withLayerNorms, step);
    return step;
  }

  /** Loss and metrics over a dataset, in prediction mode.
   *  @param weights which ones; averages must be among the session's. */
  async evaluate(
    dataset: Dataset,
    batchSize: number,
    pause?: () => Promise<void>,
    weights: WeightsName = "raw",
  ): Promise<Metrics> {
    const evaluation = this.#evaluations.get(weights) ?? (await this.#compileEvaluation(weights));
    return evaluateWith(evaluation, dataset, batchSize, pause);
  }

  async #compileEvaluation(weights: WeightsName): Promise<Evaluation> {
    const evaluation = await compile<TrainingState, LabelledBatch, EvaluationOutputs>(
      evaluationStep(this.parts, (state) => (weights === "raw" ? state : (state.averages[weights] as EvaluationState))),
      { state: this.state },
    );
    this.#evaluations.set(weights, evaluation);
    return evaluation;
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
    this.#measuring?.dispose();
    for (const evaluation of this.#evaluations.values()) evaluation.dispose();
    this.averager.dispose();
    this.state.dispose();
  }
}

/** Scalars as numbers, in their tree. */
function numbersOf(outputs: unknown): Tree<number> {
  return mapTree(outputs as Tree<HostArray>, ({ data }) => data[0] as number);
}
