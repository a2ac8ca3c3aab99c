import type { Tree } from "../core/tree.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { branch, leavesOf, treeFrom } from "./trees.ts";

/** Values that the training loop may provide for this step; each replaces the configured value. */
export interface UpdateContext {
  /** scalar, from a schedule */
  readonly learningRate?: Tensor | undefined;
  /** scalar, from a schedule that cycles momentum; optimisers of the Adam family use it as beta1 */
  readonly momentum?: Tensor | undefined;
}

export interface UpdateResult {
  /** the amounts to add to the parameters (after a clip, the clipped gradients) */
  readonly updates: Tree<Tensor>;
  readonly state: Tree<Tensor>;
  /** scalars to report, such as the norm of the gradients before clipping */
  readonly measures?: Readonly<Record<string, Tensor>> | undefined;
}

/** A pair of pure functions from gradients to updates. Optimisers, clips and constraints are all transforms.
 *    init: parameters -> state        update: (gradients, state, parameters) -> (updates, state)
 *  Trees of gradients, parameters and updates have the same structure. The state is a tree of tensors whose shapes never change, so
 *  that a compiled step can update it in place. */
export interface Transform {
  init(parameters: Tree<Tensor>): Tree<Tensor>;
  update(gradients: Tree<Tensor>, state: Tree<Tensor>, parameters: Tree<Tensor>, context?: UpdateContext): UpdateResult;
}

/** Applies transforms in order, each to the updates of the previous one.
 *    chain(clipByGlobalNorm({ maxNorm: 1 }), adam({ learningRate: 1e-3 }))
 *  State: `{ "0": …, "1": … }`. If several transforms report the same measure, the first one's is kept (the norm before any clip). */
export function chain(...transforms: readonly Transform[]): Transform {
  return {
    init: (parameters) =>
      Object.fromEntries(transforms.map((transform, index) => [String(index), transform.init(parameters)])),
    update(gradients, state, parameters, context) {
      let updates = gradients;
      let measures: Readonly<Record<string, Tensor>> = {};
      const next: Record<string, Tree<Tensor>> = {};
      transforms.forEach((transform, index) => {
        const result = transform.update(updates, branch(state, String(index)), parameters, context);
        updates = result.updates;
        next[String(index)] = result.state;
        measures = { ...result.measures, ...measures };
      });
      return { updates, state: next, measures };
    },
  };
}

/** parameters + updates, leaf by leaf. */
export function applyUpdates<P extends Tree<Tensor>>(parameters: P, updates: Tree<Tensor>): P {
  const steps = leavesOf(updates);
  const moved = leavesOf(parameters).map((parameter, index) => parameter.add(steps[index] as Tensor));
  return treeFrom(parameters, moved) as P;
}
