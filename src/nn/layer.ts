import type { DType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Fields, Resolved } from "./fields.ts";
import type { Fans } from "./init/fans.ts";
import type { InitConfig, InitInput } from "./init/init.ts";

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
  /** batch statistics are taken, running ones updated */
  readonly training: boolean;
  /** dropout and noise are on */
  readonly stochastic: boolean;
  readonly parameters: Readonly<Record<string, Tensor>>;
  readonly buffers: Readonly<Record<string, Tensor>>;
  /** the random key of this layer in this step; @throws `bad-argument` where the caller gave none */
  key(): Tensor;
  /** applies an inner layer of a container */
  inner(name: string, x: Tensor): Tensor;
}

/** Where an activation's derivative has fallen below 4 % of its largest value, told from its output:
 *  y <= below, or y >= above. */
export interface Saturation {
  readonly below?: number;
  readonly above?: number;
}

/** What initialisers and diagnoses need to know about an activation. */
export interface ActivationFacts<C> {
  /** g of std = g / sqrt(fanIn), with which the signal's variance stays: He et al. 2015 for rectifiers and what resembles
   *  them, Klambauer et al. 2017 for SELU, PyTorch's table for the rest */
  readonly gain: (config: C) => number;
  /** what `init: "auto"` means for weights before this activation */
  readonly init: (config: C) => InitConfig;
  /** smallest and largest output */
  readonly range: (config: C) => readonly [number, number];
  readonly saturation?: (config: C) => Saturation;
  /** author, title, year */
  readonly source: string;
}

/** Builds one inner layer of a container: its name within the container, its configuration, what flows in, what follows it. */
export type BuildInner = (name: string, config: unknown, inputShape: Shape, after: readonly unknown[]) => Shape;

/** Everything the house knows about a type of layer. Shapes are without the batch axis.
 *  Rules throw GradusError; the caller adds which layer it was. */
export interface LayerRule<C extends { readonly type: string }> {
  readonly fields: Fields<C>;
  /** default: the input's shape */
  readonly outputShape?: (config: Resolved<C>, inputShape: Shape) => Shape;
  readonly parameters?: (config: Resolved<C>, inputShape: Shape) => Readonly<Record<string, ParameterSpec>>;
  readonly buffers?: (config: Resolved<C>, inputShape: Shape) => Readonly<Record<string, BufferSpec>>;
  /** of a container: builds its inner layers and returns its output shape */
  readonly build?: (config: Resolved<C>, inputShape: Shape, build: BuildInner) => Shape;
  /** of a container: the configurations of its inner layers, which are checked like all others */
  readonly contains?: "layers";
  /** the layer only rescales, masks, reorders or picks: `init: "auto"` looks through it for the activation */
  readonly isTransparent?: true;
  /** it draws random numbers while training */
  readonly isRandom?: (config: Resolved<C>) => boolean;
  readonly activation?: ActivationFacts<Resolved<C>>;
  /** x (N, …inputShape) -> (N, …outputShape), and the buffers that change */
  readonly apply: (config: Resolved<C>, x: Tensor, scope: LayerScope) => Tensor | LayerResult;
}

/** A layer that is an activation states its facts. */
export type ActivationRule<C extends { readonly type: string }> = LayerRule<C> & {
  readonly activation: ActivationFacts<Resolved<C>>;
};

export interface LayerResult {
  readonly output: Tensor;
  readonly buffers: Readonly<Record<string, Tensor>>;
}
