import { mapTree, type Tree, treeLeaves } from "../../core/tree.ts";
import type { BatchNormConfig } from "../../nn/batch-norm.ts";
import type { Resolved } from "../../nn/fields.ts";
import { normalizesBatch } from "../../nn/layers.ts";
import type { Model } from "../../nn/model.ts";
import type { ModelState } from "../../nn/state.ts";
import { full } from "../../tensor/create.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { layerOf } from "../step.ts";

/** Whether a model has running statistics that depend on its weights. */
export function hasStatistics({ layers }: Model): boolean {
  return layers.some(({ config }) => normalizesBatch(config));
}

/** The statistics of one batch, in the structure of the running ones: what these would be if the layers kept nothing of the past.
 *  Dropout and noise are off, as they are whenever running statistics are used; PyTorch's `update_bn` leaves them on, and the variance that
 *  it measures is too high behind them (Li, Chen, Hu, Yang, "Understanding the Disharmony between Dropout and Batch Normalization by
 *  Variance Shift", 2019).
 *  @param state weights, and the running statistics of layers that never change them. */
export function batchStatistics(
  model: Model,
  { parameters, buffers }: { readonly parameters: Tree<Tensor>; readonly buffers: Tree<Tensor> },
  x: Tensor,
): Tree<Tensor> {
  const nothing = mapTree(buffers, ({ shape, dtype }: Tensor) => full(shape, 0, dtype));
  const { buffers: after } = model.apply({ parameters, buffers: nothing } as ModelState, x, {
    training: true,
    stochastic: false,
  });
  const kept = new Map(treeLeaves(buffers).map(({ path, leaf }) => [path, leaf]));
  // a layer moves from 0 to (1 - decay) s
  return mapTree(after as Tree<Tensor>, (leaf: Tensor, path) => {
    const decay = decayOf(model, layerOf(path));
    if (leaf.dtype !== "float32" || decay === 0) return leaf;
    return decay === 1 ? (kept.get(path) as Tensor) : leaf.mul(1 / (1 - decay));
  });
}

/** The weight of the old value when a layer meets its first batch. */
function decayOf({ layers }: Model, path: string): number {
  const config = layers.find((layer) => layer.path === path)?.config as Resolved<BatchNormConfig> | undefined;
  return config === undefined || config.decay === "cumulative" ? 0 : config.decay;
}
