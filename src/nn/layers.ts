import { ACTIVATIONS, type ActivationConfig, type ActivationType } from "./activations.ts";
import { type MultiHeadAttentionConfig, multiHeadAttentionRule } from "./attention/multi-head-attention.ts";
import { type PositionalEncodingConfig, positionalEncodingRule } from "./attention/positional-encoding.ts";
import { type BatchNormConfig, batchNormRule } from "./batch-norm.ts";
import { type SequentialConfig, sequentialRule } from "./chain.ts";
import { SPATIAL_LAYERS, type SpatialConfig } from "./conv/layers.ts";
import {
  type AlphaDropoutConfig,
  alphaDropoutRule,
  type DropoutConfig,
  dropoutRule,
  type GaussianDropoutConfig,
  type GaussianNoiseConfig,
  gaussianDropoutRule,
  gaussianNoiseRule,
} from "./dropout.ts";
import { type EmbeddingConfig, embeddingRule } from "./embedding.ts";
import type { LayerRule } from "./layer.ts";
import { type LayerNormConfig, layerNormRule } from "./layer-norm.ts";
import { type LinearConfig, linearRule } from "./linear.ts";
import { type GruConfig, gruRule } from "./recurrent/gru.ts";
import { type LstmConfig, lstmRule } from "./recurrent/lstm.ts";
import { type RnnConfig, rnnRule } from "./recurrent/simple-rnn.ts";
import { type FlattenConfig, flattenRule, type ReshapeConfig, reshapeRule } from "./reshape.ts";
import { type SequencePoolConfig, sequencePoolRule } from "./sequence-pool.ts";
import { type SkipConfig, skipRule } from "./skip.ts";

/** A layer as data. */
export type LayerConfig =
  | LinearConfig
  | ActivationConfig
  | SpatialConfig
  | BatchNormConfig
  | LayerNormConfig
  | DropoutConfig
  | AlphaDropoutConfig
  | GaussianNoiseConfig
  | GaussianDropoutConfig
  | FlattenConfig
  | ReshapeConfig
  | MultiHeadAttentionConfig
  | PositionalEncodingConfig
  | SequencePoolConfig
  | EmbeddingConfig
  | RnnConfig
  | LstmConfig
  | GruConfig
  | SkipConfig
  | SequentialConfig;

export type LayerType = LayerConfig["type"];

/** Another way to write an activation: `{ type: "activation", function: "tanh" }`. */
export interface ActivationLayer {
  readonly type: "activation";
  readonly function: ActivationType | ActivationConfig;
}

/** What models take for a layer: a configuration, or the bare name of a type that needs no fields (`"relu"`). */
export type LayerInput = LayerConfig | ActivationLayer | LayerType;

/** Every layer. To add one: its file, and one line here. A type without an entry does not compile. */
export const LAYERS: { readonly [T in LayerType]: LayerRule<Extract<LayerConfig, { readonly type: T }>> } = {
  linear: linearRule,
  ...ACTIVATIONS,
  ...SPATIAL_LAYERS,
  batchNorm: batchNormRule,
  layerNorm: layerNormRule,
  dropout: dropoutRule,
  alphaDropout: alphaDropoutRule,
  gaussianNoise: gaussianNoiseRule,
  gaussianDropout: gaussianDropoutRule,
  flatten: flattenRule,
  reshape: reshapeRule,
  multiHeadAttention: multiHeadAttentionRule,
  positionalEncoding: positionalEncodingRule,
  sequencePool: sequencePoolRule,
  embedding: embeddingRule,
  rnn: rnnRule,
  lstm: lstmRule,
  gru: gruRule,
  skip: skipRule,
  sequential: sequentialRule,
};

/** The rule of a layer, for code that treats all types alike. */
export function ruleOf(config: { readonly type: LayerType }): LayerRule<LayerConfig> {
  return LAYERS[config.type] as LayerRule<LayerConfig>;
}
