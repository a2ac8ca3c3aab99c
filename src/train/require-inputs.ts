import type { HostArray } from "../core/dtype.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { requireHostArray } from "../core/host-array.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import { type Tree, treeLeaves } from "../core/tree.ts";
import { DATASET, type Dataset } from "../data/dataset.ts";
import type { Model } from "../nn/model.ts";
import { type ModelState, requireState } from "../nn/state.ts";
import { type NestedNumbers, parseNested } from "../tensor/nested.ts";
import { Tensor } from "../tensor/tensor.ts";
import { requireEmbeddingValues } from "./embedding-indices.ts";

/** The inputs of `predict`: the samples of a dataset, or an array (N, …inputShape) in any of its forms. */
export type PredictInputs = Dataset | HostArray | Tensor | NestedNumbers;

/** A dataset unchanged, anything else as a checked host array.
 *  @throws GradusError as `requireHostArray` and `parseNested`. */
export async function requireInputs(where: string, inputs: unknown): Promise<Dataset | HostArray> {
  if (DATASET.accepts(inputs)) return inputs as Dataset;
  if (inputs instanceof Tensor) return inputs.array();
  if (Array.isArray(inputs)) return parseNested(inputs as NestedNumbers, "float32", where);
  requireHostArray(where, inputs);
  return inputs;
}

/** An array must hold inputs of the model, (N, …inputShape).
 *  @throws GradusError `bad-argument` for another shape or type; `bad-data` for an index outside an embedding's vocabulary. */
export function requireRows(where: string, model: Model, { shape, dtype, data }: HostArray): void {
  const { inputShape } = model.config;
  requireArgument(
    sameShape(shape.slice(1), inputShape) && dtype === "float32",
    `${where}: the model takes float32 (N, ${inputShape.join(", ")}), got ${dtype} ${formatShape(shape)}.`,
    { model: inputShape, got: shape },
  );
  requireEmbeddingValues(where, model, data);
}

/** Checks that a state has all arrays of the model, in the right shapes.
 *  @throws GradusError `bad-argument` if an array is missing or not a tensor, `shape-mismatch` for the state of another model. */
export function requireModelState(where: string, model: Model, state: unknown): asserts state is ModelState {
  requireState(where, state);
  const { parameters, buffers } = state;
  const given = new Map(
    treeLeaves({ parameters, buffers } as Tree<unknown>).map(({ path, leaf }) => [path, leaf] as const),
  );
  for (const layer of model.layers) {
    for (const kind of ["parameters", "buffers"] as const) {
      for (const [name, shape] of Object.entries(layer[kind])) {
        const path = `${kind}.${layer.path}.${name}`;
        const leaf = given.get(path);
        if (!(leaf instanceof Tensor)) requireHostArray(`${where}: the model's state, ${path}`, leaf);
        if (sameShape(leaf.shape, shape)) continue;
        throw new GradusError(
          "shape-mismatch",
          `${where}: the model needs ${path} ${formatShape(shape)}, the state has ${formatShape(leaf.shape)}. Give a state of this model.`,
          { where, path, expected: shape, got: leaf.shape },
        );
      }
    }
  }
}
