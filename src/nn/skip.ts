import { GradusError } from "../core/errors.ts";
import { formatShape, type Shape, sameShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { applyChain, buildChain, layersField } from "./chain.ts";
import { booleanField } from "./fields.ts";
import type { LayerRule } from "./layer.ts";
import type { LayerInput } from "./layers.ts";

/** A residual block.
 *    y = x + f(x),   f the inner layers in order;   y = W x + f(x) where f changes the size and `projection` is on
 *  Shapes: x (N, …) and f(x) of one shape; with a projection W, which has no bias,
 *    x (N, F), f(x) (N, U):                 W is linear, weight (U, F)
 *    x (N, C, ...S), f(x) (N, O, ...P):     W is a convolution with a kernel of 1 and the stride that turns S into P,
 *                                           weight (O, C, 1, …)
 *  (the paper's option B). On sequences (N, T, F), which are no channels, f must keep its shape.
 *  @throws `shape-mismatch` where f changes the shape and no projection can mend it.
 *  Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", 2016. */
export interface SkipConfig {
  readonly type: "skip";
  /** the layers of f */
  readonly layers: readonly LayerInput[];
  /** learn a linear map for the short way where the shapes differ. Default false */
  readonly projection?: boolean;
  /** batch norm behind the projection, where there is one, as the published residual networks have it. Default false */
  readonly projectionNorm?: boolean;
}

const PROJECTION = "projection";

const CONVOLUTIONS = ["conv1d", "conv2d", "conv3d"] as const;

/** The smallest stride that turns every size into the one behind it, ceil(size / stride); undefined where there is
 *  none. */
function stridesBetween(from: Shape, to: Shape): readonly number[] | undefined {
  const strides = from.map((size, axis) => Math.ceil(size / (to[axis] as number)));
  return from.every((size, axis) => Math.ceil(size / (strides[axis] as number)) === to[axis]) ? strides : undefined;
}

/** The layer that turns one shape into the other; undefined where a projection cannot. */
function projectionBetween(from: Shape, to: Shape): LayerInput | undefined {
  const [units, ...spatial] = to;
  if (units === undefined || from.length !== to.length) return undefined;
  if (spatial.length === 0) return { type: "linear", units, bias: false };
  const type = CONVOLUTIONS[spatial.length - 1];
  const stride = stridesBetween(from.slice(1), spatial);
  // (T, F) with T as it was is a sequence, not channels
  if (type === undefined || stride === undefined || (spatial.length === 1 && units === from[0])) return undefined;
  return { type, filters: units, kernel: 1, stride, bias: false };
}

export const skipRule: LayerRule<SkipConfig> = {
  fields: { layers: layersField, projection: booleanField(false), projectionNorm: booleanField(false) },
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
    const whole = projectionNorm ? { type: "sequential", layers: [short, "batchNorm"] } : short;
    return build(PROJECTION, whole, inputShape, []);
  },
  apply: ({ layers, projection }, x, scope) => {
    const inner = applyChain(layers.length, x, scope);
    const short: Tensor = projection && !sameShape(x.shape, inner.shape) ? scope.inner(PROJECTION, x) : x;
    return short.add(inner);
  },
};
