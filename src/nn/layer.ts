import type { DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Fields, Resolved } from "./fields.ts";
import type { Fans } from "./init/fans.ts";
import type { InitConfig, InitInput } from "./init/init.ts";
import type { CellActivation } from "./recurrent/cell-activation.ts";

/** A learned array of a layer. */
export interface ParameterSpec {
  readonly shape: Shape;
  readonly init: InitInput;
  /** default: from the shape */
  readonly fans?: Fans;
}

/** An array that a layer updates itself, without gradient: a running statistic, a counter. */
export interface BufferSpec {
  readonly shape: Shape;
  readonly dtype: DType;
  /** the first value, everywhere */
  readonly value: number;
}

/** What a layer sees while it is applied. */
export interface LayerScope {
  /** batch statistics are used, and running ones updated */
  readonly training: boolean;
  /** dropout and noise are on */
  readonly stochastic: boolean;
  readonly parameters: Readonly<Record<string, Tensor>>;
  readonly buffers: Readonly<Record<string, Tensor>>;
  /** the random key of this layer in this step; @throws `bad-argument` if the caller gave none */
  key(): Tensor;
  /** applies an inner layer of a container */
  inner(name: string, x: Tensor): Tensor;
}

/** Where an activation's derivative has fallen below 4 % of its largest value, seen from its output: y <= below, or y >= above. */
export interface Saturation {
  readonly below?: number;
  readonly above?: number;
}

/** What initialisers, probes and diagnoses need to know about an activation. */
export interface ActivationFacts<C> {
  /** g of std = g / sqrt(fanIn), which keeps the variance of the signal: He et al. 2015 for rectifiers and what resembles them,
   *  Klambauer et al. 2017 for SELU, PyTorch's table for the rest */
  readonly gain: (config: C) => number;
  /** what `init: "auto"` means for weights before this activation */
  readonly init: (config: C) => InitConfig;
  /** smallest and largest output */
  readonly range: (config: C) => readonly [number, number];
  /** undefined if the derivative keeps more than 4 % of its largest value, or falls to exactly 0 where it dies */
  readonly saturation: (config: C) => Saturation | undefined;
  /** What it does to signal and gradient when many layers have it:
   *    "unchanged"   nothing: the layers before and behind it are one
   *    "passes"      keeps a slope wherever units work
   *    "normalizes"  "passes", and keeps mean 0 and variance 1 from layer to layer
   *    "squashes"    its slope fades, so that gradients vanish with depth
   *    "dies"        it is flat over a whole range of inputs, where units get no gradient
   *    "grows"       it grows faster than its input */
  readonly inDepth: "unchanged" | "passes" | "normalizes" | "squashes" | "dies" | "grows";
  /** What its outputs can be read as. "probability" and "logProbability": of each unit by itself. "distribution" and
   *  "logDistribution": of all units on its axis together, so that one unit alone is constant. */
  readonly gives: "values" | "probability" | "distribution" | "logProbability" | "logDistribution";
  /** it has one bend, at 0, and the slope 1 behind it, so that the size of its output follows the size of its sums */
  readonly isRectifier: boolean;
  /** a unit whose sums all lie far below 0 gets no gradient and counts as dead (if false: as saturated, if at all) */
  readonly isSilentBelow: boolean;
  /** author, title, year */
  readonly source: string;
}

/** What a layer is for:
 *    "sum"             weighted sums and a bias, without an activation; fields `init`, `bias`, `biasInit`
 *    "activation"      one of `ACTIVATIONS`
 *    "normalization"   gives its input mean 0 and variance 1, whatever its scale was
 *    "regularization"  drops or disturbs values in training; does nothing at prediction
 *    "pooling"         one value per window
 *    "globalPooling"   one value per channel or feature
 *    "layout"          the same values in another shape
 *    "recurrent"       a state from step to step
 *    "lookup"          one vector per index
 *    "attention"       sums over steps, with weights that depend on the input
 *    "chain"           its inner layers, one after the other
 *    "residual"        its input, plus what its inner layers make of it
 *    "other"           none of these */
export type LayerRole = LayerFacts<never, PropertyKey>["role"];

/** What initialisers, probes and diagnoses need to know about a layer. `Field`: the names of its configuration's fields. */
export type LayerFacts<C, Field extends PropertyKey = keyof C> = RoleFacts<C, Field> & {
  /** What of an activation before it is still true behind it, at prediction:
   *    "range"    every output lies in the range of the inputs: it picks, averages or lays out
   *    "largest"  the same, and it picks the largest, so that sums on both sides of it are not one sum
   *    "signal"   it only rescales or pads: `init: "auto"` looks through it, but values may leave the range
   *    "nothing"  it computes something new */
  readonly passes: "range" | "largest" | "signal" | "nothing";
  /** Where the units of a sequence or picture lie in its output: first (channels, behind the batch axis), last (features), or where
   *  they lie in its input. */
  readonly unitAxis: "first" | "last" | "input";
};

type RoleFacts<C, Field extends PropertyKey> =
  | {
      readonly role:
        | "activation"
        | "regularization"
        | "pooling"
        | "globalPooling"
        | "layout"
        | "attention"
        | "chain"
        | "residual"
        | "other";
    }
  // remedies write these fields
  | ("init" | "bias" | "biasInit" extends Field ? { readonly role: "sum" } : never)
  | {
      readonly role: "normalization";
      /** "batch": in training, what becomes of a sample depends on the others of its batch */
      readonly over: "batch" | "sample";
    }
  | {
      readonly role: "lookup";
      /** inputs are whole numbers from 0 to this, exclusive */
      readonly vocabulary: (config: C) => number;
    }
  | {
      readonly role: "recurrent";
      /** the activation that the state goes through */
      readonly activation: (config: C) => CellActivation;
      /** gates multiply the state, so that outputs are not those of the activation */
      readonly isGated: boolean;
    };

/** Builds one inner layer of a container: its name within the container, its configuration, what flows in, what follows it. */
export type BuildInner = (name: string, config: unknown, inputShape: Shape, after: readonly unknown[]) => Shape;

/** What a type of layer does. Shapes are without the batch axis. Rules throw GradusError; the caller adds which layer it was. */
interface LayerBehaviour<C extends { readonly type: string }> {
  readonly fields: Fields<C>;
  /** default: the input's shape */
  readonly outputShape?: (config: Resolved<C>, inputShape: Shape) => Shape;
  readonly parameters?: (config: Resolved<C>, inputShape: Shape) => Readonly<Record<string, ParameterSpec>>;
  readonly buffers?: (config: Resolved<C>, inputShape: Shape) => Readonly<Record<string, BufferSpec>>;
  /** of a container: builds its inner layers and returns its output shape */
  readonly build?: (config: Resolved<C>, inputShape: Shape, build: BuildInner) => Shape;
  /** of a container: the field with the configurations of its inner layers, which are checked like all others */
  readonly contains?: "layers";
  /** it draws random numbers in training */
  readonly isRandom?: (config: Resolved<C>) => boolean;
  /** x (N, …inputShape) -> (N, …outputShape), and the buffers that change */
  readonly apply: (config: Resolved<C>, x: Tensor, scope: LayerScope) => Tensor | LayerResult;
}

/** A layer that is an activation: `factsOf` adds the layer facts that all activations share. */
export type ActivationRule<C extends { readonly type: string }> = LayerBehaviour<C> & {
  readonly activation: ActivationFacts<Resolved<C>>;
  readonly facts?: undefined;
};

/** Everything that is known about a type of layer: what it does, and its facts. */
export type LayerRule<C extends { readonly type: string }, Field extends PropertyKey = keyof C> =
  | ActivationRule<C>
  | (LayerBehaviour<C> & { readonly facts: LayerFacts<Resolved<C>, Field>; readonly activation?: undefined });

export interface LayerResult {
  readonly output: Tensor;
  readonly buffers: Readonly<Record<string, Tensor>>;
}
