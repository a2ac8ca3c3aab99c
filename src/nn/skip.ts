import { GradusError } from "../core/errors.ts";
import { formatShape, type Shape, sameShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { applyChain, buildChain, layersField, type Sequential } from "./chain.ts";
import type { Conv1dConfig, Conv2dConfig, Conv3dConfig } from "./conv/conv.ts";
import { booleanField } from "./fields.ts";
import type { LayerRule } from "./layer.ts";
import type { LinearConfig } from "./linear.ts";

/** A residual block.
 *    y = x + f(x),   f the inner layers in order;   y = W x + f(x) if f changes the size and `projection` is on
 *  Shapes: x (N, …) and f(x) of the same shape; with a projection W, which has no bias,
 *    x (N, F), f(x) (N, U):                 W is linear, weight (U, F)
 *    x (N, C, ...S), f(x) (N, O, ...P):     W is a convolution with a kernel of 1 and the stride that turns S into P,
 *                                           weight (O, C, 1, …)
 *  (the paper's option B). Sequences (N, T, F) have no channels: there f must keep the shape.
 *  @throws `shape-mismatch` if f changes the shape and no projection can make up for it.
 *  Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", 2016. */
export interface Skip<Layer> {
  readonly type: "skip";
  /** the layers of f */
  readonly layers: readonly Layer[];
  /** learn a linear map for the short way if the shapes differ. Default false */
  readonly projection?: boolean;
  /** batch norm behind the projection, if there is one, as in the published residual networks. Default false */
  readonly projectionNorm?: boolean;
}

const PROJECTION = "projection";

const CONVOLUTIONS = ["conv1d", "conv2d", "conv3d"] as const;

type Projection = LinearConfig | Conv1dConfig | Conv2dConfig | Conv3dConfig;

/** The smallest stride per axis that turns each size of `from` into that of `to`, ceil(size / stride); undefined if none does. */
function stridesBetween(from: Shape, to: Shape): readonly number[] | undefined {
  const strides = from.map((size, axis) => Math.ceil(size / (to[axis] as number)));
  return from.every((size, axis) => Math.ceil(size / (strides[axis] as number)) === to[axis]) ? strides : undefined;
}

/** The layer that turns one shape into the other; undefined if no projection can. */
function projectionBetween(from: Shape, to: Shape): Projection | undefined {
  const [units, ...spatial] = to;
  if (units === undefined || from.length !== to.length) return undefined;
  if (spatial.length === 0) return { type: "linear", units, bias: false };
  const type = CONVOLUTIONS[spatial.length - 1];
  const stride = stridesBetween(from.slice(1), spatial);
  // (T, F) with an unchanged T is a sequence, not channels
  if (type === undefined || stride === undefined || (spatial.length === 1 && units === from[0])) return undefined;
  return { type, filters: units, kernel: 1, stride, bias: false };
}

export function skipRule<Layer>(): LayerRule<Skip<Layer>> {
  return {
    facts: { role: "residual", passes: "nothing", unitAxis: "input" },
    fields: { layers: layersField<Layer>(), projection: booleanField(false), projectionNorm: booleanField(false) },
    contains: "layers",
    build: ({ layers, projection, projectionNorm }, inputShape, build) => {
      const outputShape = buildChain(layers, inputShape, build);
      if (sameShape(inputShape, outputShape)) return outputShape;
      const short = projection ? projectionBetween(inputShape, outputShape) : undefined;
      if (short === undefined) {
        throw new GradusError(
          "shape-mismatch",
          `the inner layers turn ${formatShape(inputShape)} into ${formatShape(outputShape)}, which cannot be added to the input. ${
            projection
              ? "A projection joins vectors, or channels whose sizes a stride can turn into each other."
              : "End with the size they began with, or set projection: true."
          }`,
          { inputShape, outputShape },
        );
      }
      const whole: Projection | Sequential<Projection | "batchNorm"> = projectionNorm
        ? { type: "sequential", layers: [short, "batchNorm"] }
        : short;
      return build(PROJECTION, whole, inputShape, []);
    },
    apply: ({ layers, projection }, x, scope) => {
      const inner = applyChain(layers.length, x, scope);
      const short: Tensor = projection && !sameShape(x.shape, inner.shape) ? scope.inner(PROJECTION, x) : x;
      return short.add(inner);
    },
  };
}
