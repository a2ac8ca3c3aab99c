import { type Tensor, toTensor } from "../tensor/tensor.ts";
import {
  type CeluConfig,
  celuRule,
  type EluConfig,
  type ExponentialConfig,
  eluRule,
  exponentialRule,
  type SeluConfig,
  type SoftplusConfig,
  seluRule,
  softplusRule,
} from "./activations/exponentials.ts";
import {
  type GeluConfig,
  geluRule,
  type HardSwishConfig,
  hardSwishRule,
  type MishConfig,
  mishRule,
  type SiluConfig,
  siluRule,
} from "./activations/gated.ts";
import {
  type LeakyReluConfig,
  leakyReluRule,
  type PreluConfig,
  preluRule,
  type Relu6Config,
  type ReluConfig,
  type RreluConfig,
  relu6Rule,
  reluRule,
  rreluRule,
  type ThresholdedReluConfig,
  thresholdedReluRule,
} from "./activations/rectifiers.ts";
import {
  type HardShrinkConfig,
  hardShrinkRule,
  type SoftShrinkConfig,
  softShrinkRule,
  type TanhShrinkConfig,
  tanhShrinkRule,
} from "./activations/shrink.ts";
import {
  type HardSigmoidConfig,
  type HardTanhConfig,
  hardSigmoidRule,
  hardTanhRule,
  type LogSigmoidConfig,
  logSigmoidRule,
  type SigmoidConfig,
  type SoftsignConfig,
  sigmoidRule,
  softsignRule,
  type TanhConfig,
  tanhRule,
} from "./activations/sigmoids.ts";
import {
  type IdentityConfig,
  identityRule,
  type LogSoftmaxConfig,
  logSoftmaxRule,
  type SoftmaxConfig,
  softmaxRule,
} from "./activations/softmax.ts";
import type { Resolved } from "./fields.ts";
import type { ActivationRule, Saturation } from "./layer.ts";

export type ActivationConfig =
  | ReluConfig
  | LeakyReluConfig
  | PreluConfig
  | RreluConfig
  | Relu6Config
  | ThresholdedReluConfig
  | EluConfig
  | SeluConfig
  | CeluConfig
  | SoftplusConfig
  | ExponentialConfig
  | TanhConfig
  | SigmoidConfig
  | HardSigmoidConfig
  | HardTanhConfig
  | LogSigmoidConfig
  | SoftsignConfig
  | GeluConfig
  | SiluConfig
  | MishConfig
  | HardSwishConfig
  | SoftmaxConfig
  | LogSoftmaxConfig
  | IdentityConfig
  | SoftShrinkConfig
  | HardShrinkConfig
  | TanhShrinkConfig;

export type ActivationType = ActivationConfig["type"];

/** Every activation. A type without an entry, or an entry without its facts, does not compile. */
export const ACTIVATIONS: {
  readonly [T in ActivationType]: ActivationRule<Extract<ActivationConfig, { readonly type: T }>>;
} = {
  relu: reluRule,
  leakyRelu: leakyReluRule,
  prelu: preluRule,
  rrelu: rreluRule,
  relu6: relu6Rule,
  thresholdedRelu: thresholdedReluRule,
  elu: eluRule,
  selu: seluRule,
  celu: celuRule,
  softplus: softplusRule,
  exponential: exponentialRule,
  tanh: tanhRule,
  sigmoid: sigmoidRule,
  hardSigmoid: hardSigmoidRule,
  hardTanh: hardTanhRule,
  logSigmoid: logSigmoidRule,
  softsign: softsignRule,
  gelu: geluRule,
  silu: siluRule,
  mish: mishRule,
  hardSwish: hardSwishRule,
  softmax: softmaxRule,
  logSoftmax: logSoftmaxRule,
  identity: identityRule,
  softShrink: softShrinkRule,
  hardShrink: hardShrinkRule,
  tanhShrink: tanhShrinkRule,
};

export function isActivation(config: { readonly type?: unknown }): config is Resolved<ActivationConfig> {
  return typeof config.type === "string" && Object.hasOwn(ACTIVATIONS, config.type);
}

/** The facts of an activation that do not depend on its configuration. */
export type ActivationKind = Pick<
  ActivationRule<ActivationConfig>["activation"],
  "inDepth" | "gives" | "isRectifier" | "isSilentBelow" | "source"
>;

export function activationKind({ type }: { readonly type: ActivationType }): ActivationKind {
  return ACTIVATIONS[type].activation;
}

/** Does each output depend on all units of its axis, so that one unit alone is constant? */
export function isOfAllUnits({ gives }: Pick<ActivationKind, "gives">): boolean {
  return gives === "distribution" || gives === "logDistribution";
}

/** The facts of an activation whose defaults are written out. */
export function activationFacts(config: Resolved<ActivationConfig>): {
  readonly gain: number;
  readonly range: readonly [number, number];
  readonly saturation: Saturation | undefined;
} & ActivationKind {
  const { activation } = ACTIVATIONS[config.type] as ActivationRule<ActivationConfig>;
  return {
    ...activation,
    gain: activation.gain(config),
    range: activation.range(config),
    saturation: activation.saturation(config),
  };
}

/** Which outputs of an activation are saturated: where its derivative has fallen below 4 % of the largest. bool, the shape of y.
 *  @returns undefined for an activation that does not saturate (a dead ReLU is not saturated: count its zeros). */
export function isSaturated(config: Resolved<ActivationConfig>, y: Tensor): Tensor | undefined {
  const { saturation } = activationFacts(config);
  if (saturation === undefined) return undefined;
  const low = saturation.below === undefined ? undefined : y.lessEqual(toTensor(saturation.below));
  const high = saturation.above === undefined ? undefined : y.greaterEqual(toTensor(saturation.above));
  return low && high ? low.or(high) : (low ?? high);
}
