import { field, type RequiredField, required } from "../core/fields.ts";
import { reference } from "../core/json-schema.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { BuildInner, LayerRule, LayerScope } from "./layer.ts";

// Containers only hand their inner layers on. What a layer may be, `Layer`, comes from the table of all layers, which knows containers.

/** The field that holds inner layers; each is checked by its own rule. */
export function layersField<Layer>(): RequiredField<readonly Layer[]> {
  return required(field("a list of layers", Array.isArray, { type: "array", items: reference("layer") }));
}

/** Builds layers in order, named by position; returns the output shape of the last one. */
export function buildChain(layers: readonly unknown[], inputShape: Shape, build: BuildInner): Shape {
  let shape = inputShape;
  layers.forEach((layer, index) => {
    shape = build(String(index), layer, shape, layers.slice(index + 1));
  });
  return shape;
}

/** Applies layers in order. */
export function applyChain(count: number, x: Tensor, scope: LayerScope): Tensor {
  let y = x;
  for (let index = 0; index < count; index++) y = scope.inner(String(index), y);
  return y;
}

/** Layers in order, as one layer: y = f_n(… f_1(x)). */
export interface Sequential<Layer> {
  readonly type: "sequential";
  readonly layers: readonly Layer[];
}

export function sequentialRule<Layer>(): LayerRule<Sequential<Layer>> {
  return {
    facts: { role: "chain", passes: "nothing", unitAxis: "input" },
    fields: { layers: layersField<Layer>() },
    contains: "layers",
    build: ({ layers }, inputShape, build) => buildChain(layers, inputShape, build),
    apply: ({ layers }, x, scope) => applyChain(layers.length, x, scope),
  };
}
