import {
  callback,
  checkOptions,
  either,
  type Fields,
  NOT_NEGATIVE,
  number,
  oneOf,
  POSITIVE,
  required,
} from "../core/fields.ts";
import { mapTree, type Tree } from "../core/tree.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { splitConfig } from "./config.ts";
import { globalNorm, lengthOf, type NormType, quotient, shortening, unitLengths } from "./norms.ts";
import type { Transform } from "./transform.ts";
import { leavesOf, treeFrom } from "./trees.ts";

// Every clip reports the measure `gradientNorm`: the global norm before clipping.

export interface ClipByValueOptions {
  /** > 0 */
  readonly value: number;
}

const VALUE_CHECKS: Fields<ClipByValueOptions> = { value: required(POSITIVE) };

/** Clips each element to [-value, value]. Changes the gradient's direction.
 *    g <- min(max(g, -value), value)
 *  @throws `bad-argument` unless value > 0.
 *  Source: Mikolov, "Statistical Language Models Based on Neural Networks", 2012. */
export function clipByValue(options: ClipByValueOptions): Transform {
  checkOptions("clipByValue", options, VALUE_CHECKS);
  const { value } = options;
  return stateless((gradients) => ({
    clipped: mapTree(gradients, (g) => g.clip(-value, value)),
    gradientNorm: globalNorm(gradients),
  }));
}

export interface ClipByNormOptions {
  /** > 0 */
  readonly maxNorm: number;
  /** Added to the norm before dividing; PyTorch adds 1e-6. Default 0. */
  readonly epsilon?: number | undefined;
}

const NORM_CHECKS: Fields<ClipByNormOptions> = { maxNorm: required(POSITIVE), epsilon: NOT_NEGATIVE };

/** Scales each tensor separately to norm c or below, keeping its direction (Keras's `clipnorm`).
 *    g <- g c / max(|g| + epsilon, c),   c = maxNorm
 *  @throws `bad-argument` unless maxNorm > 0 and epsilon >= 0.
 *  Source: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", 2013. */
export function clipByNorm(options: ClipByNormOptions): Transform {
  checkOptions("clipByNorm", options, NORM_CHECKS);
  const { maxNorm, epsilon = 0 } = options;
  return stateless((gradients) => ({
    clipped: mapTree(gradients, (g) => shortening(lengthOf([g]), maxNorm, epsilon)(g)),
    gradientNorm: globalNorm(gradients),
  }));
}

export interface ClipByGlobalNormOptions extends ClipByNormOptions {
  /** p of the p-norm, >= 1, or "inf". Default 2. */
  readonly normType?: NormType | undefined;
}

const GLOBAL_NORM_CHECKS: Fields<ClipByGlobalNormOptions> = {
  ...NORM_CHECKS,
  normType: either(
    number("a number >= 1", (value) => value >= 1),
    oneOf("inf"),
  ),
};

/** Scales all gradients together, as one vector, to norm c or below, keeping its direction.
 *    g <- g c / max(|all g|_p + epsilon, c),   c = maxNorm, p = normType
 *  The measure `gradientNorm` is |all g|_p.
 *  @throws `bad-argument` unless maxNorm > 0, epsilon >= 0 and normType >= 1.
 *  Source: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", 2013. */
export function clipByGlobalNorm(options: ClipByGlobalNormOptions): Transform {
  checkOptions("clipByGlobalNorm", options, GLOBAL_NORM_CHECKS);
  const { maxNorm, epsilon = 0, normType = 2 } = options;
  const p = normType === Number.POSITIVE_INFINITY ? "inf" : normType;
  return stateless((gradients) => {
    const length = lengthOf(leavesOf(gradients), p);
    return { clipped: mapTree(gradients, shortening(length, maxNorm, epsilon)), gradientNorm: quotient(length) };
  });
}

export interface AdaptiveClipOptions {
  /** lambda, the largest ratio of gradient norm to weight norm, > 0. Default 0.01. */
  readonly factor?: number | undefined;
  /** Weight norms count as at least this large, so that zero weights can move. Default 1e-3. */
  readonly epsilon?: number | undefined;
  /** Parameters to leave unclipped; the paper excludes the last layer. Default: none. */
  readonly exclude?: ((path: string, parameter: Tensor) => boolean) | undefined;
}

const ADAPTIVE_CHECKS: Fields<AdaptiveClipOptions> = {
  factor: POSITIVE,
  epsilon: POSITIVE,
  exclude: callback(),
};

/** Clips each unit's gradient to a fraction of its weights' norm.
 *    G_i <- G_i c_i / max(|G_i|, c_i),   c_i = factor * max(|W_i|, epsilon)
 *  W_i, G_i: row i, everything that feeds output unit i; a parameter of rank < 2 is one unit.
 *  @throws `bad-argument` unless factor > 0 and epsilon > 0.
 *  Source: Brock et al., "High-Performance Large-Scale Image Recognition Without Normalization", 2021. */
export function adaptiveClip(options: AdaptiveClipOptions = {}): Transform {
  checkOptions("adaptiveClip", options, ADAPTIVE_CHECKS);
  const { factor = 0.01, epsilon = 1e-3, exclude = () => false } = options;
  return stateless((gradients, parameters) => {
    const weights = leavesOf(parameters);
    const paths: boolean[] = [];
    mapTree(parameters, (weight, path) => paths.push(exclude(path, weight)));
    const clipped = leavesOf(gradients).map((g, index) => {
      if (paths[index]) return g;
      const limit = quotient(unitLengths(weights[index] as Tensor))
        .maximum(epsilon)
        .mul(factor);
      return shortening(unitLengths(g), limit)(g);
    });
    return { clipped: treeFrom(gradients, clipped), gradientNorm: globalNorm(gradients) };
  });
}

/** The options of every clip, by its type in a configuration. */
export interface ClipOptionsByType {
  readonly value: ClipByValueOptions;
  readonly norm: ClipByNormOptions;
  readonly globalNorm: ClipByGlobalNormOptions;
  readonly adaptive: AdaptiveClipOptions;
}

export type ClipType = keyof ClipOptionsByType;

/** A clip as data: `{ type: "globalNorm", maxNorm: 1 }`. */
export type ClipConfig = { [Type in ClipType]: { readonly type: Type } & ClipOptionsByType[Type] }[ClipType];

export const CLIPS: { readonly [Type in ClipType]: (options: ClipOptionsByType[Type]) => Transform } = {
  value: clipByValue,
  norm: clipByNorm,
  globalNorm: clipByGlobalNorm,
  adaptive: adaptiveClip,
};

/** What each clip takes. */
export const CLIP_FIELDS: { readonly [Type in ClipType]: Fields<ClipOptionsByType[Type]> } = {
  value: VALUE_CHECKS,
  norm: NORM_CHECKS,
  globalNorm: GLOBAL_NORM_CHECKS,
  adaptive: ADAPTIVE_CHECKS,
};

/** Creates the clip that a configuration describes.
 *  @throws `unknown-field` for an unknown type or a misspelt field, with a suggestion; `bad-argument` for a value out of range. */
export function createClip(config: ClipConfig): Transform {
  const { type, options } = splitConfig("clip", config, CLIPS);
  return (CLIPS[type] as (options: object) => Transform)(options);
}

function stateless(
  clip: (
    gradients: Tree<Tensor>,
    parameters: Tree<Tensor>,
  ) => { readonly clipped: Tree<Tensor>; readonly gradientNorm: Tensor },
): Transform {
  return {
    init: () => ({}),
    update(gradients, state, parameters) {
      const { clipped, gradientNorm } = clip(gradients, parameters);
      return { updates: clipped, state, measures: { gradientNorm } };
    },
  };
}
