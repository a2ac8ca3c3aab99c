import type { Tree } from "../core/tree.ts";
import { treeLeaves } from "../core/tree.ts";
import { computeLoss, type LossInput, lossTerms, mayWeighNothing } from "../nn/losses/losses.ts";
import type { Model } from "../nn/model.ts";
import { penalty, type RegularizerConfig } from "../nn/regularizer.ts";
import type { ModelState } from "../nn/state.ts";
import { globalNorm } from "../optim/norms.ts";
import { applyUpdates, type Transform } from "../optim/transform.ts";
import { leavesOf, treeFrom } from "../optim/trees.ts";
import type { StepResult } from "../tensor/compile.ts";
import { full } from "../tensor/create.ts";
import { valueAndGrad } from "../tensor/grad.ts";
import { nextKey } from "../tensor/random.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import type { Averages } from "./averages/running-mean.ts";
import type { MetricName } from "./events.ts";
import { countedLabels, type MetricContext, metricRule } from "./metrics.ts";
import type { StepProbe } from "./probe.ts";

/** Everything that changes from step to step. */
export type TrainingState = {
  readonly parameters: Tree<Tensor>;
  /** Running statistics and counters of layers. */
  readonly buffers: Tree<Tensor>;
  /** Moments, counters. */
  readonly optimizer: Tree<Tensor>;
  /** Averaged weights; empty if the run keeps none. */
  readonly averages: Averages;
  /** uint32 (2,): key of this step's random numbers. */
  readonly key: Tensor;
};

/** B samples: x (B, …inputShape), y (B, …targetShape). */
export type StepBatch = {
  readonly x: Tensor;
  readonly y: Tensor;
  /** Scalars of this step's schedule; absent if there are none to feed. */
  readonly learningRate?: Tensor;
  readonly momentum?: Tensor;
};

/** All scalars; `metrics` are sums over the batch. */
export type StepOutputs = {
  /** The objective to minimise: loss and regulariser. */
  readonly objective: Tensor;
  /** The loss without regulariser, summed over the batch, and the sum of weights that divides it. */
  readonly loss: Tensor;
  readonly weight: Tensor;
  readonly metrics: { readonly [name: string]: Tensor };
  /** Labels that count, in samples; absent if all do. */
  readonly counted?: Tensor;
  readonly gradientNorm?: Tensor;
  readonly layerGradientNorms?: { readonly [path: string]: Tensor };
};

/** The parts of a training step. */
export interface StepParts {
  readonly model: Model;
  readonly loss: LossInput;
  readonly regularizer: RegularizerConfig | undefined;
  /** Clipping and optimiser, joined. */
  readonly transform: Transform;
  readonly metrics: readonly MetricName[];
  readonly metricContext: MetricContext;
  /** Add the norm of each layer's gradient to the outputs. */
  readonly withLayerNorms: boolean;
}

/** The function that `compile` traces: forward, loss, backward, clip, update, next random key.
 *    g = d(loss + penalty) / d(parameters);   parameters <- parameters + transform(g)
 *  A batch with nothing to learn from, such as one whose labels are all ignored, leaves everything but the key unchanged. */
export function trainingStep(
  parts: StepParts,
): (state: TrainingState, batch: StepBatch) => StepResult<TrainingState, StepOutputs> {
  return (state, batch) => {
    const { value: objective, gradient, auxiliary } = differentiate(parts, state, batch);
    const { updates, state: optimizer, measures } = updateOf(parts, gradient, state, batch);
    const layerGradientNorms = parts.withLayerNorms ? layerNorms(gradient) : undefined;
    const gradientNorm = measures?.gradientNorm ?? (layerGradientNorms && globalNorm(layerGradientNorms));
    const sums = lossSums(parts.loss, auxiliary.output, batch.y);
    const next = { parameters: applyUpdates(state.parameters, updates), buffers: auxiliary.buffers, optimizer };
    return {
      outputs: {
        objective,
        ...sums,
        ...sumMetrics(parts, auxiliary.output, batch.y),
        ...(gradientNorm === undefined ? {} : { gradientNorm }),
        ...(layerGradientNorms === undefined ? {} : { layerGradientNorms }),
      },
      state: {
        ...(mayWeighNothing(parts.loss) ? unlessEmpty(sums.weight, next, state) : next),
        averages: {},
        key: nextKey(state.key),
      },
    };
  };
}

/** The function that `compile` traces for a probe: the same step without its end. It changes nothing. */
export function measuringStep(
  parts: Omit<StepParts, "withLayerNorms">,
  { measure }: StepProbe,
): (state: TrainingState, batch: StepBatch) => StepResult<TrainingState, MeasuringOutputs> {
  return (state, batch) => {
    const outputs = new Map<string, Tensor>();
    const { gradient } = differentiate(parts, state, batch, (path, y) => {
      outputs.set(path, y);
      return y;
    });
    const { updates } = updateOf(parts, gradient, state, batch);
    const { parameters } = state;
    return { outputs: { measures: measure({ model: parts.model, parameters, gradient, updates, outputs }) } };
  };
}

export type MeasuringOutputs = { readonly measures: { readonly [name: string]: Tensor } };

/** The change of the parameters, and the optimiser's next values. */
function updateOf(
  { transform }: Pick<StepParts, "transform">,
  gradient: Tree<Tensor>,
  { optimizer, parameters }: TrainingState,
  { learningRate, momentum }: StepBatch,
) {
  return transform.update(gradient, optimizer, parameters, {
    ...(learningRate === undefined ? {} : { learningRate }),
    ...(momentum === undefined ? {} : { momentum }),
  });
}

type Learned = Pick<TrainingState, "parameters" | "buffers" | "optimizer">;

/** The state after a step, or the one before if the batch's weight is 0: a step without labels has no effect, not even through
 *  momentum, decay or running statistics. */
function unlessEmpty(weight: Tensor, after: Learned, before: Learned): Learned {
  const isEmpty = weight.equal(0);
  const choose = (next: Tree<Tensor>, old: Tree<Tensor>): Tree<Tensor> => {
    const kept = leavesOf(old);
    return treeFrom(
      next,
      leavesOf(next).map((leaf, index) => where(isEmpty, kept[index] as Tensor, leaf)),
    );
  };
  return {
    parameters: choose(after.parameters, before.parameters),
    buffers: choose(after.buffers, before.buffers),
    optimizer: choose(after.optimizer, before.optimizer),
  };
}

/** Objective and gradient at one state and batch, with loss, output and buffers.
 *  @param tap sees (and may replace) each layer's output. */
export function differentiate(
  { model, loss: lossConfig, regularizer }: Pick<StepParts, "model" | "loss" | "regularizer">,
  state: Pick<TrainingState, "parameters" | "buffers" | "key">,
  batch: Pick<StepBatch, "x" | "y">,
  tap?: (path: string, y: Tensor) => Tensor,
) {
  return valueAndGrad((parameters: Tree<Tensor>) => {
    const { output, buffers } = model.apply({ parameters, buffers: state.buffers } as ModelState, batch.x, {
      training: true,
      key: state.key,
      ...(tap === undefined ? {} : { tap }),
    });
    const loss = computeLoss(lossConfig, output, batch.y);
    const objective = regularizer === undefined ? loss : loss.add(penalty(parameters, regularizer));
    return { value: objective, auxiliary: { loss, output, buffers: buffers as Tree<Tensor> } };
  })(state.parameters);
}

/** Norms of the gradients of each layer's parameters together, by layer path. */
function layerNorms(gradient: Tree<Tensor>): Record<string, Tensor> {
  const layers = new Map<string, Tensor[]>();
  for (const { path, leaf } of treeLeaves(gradient)) {
    const layer = layerOf(path);
    layers.set(layer, [...(layers.get(layer) ?? []), leaf]);
  }
  return Object.fromEntries([...layers].map(([layer, leaves]) => [layer, globalNorm(leaves)]));
}

/** "3.weight" -> "3"; "2.layers.0.bias" -> "2.layers.0". */
export function layerOf(parameterPath: string): string {
  return parameterPath.slice(0, Math.max(0, parameterPath.lastIndexOf(".")));
}

/** The loss summed over the batch, and the divisor for the mean: a sum of weights, or a count. */
export function lossSums(
  loss: LossInput,
  output: Tensor,
  target: Tensor,
): { readonly loss: Tensor; readonly weight: Tensor } {
  const { values, weights } = lossTerms(loss, output, target);
  return { loss: values.sum(), weight: weights?.sum() ?? full([], values.size) };
}

/** The metrics' sums over the batch, by name, and the divisor of those over labels if it is not the number of samples. */
export function sumMetrics(
  { metrics, metricContext }: Pick<StepParts, "metrics" | "metricContext">,
  output: Tensor,
  target: Tensor,
): { readonly metrics: Record<string, Tensor>; readonly counted?: Tensor } {
  const sums = metrics.map((name) => [name, metricRule(name).sum(output, target, metricContext)] as const);
  const counted = countedLabels(target, metricContext);
  return { metrics: Object.fromEntries(sums), ...(counted === undefined ? {} : { counted }) };
}
