import { ACTIVATIONS } from "../../nn/activations.ts";
import type { ActivationFacts, Saturation } from "../../nn/layer.ts";
import { factsOf, normalizesBatch, ruleOf } from "../../nn/layers.ts";
import type { LayerInfo, Model } from "../../nn/model.ts";

export function isRecurrent({ type }: Pick<LayerInfo, "type">): boolean {
  return factsOf({ type }).role === "recurrent";
}

/** Activations, and recurrent layers, whose outputs come from an activation. */
export function isActivation(layer: Pick<LayerInfo, "type">): boolean {
  return factsOf(layer).role === "activation" || isRecurrent(layer);
}

/** Where the layer's outputs are saturated; undefined if they cannot be. */
export function saturationOf({ type, config }: LayerInfo): Saturation | undefined {
  const facts = factsOf({ type });
  if (facts.role !== "recurrent") return ruleOf(config).activation?.saturation(config);
  if (facts.isGated) return undefined;
  const cell = facts.activation(config);
  // cells take activations by name, with their defaults
  const { saturation } = ACTIVATIONS[cell].activation as ActivationFacts<unknown>;
  return saturation({ type: cell });
}

/** The axis of an output (N, …) along which its units lie: channels of pictures, features of sequences and vectors. */
export function unitAxis(layer: LayerInfo, before: LayerInfo | undefined): number {
  const { outputShape } = layer;
  if (outputShape.length !== 2) return Math.min(outputShape.length, 1);
  const own = factsOf(layer).unitAxis;
  const axis = own === "input" && before !== undefined ? factsOf(before).unitAxis : own;
  return axis === "last" ? 2 : 1;
}

/** Layers whose outputs are measured: activations, recurrent layers, and those with weights, unless one of these or a batch
 *  normalisation follows at once: then its output stands for both. */
export function observedLayers({ layers }: Model): readonly LayerInfo[] {
  return layers.filter((layer, index) => {
    if (isActivation(layer)) return true;
    if (ruleOf(layer.config).contains !== undefined || layer.parameterCount === 0) return false;
    const next = layers[index + 1];
    return next === undefined || !(isActivation(next) || normalizesBatch(next));
  });
}
