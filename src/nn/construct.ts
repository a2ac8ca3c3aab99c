import type {
  CeluConfig,
  EluConfig,
  ExponentialConfig,
  SeluConfig,
  SoftplusConfig,
} from "./activations/exponentials.ts";
import type { GeluConfig, HardSwishConfig, MishConfig, SiluConfig } from "./activations/gated.ts";
import type {
  LeakyReluConfig,
  PreluConfig,
  Relu6Config,
  ReluConfig,
  RreluConfig,
  ThresholdedReluConfig,
} from "./activations/rectifiers.ts";
import type { HardShrinkConfig, SoftShrinkConfig, TanhShrinkConfig } from "./activations/shrink.ts";
import type {
  HardSigmoidConfig,
  HardTanhConfig,
  LogSigmoidConfig,
  SigmoidConfig,
  SoftsignConfig,
  TanhConfig,
} from "./activations/sigmoids.ts";
import type { IdentityConfig, LogSoftmaxConfig, SoftmaxConfig } from "./activations/softmax.ts";
import type { ActivationConfig, ActivationType } from "./activations.ts";
import type { MultiHeadAttentionConfig } from "./attention/multi-head-attention.ts";
import type { PositionalEncodingConfig } from "./attention/positional-encoding.ts";
import type { BatchNormConfig } from "./batch-norm.ts";
import type { AlphaDropoutConfig, DropoutConfig, GaussianDropoutConfig, GaussianNoiseConfig } from "./dropout.ts";
import type { EmbeddingConfig } from "./embedding.ts";
import type { LayerNormConfig } from "./layer-norm.ts";
import { layerOf } from "./layer-of.ts";
import type { ActivationLayer, LayerInput, SequentialConfig, SkipConfig } from "./layers.ts";
import type { LinearConfig } from "./linear.ts";
import type { GruConfig } from "./recurrent/gru.ts";
import type { LstmConfig } from "./recurrent/lstm.ts";
import type { RnnConfig } from "./recurrent/simple-rnn.ts";
import type { FlattenConfig, ReshapeConfig } from "./reshape.ts";
import type { SequencePoolConfig } from "./sequence-pool.ts";

export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  depthwiseConv2d,
  globalAvgPool,
  globalMaxPool,
  groupNorm,
  instanceNorm,
  localResponseNorm,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  spatialDropout,
  upsampling,
  zeroPadding,
} from "./conv/construct.ts";

// Short ways to write layers: each returns plain data, the configuration that JSON would hold. The declaration of the
// configuration explains its fields.

/** The fields of a configuration besides those given by position. */
type Options<C, Given extends keyof C = never> = Omit<C, "type" | Given>;

/** A constructor of layers whose fields all have defaults. */
function plain<C extends { readonly type: string }>(type: C["type"]): (options?: Options<C>) => C {
  return (options) => layerOf<C>(type, {}, options);
}

/** y = x W^T + b with `units` outputs. */
export function linear(units: number, options?: Options<LinearConfig, "units">): LinearConfig {
  return layerOf("linear", { units }, options);
}

/** Sets a share `rate` of the numbers to 0 during training. */
export function dropout(rate: number): DropoutConfig {
  return { type: "dropout", rate };
}

/** Dropout for SELU networks. */
export function alphaDropout(rate: number): AlphaDropoutConfig {
  return { type: "alphaDropout", rate };
}

/** Adds N(0, std^2) during training. */
export function gaussianNoise(std: number): GaussianNoiseConfig {
  return { type: "gaussianNoise", std };
}

/** Multiplies by N(1, rate / (1 - rate)) during training. */
export function gaussianDropout(rate: number): GaussianDropoutConfig {
  return { type: "gaussianDropout", rate };
}

/** (N, …) -> (N, …shape). */
export function reshape(shape: readonly number[]): ReshapeConfig {
  return { type: "reshape", shape };
}

/** One learned vector of `units` numbers for each index below `vocabulary`. */
export function embedding(
  vocabulary: number,
  units: number,
  options?: Options<EmbeddingConfig, "vocabulary" | "units">,
): EmbeddingConfig {
  return layerOf("embedding", { vocabulary, units }, options);
}

/** The simple recurrent layer with `units` outputs: (N, T, F) -> (N, units), or (N, T, units) with returnSequences. */
export function rnn(units: number, options?: Options<RnnConfig, "units">): RnnConfig {
  return layerOf("rnn", { units }, options);
}

/** Long short-term memory with `units` outputs: (N, T, F) -> (N, units), or (N, T, units) with returnSequences. */
export function lstm(units: number, options?: Options<LstmConfig, "units">): LstmConfig {
  return layerOf("lstm", { units }, options);
}

/** Gated recurrent units with `units` outputs: (N, T, F) -> (N, units), or (N, T, units) with returnSequences. */
export function gru(units: number, options?: Options<GruConfig, "units">): GruConfig {
  return layerOf("gru", { units }, options);
}

/** y = x + f(x), f the layers in order. */
export function skip(layers: readonly LayerInput[], options?: Options<SkipConfig, "layers">): SkipConfig {
  return layerOf("skip", { layers }, options);
}

/** Layers in order, as one layer. */
export function block(layers: readonly LayerInput[]): SequentialConfig {
  return { type: "sequential", layers };
}

/** An activation by name or configuration. */
export function activation(chosen: ActivationType | ActivationConfig): ActivationLayer {
  return { type: "activation", function: chosen };
}

/** Self-attention: each step becomes a weighted mean of all steps. */
export function multiHeadAttention(
  heads: number,
  options?: Options<MultiHeadAttentionConfig, "heads">,
): MultiHeadAttentionConfig {
  return layerOf("multiHeadAttention", { heads }, options);
}

export const flatten = plain<FlattenConfig>("flatten");
export const batchNorm = plain<BatchNormConfig>("batchNorm");
export const layerNorm = plain<LayerNormConfig>("layerNorm");
export const positionalEncoding = plain<PositionalEncodingConfig>("positionalEncoding");
export const sequencePool = plain<SequencePoolConfig>("sequencePool");

export const relu = plain<ReluConfig>("relu");
export const leakyRelu = plain<LeakyReluConfig>("leakyRelu");
export const prelu = plain<PreluConfig>("prelu");
export const rrelu = plain<RreluConfig>("rrelu");
export const relu6 = plain<Relu6Config>("relu6");
export const thresholdedRelu = plain<ThresholdedReluConfig>("thresholdedRelu");
export const elu = plain<EluConfig>("elu");
export const selu = plain<SeluConfig>("selu");
export const celu = plain<CeluConfig>("celu");
export const gelu = plain<GeluConfig>("gelu");
export const silu = plain<SiluConfig>("silu");
export const mish = plain<MishConfig>("mish");
export const hardSwish = plain<HardSwishConfig>("hardSwish");
export const softplus = plain<SoftplusConfig>("softplus");
export const softsign = plain<SoftsignConfig>("softsign");
export const tanh = plain<TanhConfig>("tanh");
export const sigmoid = plain<SigmoidConfig>("sigmoid");
export const hardSigmoid = plain<HardSigmoidConfig>("hardSigmoid");
export const hardTanh = plain<HardTanhConfig>("hardTanh");
export const logSigmoid = plain<LogSigmoidConfig>("logSigmoid");
export const softmax = plain<SoftmaxConfig>("softmax");
export const logSoftmax = plain<LogSoftmaxConfig>("logSoftmax");
export const exponential = plain<ExponentialConfig>("exponential");
export const identity = plain<IdentityConfig>("identity");
export const softShrink = plain<SoftShrinkConfig>("softShrink");
export const hardShrink = plain<HardShrinkConfig>("hardShrink");
export const tanhShrink = plain<TanhShrinkConfig>("tanhShrink");
