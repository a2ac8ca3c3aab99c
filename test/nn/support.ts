import type { HostArray } from "../../src/core/dtype.ts";
import { treeLeaves } from "../../src/core/tree.ts";
import { makeNode } from "../../src/graph/build.ts";
import type { ApplyContext } from "../../src/nn/apply.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { createModel, type Model } from "../../src/nn/model.ts";
import type { ModelState, NamedTree } from "../../src/nn/state.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { checkGradients } from "../../src/tensor/check-gradients.ts";
import { randomKey } from "../../src/tensor/random.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { scattered } from "../autodiff/arrays.ts";

/** Values of several tensors that depend on no input, in float64. */
export function allNumbersOf(...tensors: readonly Tensor[]): number[][] {
  const executable = createReferenceBackend().compileNow(
    { inputs: [], states: [], outputs: tensors.map(({ node }) => node) },
    [],
  );
  return executable.run([]).map(({ data }) => Array.from(data));
}

export function numbersOf(tensor: Tensor): number[] {
  return allNumbersOf(tensor)[0] as number[];
}

export function literal(array: HostArray): Tensor {
  return new Tensor(makeNode("literal", [], array));
}

/** A leaf of a tree by its dotted path. */
export function leafAt(tree: NamedTree, path: string): Tensor {
  const found = treeLeaves<Tensor>(tree).find((leaf) => leaf.path === path);
  if (found === undefined)
    throw new Error(
      `no leaf ${path} among ${treeLeaves(tree)
        .map((leaf) => leaf.path)
        .join(", ")}`,
    );
  return found.leaf;
}

/** The same tree with other leaves, in order. */
function refill(tree: NamedTree, leaves: readonly Tensor[]): NamedTree {
  let next = 0;
  const fill = (branch: NamedTree): NamedTree =>
    Object.fromEntries(
      Object.entries(branch).map(([name, value]) => [
        name,
        value instanceof Tensor ? (leaves[next++] as Tensor) : fill(value as NamedTree),
      ]),
    );
  return fill(tree);
}

/** Compares a model's gradients with respect to its input and all its parameters with differences. */
export function checkModelGradients(model: Model, context: ApplyContext, tolerance = 1e-7): void {
  const state = model.initialize(3);
  const parameters = treeLeaves<Tensor>(state.parameters);
  const arrays = parameters.map(({ leaf }, index) => scattered(leaf.shape, 20 * index + 4));
  const fn = (x: Tensor, ...leaves: Tensor[]): Tensor => {
    const filled: ModelState = { parameters: refill(state.parameters, leaves), buffers: state.buffers };
    return model.apply(filled, x, context).output;
  };
  checkGradients(fn, [scattered([4, ...model.inputShape]), ...arrays], { tolerance });
}

/** One layer (or several) as a model. */
export function modelOf(inputShape: readonly number[], ...layers: readonly LayerInput[]): Model {
  return createModel({ inputShape, layers });
}

export const TRAINING: ApplyContext = { training: true, key: randomKey(11) };
export const PREDICTION: ApplyContext = { training: false };
