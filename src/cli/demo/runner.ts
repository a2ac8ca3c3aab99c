import { GradusError } from "../../core/errors.ts";
import type { Dataset } from "../../data/dataset.ts";
import { createModel, type Model } from "../../nn/model.ts";
import type { ModelState } from "../../nn/state.ts";
import { evaluate } from "../../train/evaluate.ts";
import type { EpochEnded, EventListener, Metrics, StepEnded } from "../../train/events.ts";
import { fit } from "../../train/fit.ts";
import { BATCH_SIZE, type DemoCase } from "./plan.ts";

/** The gradient norm of every linear layer at one step, from the lowest (at the input) to the highest. */
export interface NormRecord {
  readonly step: number;
  readonly norms: readonly number[];
}

/** Why a run broke off. */
export interface Failure {
  readonly step: number;
  readonly message: string;
}

/** What one case showed. */
export interface CaseResult {
  readonly case: DemoCase;
  readonly parameterCount: number;
  /** The mean training loss of each window of steps, with the last step of the window. */
  readonly losses: readonly { readonly step: number; readonly loss: number }[];
  readonly norms: readonly NormRecord[];
  readonly epochs: readonly EpochEnded[];
  /** In prediction mode, over (at most) as many training samples as there are test samples. Undefined where the run broke off. */
  readonly train: Metrics | undefined;
  readonly test: Metrics | undefined;
  readonly samplesPerSecond: number;
  readonly seconds: number;
  readonly failure?: Failure;
}

/** Training and test images. */
export interface DemoData {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** Points of a loss curve, and rows of norms, that a run leaves. */
const CURVE_POINTS = 150;
const NORM_ROWS = 60;
const LOSS = "softmaxCrossEntropy";

/** Trains one case and measures it.
 *  @param data the whole sets; the case takes its share of the training part. */
export async function runCase(
  each: DemoCase,
  data: DemoData,
  options: { readonly onEvent: EventListener; readonly signal: AbortSignal },
): Promise<CaseResult> {
  const start = performance.now();
  const train = data.train.take(each.budget.samples);
  const model = createModel({ inputShape: train.inputShape, layers: each.layers });
  const steps = each.budget.epochs * Math.ceil(train.length / BATCH_SIZE);
  const recorder = new Recorder(model, steps);
  const epochs: EpochEnded[] = [];
  let state: ModelState | undefined;
  let failure: Failure | undefined;
  try {
    const result = await fit(model, {
      data: each.part === "overfitting" ? { train, validation: data.test.take(2000) } : train,
      loss: LOSS,
      optimizer: each.optimizer,
      clip: each.clip,
      schedule: each.schedule,
      epochs: each.budget.epochs,
      batchSize: BATCH_SIZE,
      seed: 1,
      gradientNorms: { every: Math.max(1, Math.floor(steps / NORM_ROWS)) },
      signal: options.signal,
      onEvent: options.onEvent,
      callbacks: [{ stepEnded: (event) => recorder.record(event), epochEnded: (event) => void epochs.push(event) }],
    });
    if (result.reason === "interrupted") throw new GradusError("interrupted", `interrupted in "${each.title}".`);
    state = result.state;
  } catch (error) {
    if (!(error instanceof GradusError) || error.code !== "not-finite") throw error;
    failure = { step: error.values.step as number, message: error.message };
  }
  const measured = state && (await measure(model, state, train.take(data.test.length), data.test));
  return {
    case: each,
    parameterCount: model.parameterCount,
    losses: recorder.losses,
    norms: recorder.norms,
    epochs,
    train: measured?.train,
    test: measured?.test,
    samplesPerSecond: Math.max(0, ...epochs.map(({ samplesPerSecond }) => samplesPerSecond)),
    seconds: (performance.now() - start) / 1000,
    ...(failure === undefined ? {} : { failure }),
  };
}

async function measure(model: Model, state: ModelState, train: Dataset, test: Dataset) {
  const options = { loss: LOSS, metrics: ["accuracy"], batchSize: 1000 } as const;
  return { train: await evaluate(model, state, train, options), test: await evaluate(model, state, test, options) };
}

/** Thins a run's steps out to curves that a chart can show. */
class Recorder {
  readonly losses: { step: number; loss: number }[] = [];
  readonly norms: NormRecord[] = [];
  readonly #linearPaths: readonly string[];
  readonly #window: number;
  #sum = 0;
  #count = 0;

  constructor(model: Model, steps: number) {
    this.#linearPaths = model.layers.filter(({ type }) => type === "linear").map(({ path }) => path);
    this.#window = Math.max(1, Math.ceil(steps / CURVE_POINTS));
  }

  record({ step, loss, layerGradientNorms }: StepEnded): void {
    this.#sum += loss;
    this.#count++;
    // the first steps one by one: explosions are over before a window is
    if (this.#count === this.#window || step <= 3) {
      this.losses.push({ step, loss: this.#sum / this.#count });
      this.#sum = 0;
      this.#count = 0;
    }
    if (layerGradientNorms) {
      this.norms.push({ step, norms: this.#linearPaths.map((path) => layerGradientNorms[path] ?? Number.NaN) });
    }
  }
}

/** Norms of each layer over a run: the median over the recorded steps, so that one odd batch does not count. */
export function typicalNorms({ norms }: Pick<CaseResult, "norms">): readonly number[] {
  const layers = norms[0]?.norms.length ?? 0;
  return Array.from({ length: layers }, (_, layer) => median(norms.map((row) => row.norms[layer] as number)));
}

/** Norm of the lowest layer's gradient over that of the highest: far from 1, the layers do not learn alike. */
export function normRatio(result: Pick<CaseResult, "norms">): number {
  const norms = typicalNorms(result);
  return (norms[0] ?? Number.NaN) / (norms.at(-1) ?? Number.NaN);
}

/** Test loss less training loss, both in prediction mode. */
export function lossGap({ train, test }: Pick<CaseResult, "train" | "test">): number {
  return (test?.loss ?? Number.NaN) - (train?.loss ?? Number.NaN);
}

function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
