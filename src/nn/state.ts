import { describe, isRecord } from "../core/describe.ts";
import { type DType, type HostArray, referenceStorage } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import type { Tree } from "../core/tree.ts";
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type BuiltLayer, walkLayers } from "./build.ts";
import { drawInitial } from "./init/init.ts";
import type { BufferSpec } from "./layer.ts";
import { requireDrawable } from "./limits.ts";

/** Arrays by layer path and name: `{ "0": { weight, bias }, "3": { "0": { weight } } }`. */
export type NamedTree<Leaf = Tensor> = { readonly [name: string]: Tree<Leaf> };

/** Key of the feature names of a state. A symbol, so that code that walks through the state sees only a tree of tensors. */
export const FEATURE_NAMES: unique symbol = Symbol("featureNames");

/** Everything that training changes in a model: parameters, which the gradient moves, and buffers, which layers update. */
export type ModelState = {
  readonly parameters: NamedTree;
  readonly buffers: NamedTree;
  /** Names of the features that it was trained on, in their order, if the data had names. */
  readonly [FEATURE_NAMES]?: readonly string[];
};

/** @throws `bad-argument` for a value without parameters and buffers by layer. */
export function requireState(where: string, value: unknown): asserts value is ModelState {
  if (isRecord(value) && isRecord(value.parameters) && isRecord(value.buffers)) return;
  throw new GradusError(
    "bad-argument",
    `${where}: expected a state { parameters, buffers }, got ${describe(value)}. Give model.initialize(seed), or the state that fit or loadModel returned.`,
    { where },
  );
}

/** A tree with one branch for each layer that has arrays. */
function gather(
  layers: Iterable<readonly [string, BuiltLayer]>,
  leaves: (layer: BuiltLayer) => Readonly<Record<string, HostArray>>,
): NamedTree {
  const tree: Record<string, Tree<Tensor>> = {};
  for (const [name, layer] of layers) {
    const own = Object.entries(leaves(layer)).map(([leaf, array]) => [leaf, tensor(array)] as const);
    const branch: NamedTree = { ...Object.fromEntries(own), ...gather(layer.inner, leaves) };
    if (Object.keys(branch).length > 0) tree[name] = branch;
  }
  return tree;
}

function filled({ shape, dtype, value }: BufferSpec): HostArray {
  return { shape, dtype, data: referenceStorage(dtype, sizeOf(shape)).fill(value) };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}

/** Shape and type of one array of a state. */
export interface ArraySpec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Builds a state from arrays by name, without drawing values.
 *  @param arrayOf returns the array for a path such as `parameters.2.0.weight`; it may throw. */
export function assembleState(
  layers: readonly BuiltLayer[],
  arrayOf: (path: string, spec: ArraySpec) => HostArray,
): ModelState {
  const named = layers.map((layer) => [layer.path, layer] as const);
  return {
    parameters: gather(named, ({ parameters, path }) =>
      mapValues(parameters, ({ shape }, name) => arrayOf(`parameters.${path}.${name}`, { shape, dtype: "float32" })),
    ),
    buffers: gather(named, ({ buffers, path }) =>
      mapValues(buffers, ({ shape, dtype }, name) => arrayOf(`buffers.${path}.${name}`, { shape, dtype })),
    ),
  };
}

/** @throws GradusError `out-of-memory`, naming the largest array. */
function requireRoom(layers: readonly BuiltLayer[]): void {
  let [count, largest, where] = [0, [0] as Shape, ""];
  for (const layer of walkLayers(layers)) {
    for (const [name, { shape }] of [...Object.entries(layer.parameters), ...Object.entries(layer.buffers)]) {
      count += sizeOf(shape);
      if (sizeOf(shape) > sizeOf(largest)) [largest, where] = [shape, `the ${name} ${layer.where}`];
    }
  }
  requireDrawable(where, largest, count);
}

/** Initial values of all parameters and buffers: a pure function of the seed. */
export function initialState(layers: readonly BuiltLayer[], seed: number): ModelState {
  requireRoom(layers);
  const named = layers.map((layer) => [layer.path, layer] as const);
  return {
    parameters: gather(named, ({ parameters, streamName }) =>
      mapValues(parameters, ({ init, shape, fanIn, fanOut }, name) =>
        drawInitial(init, shape, { fanIn, fanOut }, seed, `${streamName}.${name}`),
      ),
    ),
    buffers: gather(named, ({ buffers }) => mapValues(buffers, filled)),
  };
}
