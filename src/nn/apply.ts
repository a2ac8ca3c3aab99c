import { GradusError } from "../core/errors.ts";
import { formatShape, type Shape, sameShape } from "../core/shape.ts";
import type { Tree } from "../core/tree.ts";
import { foldKey } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";
import { type BuiltLayer, inLayer } from "./build.ts";
import type { LayerScope } from "./layer.ts";
import type { NamedTree } from "./state.ts";

/** How a model is applied. */
export interface ApplyContext {
  /** batch norm takes the batch's statistics and updates the running ones; dropout and noise are on */
  readonly training: boolean;
  /** whether dropout and noise are on. Default: `training`. `{ training: false, stochastic: true, key }` is Monte-Carlo
   *  prediction (Gal & Ghahramani 2016) */
  readonly stochastic?: boolean;
  /** uint32 (2,), for layers that draw random numbers: a new one for each step */
  readonly key?: Tensor;
  /** called on each layer's output; its return value replaces the output. Adding zeros there gives gradients with respect
   *  to activations */
  readonly tap?: (path: string, y: Tensor) => Tensor;
}

/** What one application collects. */
export interface Application {
  readonly context: ApplyContext;
  readonly activations: Map<string, Tensor>;
}

function branchOf(tree: NamedTree, name: string): NamedTree {
  const branch: Tree<Tensor> | undefined = tree[name];
  return branch === undefined || branch instanceof Tensor ? {} : (branch as NamedTree);
}

/** The layer's own arrays from its branch. @throws `bad-argument`, `shape-mismatch` if the state belongs to another model. */
function ownArrays(
  branch: NamedTree,
  declared: Readonly<Record<string, { readonly shape: Shape }>>,
): Readonly<Record<string, Tensor>> {
  const own = Object.entries(declared).map(([name, { shape }]) => {
    const found = branch[name];
    if (!(found instanceof Tensor)) {
      throw new GradusError(
        "bad-argument",
        `the state has no ${name}. Give the state of this model: model.initialize(seed), or one that it saved.`,
        {
          name,
        },
      );
    }
    if (!sameShape(found.shape, shape)) {
      throw new GradusError(
        "shape-mismatch",
        `${name} must be ${formatShape(shape)}, the state has ${formatShape(found.shape)}. Give the state of this model.`,
        {
          name,
          expected: shape,
          got: found.shape,
        },
      );
    }
    return [name, found] as const;
  });
  return Object.fromEntries(own);
}

/** Applies one layer and its inner layers. Returns its output and its branch of new buffers. */
export function applyLayer(
  layer: BuiltLayer,
  x: Tensor,
  parameters: NamedTree,
  buffers: NamedTree,
  application: Application,
): { readonly output: Tensor; readonly buffers: NamedTree } {
  const { context, activations } = application;
  const { training, stochastic = training, key, tap } = context;
  const next: Record<string, Tree<Tensor>> = { ...buffers };
  const output = inLayer(layer.where, layer.path, () => {
    const scope: LayerScope = {
      training,
      stochastic,
      parameters: ownArrays(parameters, layer.parameters),
      buffers: ownArrays(buffers, layer.buffers),
      key() {
        if (key === undefined) {
          throw new GradusError(
            "bad-argument",
            "draws random numbers and needs a key. Give context.key, such as randomKey(seed).",
            {},
          );
        }
        return foldKey(key, layer.ordinal);
      },
      inner(name, value) {
        const child = layer.inner.get(name) as BuiltLayer;
        const result = applyLayer(child, value, branchOf(parameters, name), branchOf(buffers, name), application);
        if (Object.keys(result.buffers).length > 0) next[name] = result.buffers;
        return result.output;
      },
    };
    const result = layer.rule.apply(layer.config, x, scope);
    if (result instanceof Tensor) return result;
    Object.assign(next, result.buffers);
    return result.output;
  });
  const seen = tap === undefined ? output : tap(layer.path, output);
  activations.set(layer.path, seen);
  return { output: seen, buffers: next };
}

/** Applies layers in order. See `applyLayer`. */
export function applyLayers(
  layers: readonly BuiltLayer[],
  x: Tensor,
  state: { readonly parameters: NamedTree; readonly buffers: NamedTree },
  context: ApplyContext,
): { readonly output: Tensor; readonly buffers: NamedTree; readonly activations: ReadonlyMap<string, Tensor> } {
  const application: Application = { context, activations: new Map() };
  const buffers: Record<string, Tree<Tensor>> = { ...state.buffers };
  let output = x;
  for (const layer of layers) {
    const result = applyLayer(
      layer,
      output,
      branchOf(state.parameters, layer.path),
      branchOf(state.buffers, layer.path),
      application,
    );
    output = result.output;
    if (Object.keys(result.buffers).length > 0) buffers[layer.path] = result.buffers;
  }
  return { output, buffers, activations: application.activations };
}
