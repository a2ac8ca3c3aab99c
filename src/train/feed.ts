import type { HostArray } from "../core/dtype.ts";
import { mapTree, type Tree } from "../core/tree.ts";
import type { Batch } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { literal } from "../graph/build.ts";
import { FEATURE_NAMES, type ModelState } from "../nn/state.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { AveragesValues } from "./averages/values.ts";

/** Copies of the values of a whole training state. */
export type StateValues = {
  readonly parameters: Tree<HostArray>;
  readonly buffers: Tree<HostArray>;
  readonly optimizer: Tree<HostArray>;
  readonly averages: AveragesValues;
  readonly key: HostArray;
};

/** A batch as the engine takes it: x (size, …inputShape), y (size, …targetShape). */
export function batchArrays(dataset: Dataset, batch: Batch): { readonly x: HostArray; readonly y: HostArray } {
  return {
    x: { shape: [batch.size, ...dataset.inputShape], dtype: "float32", data: batch.inputs },
    y: {
      shape: [batch.size, ...dataset.targetShape],
      dtype: dataset.targetKind === "labels" ? "int32" : "float32",
      data: batch.targets,
    },
  };
}

/** The scalars fed to one step, and the choice of its program. */
export interface StepFeed {
  readonly learningRate: number | undefined;
  readonly momentum: number | undefined;
  readonly withLayerNorms: boolean;
  readonly isProbed?: boolean | undefined;
}

/** The inputs of a compiled step: the batch and the step's scalars. Written without spreads, because in V8 they leave objects
 *  that only a full collection frees, and this runs at every step. */
export function feedArrays(
  dataset: Dataset,
  batch: Batch,
  { learningRate, momentum }: Pick<StepFeed, "learningRate" | "momentum">,
): Readonly<Record<string, HostArray | number>> {
  const { x, y } = batchArrays(dataset, batch);
  const fed: Record<string, HostArray | number> = { x, y };
  if (learningRate !== undefined) fed.learningRate = learningRate;
  if (momentum !== undefined) fed.momentum = momentum;
  return fed;
}

/** Copied values as a model's state, ready for `predict`, `evaluate` or another `fit`.
 *  @param featureNames of the training data. */
export function toModelState(
  { parameters, buffers }: Pick<StateValues, "parameters" | "buffers">,
  featureNames: readonly string[] | undefined,
): ModelState {
  const toTensor = (array: HostArray) => new Tensor(literal(array));
  const values = { parameters: mapTree(parameters, toTensor), buffers: mapTree(buffers, toTensor) };
  return (featureNames === undefined ? values : { ...values, [FEATURE_NAMES]: featureNames }) as ModelState;
}
