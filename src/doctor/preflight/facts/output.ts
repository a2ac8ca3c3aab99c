import {
  type ActivationConfig,
  type ActivationKind,
  type ActivationType,
  activationFacts,
  activationKind,
  isActivation,
} from "../../../nn/activations.ts";
import type { Resolved } from "../../../nn/fields.ts";
import { factsOf, type LayerConfig } from "../../../nn/layers.ts";
import type { Model } from "../../../nn/model.ts";

/** Facts about what follows the last sum, before the loss. */
export interface OutputFacts {
  /** `identity` if there is no activation. */
  readonly activation: ActivationType;
  readonly kind: ActivationKind;
  /** Path of the activation; of the last layer if there is none. */
  readonly path: string;
  /** Smallest and largest possible output. */
  readonly range: readonly [number, number];
  /** Size of the last axis of a sample's output: 1 for a single number. */
  readonly units: number;
}

/** Recurrent layers end in their cell's activation: for gated ones, a gate of at most 1 times a hyperbolic tangent. */
function cellActivation(layer: Resolved<LayerConfig>): Resolved<ActivationConfig> | undefined {
  const facts = factsOf(layer);
  return facts.role === "recurrent" ? { type: facts.activation(layer) } : undefined;
}

interface Found {
  readonly path: string;
  readonly activation: Resolved<ActivationConfig>;
}

function search(layers: readonly LayerConfig[], prefix: string): Found | undefined {
  for (let index = layers.length - 1; index >= 0; index--) {
    const layer = layers[index] as Resolved<LayerConfig>;
    const path = `${prefix}${index}`;
    const { role, passes } = factsOf(layer);
    if (passes === "range" || passes === "largest") continue;
    if (role === "chain" && "layers" in layer) {
      const found = search(layer.layers as readonly LayerConfig[], `${path}.`);
      if (found) return found;
      continue;
    }
    if (isActivation(layer)) return { path, activation: layer };
    return { path, activation: cellActivation(layer) ?? { type: "identity" } };
  }
  return undefined;
}

/** The output activation: the last layer, or one before dropout or pooling at the end, or none. */
export function outputFacts({ config, outputShape }: Model): OutputFacts {
  const found = search(config.layers, "") ?? {
    path: String(config.layers.length - 1),
    activation: { type: "identity" as const },
  };
  return {
    activation: found.activation.type,
    kind: activationKind(found.activation),
    path: found.path,
    range: activationFacts(found.activation).range,
    units: outputShape.at(-1) ?? 1,
  };
}
