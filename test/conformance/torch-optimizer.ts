import type { ClipConfig } from "../../src/optim/clip.ts";
import type { OptimizerConfig } from "../../src/optim/optimizers.ts";
import { Unsupported } from "./case.ts";

/** Every hyper-parameter of a PyTorch optimiser, by its Python name. */
export type TorchArguments = Readonly<Record<string, unknown>>;

type Translate = (given: TorchArguments) => OptimizerConfig;

function number(given: TorchArguments, name: string, fallback?: number): number {
  const value = given[name] ?? fallback;
  if (typeof value !== "number") throw new Unsupported(`optimizer argument ${name}=${String(value)}`);
  return value;
}

function betas(given: TorchArguments): { readonly beta1: number; readonly beta2: number } {
  const [beta1, beta2] = Array.isArray(given.betas) ? given.betas : [0.9, 0.999];
  return { beta1, beta2 };
}

/** PyTorch adds weight decay to the gradient, unless it is decoupled. */
function common(given: TorchArguments, decoupled = given.decoupled_weight_decay === true): object {
  if (given.maximize === true) throw new Unsupported("optimizer argument maximize");
  const decay = number(given, "weight_decay", 0);
  return { learningRate: number(given, "lr"), ...(decoupled ? { decoupledWeightDecay: decay } : { l2: decay }) };
}

const OPTIMIZERS: Readonly<Record<string, Translate>> = {
  sgd: (given) => ({
    type: "sgd",
    ...common(given),
    momentum: number(given, "momentum", 0),
    dampening: number(given, "dampening", 0),
    nesterov: given.nesterov === true,
  }),
  adagrad: (given) => ({
    type: "adagrad",
    ...common(given),
    lrDecay: number(given, "lr_decay", 0),
    initialAccumulator: number(given, "initial_accumulator_value", 0),
    epsilon: number(given, "eps", 1e-10),
  }),
  adadelta: (given) => ({
    type: "adadelta",
    ...common(given),
    rho: number(given, "rho", 0.9),
    epsilon: number(given, "eps", 1e-6),
  }),
  rmsprop: (given) => ({
    type: "rmsprop",
    ...common(given),
    rho: number(given, "alpha", 0.99),
    momentum: number(given, "momentum", 0),
    centered: given.centered === true,
    epsilon: number(given, "eps", 1e-8),
  }),
  adam: (given) => ({
    type: "adam",
    ...common(given),
    ...betas(given),
    epsilon: number(given, "eps", 1e-8),
    amsgrad: given.amsgrad === true,
  }),
  adamw: (given) => ({
    type: "adamw",
    ...common(given, true),
    ...betas(given),
    epsilon: number(given, "eps", 1e-8),
    amsgrad: given.amsgrad === true,
  }),
  nadam: (given) => ({
    type: "nadam",
    ...common(given),
    ...betas(given),
    epsilon: number(given, "eps", 1e-8),
    momentumDecay: number(given, "momentum_decay", 4e-3),
  }),
  adamax: (given) => ({
    type: "adamax",
    ...common(given),
    ...betas(given),
    epsilon: number(given, "eps", 1e-8),
    epsilonInside: true,
  }),
  radam: (given) => ({ type: "radam", ...common(given), ...betas(given), epsilon: number(given, "eps", 1e-8) }),
};

/** A PyTorch optimiser as ours. @throws Unsupported for one that does not exist here. */
export function optimizerOf(type: string, given: TorchArguments): OptimizerConfig {
  const translate = OPTIMIZERS[type];
  if (!translate) throw new Unsupported(`optimizer ${type}`);
  return translate(given);
}

/** How a trajectory clips its gradients. */
export type TorchClip =
  | { readonly type: "norm"; readonly maxNorm: number; readonly normType?: number | string }
  | { readonly type: "value"; readonly value: number };

/** PyTorch adds 1e-6 to the norm before dividing. */
export const TORCH_CLIP_EPSILON = 1e-6;

export function clipOf(clip: TorchClip): ClipConfig {
  if (clip.type === "value") return { type: "value", value: clip.value };
  const { maxNorm, normType = 2 } = clip;
  const p = normType === "inf" || normType === "Infinity" ? "inf" : Number(normType);
  return { type: "globalNorm", maxNorm, normType: p, epsilon: TORCH_CLIP_EPSILON };
}
