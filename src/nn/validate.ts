import { describe, isRecord } from "../core/describe.ts";
import { GradusError } from "../core/errors.ts";
import { field, required } from "../core/fields.ts";
import { reference } from "../core/json-schema.ts";
import { requireKnownName } from "../core/suggest.ts";
import { isActivation } from "./activations.ts";
import { type Fields, resolveConfig } from "./fields.ts";
import { type ActivationLayer, LAYERS, type LayerConfig, type LayerInput, type LayerType, ruleOf } from "./layers.ts";
import { requireLayerCount, requireNesting } from "./limits.ts";

/** `in layers.1 (linear)`, the start of every message about a layer. */
export function layerName(place: string, type: string): string {
  return `in ${place} (${type})`;
}

export const WRAPPER: Fields<ActivationLayer> = {
  function: required(
    field(
      "the name of an activation, or its configuration",
      (value) => isActivation(isRecord(value) ? value : { type: value }),
      reference("activation"),
    ),
  ),
};

/** @throws `unknown-field` for an unknown or missing type; `bad-argument` for a value that is not a name. */
function requireLayerType(place: string, type: unknown): asserts type is LayerType {
  requireKnownName(`in ${place}`, "layer type", type, [...Object.keys(LAYERS), "activation"], { layer: place });
}

/** Checks one layer and its inner layers, and fills in all defaults.
 *  @param place in the configuration: `layers.1`.
 *  @param depth number of containers around it.
 *  @throws `unknown-field` for a misspelt type or field, `bad-argument` for a value that a field does not accept, `limit-exceeded` for
 *    too many layers, or too deeply nested containers. */
export function resolveLayer(place: string, given: unknown, depth = 0): LayerConfig {
  const config = typeof given === "string" ? { type: given } : given;
  if (!isRecord(config)) {
    throw new GradusError(
      "bad-argument",
      `in ${place}: a layer must be { type: …, … } or a name, got ${describe(given)}.`,
      {
        layer: place,
      },
    );
  }
  const { type } = config;
  if (type === "activation") {
    const { function: chosen } = resolveConfig(layerName(place, type), config, WRAPPER);
    return resolveLayer(place, chosen, depth);
  }
  requireLayerType(place, type);
  const rule = ruleOf({ type });
  const resolved = resolveConfig<LayerConfig>(layerName(place, type), config, rule.fields);
  if (rule.contains === undefined) return resolved as LayerConfig;
  const { layers } = resolved as { readonly layers: readonly LayerInput[] };
  return { ...resolved, layers: resolveLayers(`${place}.layers`, layers, depth + 1) } as LayerConfig;
}

/** Checks layers in order. See `resolveLayer`. */
export function resolveLayers(place: string, layers: readonly unknown[], depth = 0): LayerConfig[] {
  requireNesting(depth);
  requireLayerCount(`in ${place}`, layers.length);
  return layers.map((layer, index) => resolveLayer(`${place}.${index}`, layer, depth));
}
