import { required } from "../core/fields.ts";
import { resolveShape, type Shape, sizeOf } from "../core/shape.ts";
import { shapeField } from "./fields.ts";
import type { LayerRule } from "./layer.ts";

/** Joins all axes of a sample: (N, …) -> (N, product). */
export interface FlattenConfig {
  readonly type: "flatten";
}

export const flattenRule: LayerRule<FlattenConfig> = {
  fields: {},
  facts: { role: "layout", passes: "range", unitAxis: "input" },
  outputShape: (_, inputShape) => [sizeOf(inputShape)],
  apply: (_, x) => x.flatten(1),
};

/** Gives each sample another shape of the same size: (N, …) -> (N, …shape). */
export interface ReshapeConfig {
  readonly type: "reshape";
  /** without the batch axis; one size may be -1 */
  readonly shape: Shape;
}

export const reshapeRule: LayerRule<ReshapeConfig> = {
  fields: { shape: required(shapeField(true)) },
  facts: { role: "layout", passes: "range", unitAxis: "input" },
  outputShape: ({ shape }, inputShape) => resolveShape("reshape", shape, sizeOf(inputShape)),
  apply: ({ shape }, x) =>
    x.reshape([x.shape[0] as number, ...resolveShape("reshape", shape, sizeOf(x.shape.slice(1)))]),
};
