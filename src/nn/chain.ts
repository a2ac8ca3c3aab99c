import { field, type RequiredField, required } from "../core/fields.ts";
import { reference } from "../core/json-schema.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { BuildInner, LayerRule, LayerScope } from "./layer.ts";
import type { LayerInput } from "./layers.ts";

/** The field that holds inner layers; each is checked by its own rule. */
export const layersField: RequiredField<readonly LayerInput[]> = required(
  field("a list of layers", Array.isArray, { type: "array", items: reference("layer") }),
);

/** Builds layers one after the other, named by position; returns the last one's output shape. */
export function buildChain(layers: readonly LayerInput[], inputShape: Shape, build: BuildInner): Shape {
  let shape = inputShape;
  layers.forEach((layer, index) => {
    shape = build(String(index), layer, shape, layers.slice(index + 1));
  });
  return shape;
}

/** Applies layers one after the other. */
export function applyChain(count: number, x: Tensor, scope: LayerScope): Tensor {
  let y = x;
  for (let index = 0; index < count; index++) y = scope.inner(String(index), y);
  return y;
}

/** Layers in order, as one layer: y = f_n(… f_1(x)). */
export interface SequentialConfig {
  readonly type: "sequential";
  readonly layers: readonly LayerInput[];
}

export const sequentialRule: LayerRule<SequentialConfig> = {
  fields: { layers: layersField },
  contains: "layers",
  build: ({ layers }, inputShape, build) => buildChain(layers, inputShape, build),
  apply: ({ layers }, x, scope) => applyChain(layers.length, x, scope),
};
