import { type Shape, sizeOf } from "../src/core/shape.ts";
import type { LayerType } from "../src/nn/layers.ts";
import type { LayerInfo } from "../src/nn/model.ts";

/** Multiply-adds of one sample's forward pass: those with the layer's input, and those whose factors both have gradients of their own. */
interface Products {
  readonly ofInput: number;
  readonly ofState?: number;
}

const weightSize = ({ parameters }: LayerInfo, name = "weight") => sizeOf(parameters[name] as Shape);

/** Every weight works at every position of the output. */
const convolution = (layer: LayerInfo): Products => ({
  ofInput: weightSize(layer) * sizeOf(layer.outputShape.slice(1)),
});

/** The state before the first step is 0. */
function recurrence(layer: LayerInfo): Products {
  const steps = layer.inputShape[0] as number;
  return {
    ofInput: steps * weightSize(layer, "inputWeight"),
    ofState: (steps - 1) * weightSize(layer, "recurrentWeight"),
  };
}

/** The layers whose products count: the rest is small in comparison. */
const PRODUCTS: { readonly [T in LayerType]?: (layer: LayerInfo) => Products } = {
  // once for each step of a sequence
  linear: (layer) => ({ ofInput: weightSize(layer) * sizeOf(layer.inputShape.slice(0, -1)) }),
  conv2d: convolution,
  depthwiseConv2d: convolution,
  lstm: recurrence,
  gru: recurrence,
  multiHeadAttention: (layer) => {
    const [steps = 1, features = 1] = layer.inputShape;
    const { causal } = layer.config as { readonly causal?: boolean };
    // a step and those before it
    const pairs = causal ? (steps * (steps + 1)) / 2 : steps * steps;
    const weights = weightSize(layer, "inputWeight") + weightSize(layer, "outputWeight");
    return { ofInput: steps * weights, ofState: 2 * pairs * features };
  },
};

/** Multiply-adds of a training step for one sample: every product once forward, and backward once for each factor, except the gradient of
 *  the first layer's input. */
export function multiplyAddsOf(layers: readonly LayerInfo[]): number {
  const products = layers.map((layer) => PRODUCTS[layer.type]?.(layer));
  const known = products.filter((each) => each !== undefined);
  const forward = known.reduce((sum, { ofInput, ofState = 0 }) => sum + ofInput + ofState, 0);
  // a first layer that looks rows up has no product, and the next one's input has a gradient
  return 3 * forward - (products[0]?.ofInput ?? 0);
}

/** Elements of the weight matrices. */
export function weightsOf(layers: readonly LayerInfo[]): number {
  const matrices = layers.flatMap(({ parameters }) => Object.values(parameters)).filter((shape) => shape.length > 1);
  return matrices.reduce((sum, shape) => sum + sizeOf(shape), 0);
}
