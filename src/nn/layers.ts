import { ACTIVATIONS, type ActivationConfig, type ActivationType } from "./activations.ts";
import { type MultiHeadAttentionConfig, multiHeadAttentionRule } from "./attention/multi-head-attention.ts";
import { type PositionalEncodingConfig, positionalEncodingRule } from "./attention/positional-encoding.ts";
import { type BatchNormConfig, batchNormRule } from "./batch-norm.ts";
import { type Sequential, sequentialRule } from "./chain.ts";
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
import type { Resolved } from "./fields.ts";
import type { LayerFacts, LayerRule } from "./layer.ts";
import { type LayerNormConfig, layerNormRule } from "./layer-norm.ts";
import { type LinearConfig, linearRule } from "./linear.ts";
import { type GruConfig, gruRule } from "./recurrent/gru.ts";
import { type LstmConfig, lstmRule } from "./recurrent/lstm.ts";
import { type RnnConfig, rnnRule } from "./recurrent/simple-rnn.ts";
import { type FlattenConfig, flattenRule, type ReshapeConfig, reshapeRule } from "./reshape.ts";
import { type SequencePoolConfig, sequencePoolRule } from "./sequence-pool.ts";
import { type Skip, skipRule } from "./skip.ts";

/** A layer that holds no others. */
type SingleConfig =
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
  | GruConfig;

/** A residual block of any layers. */
export interface SkipConfig extends Skip<LayerInput> {}

/** Any layers in order, as one. */
export interface SequentialConfig extends Sequential<LayerInput> {}

/** A layer as data. */
export type LayerConfig = SingleConfig | SkipConfig | SequentialConfig;

// not LayerConfig["type"]: what containers hold is made of it
export type LayerType = SingleConfig["type"] | "skip" | "sequential";

/** Another way to write an activation: `{ type: "activation", function: "tanh" }`. */
export interface ActivationLayer {
  readonly type: "activation";
  readonly function: ActivationType | ActivationConfig;
}

/** What models accept as a layer: a configuration, or the bare name of a type that needs no fields (`"relu"`). */
export type LayerInput = LayerConfig | ActivationLayer | LayerType;

/** Every layer. To add one: its file, and one line here. A type without an entry, or an entry without its facts, does not compile. */
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
  skip: skipRule<LayerInput>(),
  sequential: sequentialRule<LayerInput>(),
};

/** The rule of a layer, for code that treats all types alike. */
export function ruleOf(config: { readonly type: LayerType }): LayerRule<LayerConfig, PropertyKey> {
  return LAYERS[config.type] as unknown as LayerRule<LayerConfig, PropertyKey>;
}

/** Every activation works on numbers one by one, or along an axis that stays. */
const ACTIVATION = { role: "activation", passes: "nothing", unitAxis: "input" } as const;

/** What is known about a type of layer: the answer to every "is it a …". */
export function factsOf(config: { readonly type: LayerType }): LayerFacts<Resolved<LayerConfig>, PropertyKey> {
  return ruleOf(config).facts ?? ACTIVATION;
}

/** Does it use batch statistics in training, so that what becomes of a sample depends on the others of its batch? */
export function normalizesBatch(config: { readonly type: LayerType }): boolean {
  const facts = factsOf(config);
  return facts.role === "normalization" && facts.over === "batch";
}

/** Configurations that have a certain field. */
export type WithField<Field extends string, C = LayerConfig> = C extends unknown
  ? Field extends keyof C
    ? C
    : never
  : never;
