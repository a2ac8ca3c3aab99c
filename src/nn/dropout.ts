import { DECAY, type Field, NOT_NEGATIVE, number, required } from "../core/fields.ts";
import { randomBernoulli, randomNormal } from "../tensor/random.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import { SELU } from "./activations/exponentials.ts";
import type { LayerRule } from "./layer.ts";

/** The share of the numbers to drop. */
export const SHARE: Field<number> = number("a number in [0, 1), the share that is dropped", DECAY.accepts);

/** Dropout: in training each number is set to 0 with probability `rate`, and the others are scaled up so that the mean stays.
 *    y = mask x / (1 - rate),   mask ~ Bernoulli(1 - rate), drawn for each element;   at prediction y = x
 *  Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout", 2014 (inverted: scaled during training). */
export interface DropoutConfig {
  readonly type: "dropout";
  /** probability of being dropped, in [0, 1) */
  readonly rate: number;
}

export function dropout(x: Tensor, key: Tensor, rate: number): Tensor {
  return where(randomBernoulli(key, x.shape, 1 - rate), x.mul(1 / (1 - rate)), 0);
}

export const dropoutRule: LayerRule<DropoutConfig> = {
  fields: { rate: required(SHARE) },
  facts: { role: "regularization", passes: "range", unitAxis: "input" },
  isRandom: ({ rate }) => rate > 0,
  apply: ({ rate }, x, scope) => (scope.stochastic && rate > 0 ? dropout(x, scope.key(), rate) : x),
};

/** Dropout for SELU networks: dropped numbers take SELU's limit, then all numbers are scaled so that mean and variance stay.
 *    y = a (mask x + (1 - mask) alpha') + b,   alpha' = -scale alpha = -1.7581
 *    a = (q + alpha'^2 q (1 - q))^(-1/2),   b = -a (1 - q) alpha',   q = 1 - rate
 *  Source: Klambauer, Unterthiner, Mayr, Hochreiter, "Self-Normalizing Neural Networks", 2017. */
export interface AlphaDropoutConfig {
  readonly type: "alphaDropout";
  /** probability of being dropped, in [0, 1) */
  readonly rate: number;
}

export function alphaDropout(x: Tensor, key: Tensor, rate: number): Tensor {
  const limit = -SELU.alpha * SELU.scale;
  const keep = 1 - rate;
  const a = 1 / Math.sqrt(keep + limit ** 2 * keep * rate);
  const b = -a * rate * limit;
  return where(randomBernoulli(key, x.shape, keep), x.mul(a).add(b), a * limit + b);
}

export const alphaDropoutRule: LayerRule<AlphaDropoutConfig> = {
  fields: { rate: required(SHARE) },
  facts: { role: "regularization", passes: "range", unitAxis: "input" },
  isRandom: ({ rate }) => rate > 0,
  apply: ({ rate }, x, scope) => (scope.stochastic && rate > 0 ? alphaDropout(x, scope.key(), rate) : x),
};

/** In training y = x + N(0, std^2), at prediction y = x.
 *  Source: Bishop, "Training with Noise is Equivalent to Tikhonov Regularization", 1995. */
export interface GaussianNoiseConfig {
  readonly type: "gaussianNoise";
  /** standard deviation, at least 0 */
  readonly std: number;
}

export function gaussianNoise(x: Tensor, key: Tensor, std: number): Tensor {
  return x.add(randomNormal(key, x.shape).mul(std));
}

export const gaussianNoiseRule: LayerRule<GaussianNoiseConfig> = {
  fields: { std: required(NOT_NEGATIVE) },
  facts: { role: "regularization", passes: "range", unitAxis: "input" },
  isRandom: ({ std }) => std > 0,
  apply: ({ std }, x, scope) => (scope.stochastic && std > 0 ? gaussianNoise(x, scope.key(), std) : x),
};

/** In training y = x N(1, rate / (1 - rate)): the mean and variance of dropout's factor, without its zeros.
 *  At prediction y = x. Source: Srivastava et al., "Dropout", 2014, section 10. */
export interface GaussianDropoutConfig {
  readonly type: "gaussianDropout";
  /** the rate of the equivalent dropout, in [0, 1) */
  readonly rate: number;
}

export function gaussianDropout(x: Tensor, key: Tensor, rate: number): Tensor {
  return x.mul(
    randomNormal(key, x.shape)
      .mul(Math.sqrt(rate / (1 - rate)))
      .add(1),
  );
}

export const gaussianDropoutRule: LayerRule<GaussianDropoutConfig> = {
  fields: { rate: required(SHARE) },
  facts: { role: "regularization", passes: "range", unitAxis: "input" },
  isRandom: ({ rate }) => rate > 0,
  apply: ({ rate }, x, scope) => (scope.stochastic && rate > 0 ? gaussianDropout(x, scope.key(), rate) : x),
};
