import { GradusError } from "../core/errors.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { applyChain, buildChain, layersField } from "./chain.ts";
import { booleanField } from "./fields.ts";
import type { LayerRule } from "./layer.ts";
import type { LayerInput } from "./layers.ts";

/** A residual block.
 *    y = x + f(x),   f the inner layers in order;   y = W x + f(x) where f changes the size and `projection` is on
 *  Shapes: x (N, …) and f(x) of one shape; with a projection x (N, F), f(x) (N, U), W (U, F) without bias.
 *  @throws `shape-mismatch` where f changes the shape and no projection can mend it.
 *  Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", 2016. */
export interface SkipConfig {
  readonly type: "skip";
  /** the layers of f */
  readonly layers: readonly LayerInput[];
  /** learn a linear map for the short way where the shapes differ. Default false */
  readonly projection?: boolean;
}

const PROJECTION = "projection";

export const skipRule: LayerRule<SkipConfig> = {
  fields: { layers: layersField, projection: booleanField(false) },
  contains: "layers",
  build: ({ layers, projection }, inputShape, build) => {
    const outputShape = buildChain(layers, inputShape, build);
    if (sameShape(inputShape, outputShape)) return outputShape;
    const [units] = outputShape;
    if (!projection || units === undefined || inputShape.length !== 1 || outputShape.length !== 1) {
      throw new GradusError(
        "shape-mismatch",
        `the inner layers turn ${formatShape(inputShape)} into ${formatShape(outputShape)}, which cannot be added to the input. ${
          projection
            ? "A projection joins vectors only."
            : "End with the size they began with, or set projection: true."
        }`,
        { inputShape, outputShape },
      );
    }
    return build(PROJECTION, { type: "linear", units, bias: false }, inputShape, []);
  },
  apply: ({ layers, projection }, x, scope) => {
    const inner = applyChain(layers.length, x, scope);
    const short: Tensor = projection && !sameShape(x.shape, inner.shape) ? scope.inner(PROJECTION, x) : x;
    return short.add(inner);
  },
};
