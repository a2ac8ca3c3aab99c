import type { Resolved } from "../fields.ts";
import { factsOf, type LayerConfig, ruleOf } from "../layers.ts";
import { type InitConfig, resolveInit } from "./init.ts";

/** The layers in order of application, with those inside containers. */
function* opened(layers: readonly LayerConfig[]): Generator<LayerConfig> {
  for (const layer of layers) {
    if (ruleOf(layer).contains) yield* opened((layer as { readonly layers: readonly LayerConfig[] }).layers);
    else yield layer;
  }
}

/** The initialiser that `init: "auto"` stands for: by the activation that follows, looking through normalisation, dropout,
 *  noise, reshaping, padding, upsampling, and pooling by maximum or mean.
 *    ReLU and similar (leaky, ELU, GELU, SiLU, Mish, softplus, …)             He normal, with the rectifier's slope
 *    SELU                                                                     LeCun normal
 *    tanh, sigmoid, softsign, softmax and similar, or no activation           Glorot uniform
 *  @param after the layers that follow, with their defaults filled in. */
export function autoInit(after: readonly LayerConfig[]): InitConfig {
  let chosen: InitConfig = { type: "glorotUniform" };
  for (const layer of opened(after)) {
    const { activation } = ruleOf(layer);
    if (activation) chosen = activation.init(layer as Resolved<LayerConfig>);
    if (activation || factsOf(layer).passes === "nothing") break;
  }
  return resolveInit("auto", chosen) as InitConfig;
}
