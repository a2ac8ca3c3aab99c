import { ACTIVATIONS, type ActivationType } from "../../nn/activations.ts";
import type { ActivationFacts, Saturation } from "../../nn/layer.ts";
import { ruleOf } from "../../nn/layers.ts";
import type { LayerInfo, Model } from "../../nn/model.ts";

/** A softmax's derivative p (1 - p) is below 4 % of its largest value where p < 0.01 or p > 0.99, as a sigmoid's. */
const SOFTMAX: Saturation = { below: 0.01, above: 0.99 };

const RECURRENT: ReadonlySet<string> = new Set(["rnn", "lstm", "gru"]);

export function isRecurrent({ type }: Pick<LayerInfo, "type">): boolean {
  return RECURRENT.has(type);
}

/** Activations, and recurrent layers, whose outputs are what an activation gave. */
export function isActivation(layer: LayerInfo): boolean {
  return ruleOf(layer.config).activation !== undefined || isRecurrent(layer);
}

/** Where the layer's outputs are saturated; undefined where they cannot be. */
export function saturationOf({ type, config }: LayerInfo): Saturation | undefined {
  if (type === "softmax") return SOFTMAX;
  const own = ruleOf(config).activation;
  if (own !== undefined) return own.saturation?.(config as never);
  if (type !== "rnn" || config.type !== "rnn") return undefined;
  const cell = config.activation ?? "tanh";
  if (!Object.hasOwn(ACTIVATIONS, cell)) return undefined;
  // cells take activations by name, with their defaults
  const facts = ACTIVATIONS[cell as ActivationType].activation as ActivationFacts<unknown>;
  return facts.saturation?.({ type: cell });
}

/** The axis of an output (N, …) along which its units lie: channels of pictures, features of sequences and vectors. */
export function unitAxis({ outputShape, type }: LayerInfo, before: LayerInfo | undefined): number {
  if (outputShape.length <= 1) return outputShape.length;
  // a sequence (T, F) has its features last; anything that lies in space has its channels first
  const isSequence = outputShape.length === 2 && (isRecurrent({ type }) || isFeaturesLast(type, before));
  return isSequence ? 2 : 1;
}

const FEATURES_LAST: ReadonlySet<string> = new Set([
  "linear",
  "embedding",
  "multiHeadAttention",
  "positionalEncoding",
  "layerNorm",
]);

function isFeaturesLast(type: string, before: LayerInfo | undefined): boolean {
  return FEATURES_LAST.has(type) || (before !== undefined && (FEATURES_LAST.has(before.type) || isRecurrent(before)));
}

/** Layers whose outputs are worth looking at: activations, recurrent layers, and those with weights that nothing of this kind
 *  follows at once. Outputs that an activation takes are told by what it gives. */
export function observedLayers({ layers }: Model): readonly LayerInfo[] {
  return layers.filter((layer, index) => {
    if (isActivation(layer)) return true;
    if (ruleOf(layer.config).contains !== undefined || layer.parameterCount === 0) return false;
    const next = layers[index + 1];
    return next === undefined || !(isActivation(next) || next.type === "batchNorm");
  });
}
