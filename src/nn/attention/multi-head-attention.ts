import { requireArgument } from "../../core/errors.ts";
import { COUNT, number, required, withDefault } from "../../core/fields.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import { makeNode } from "../../graph/build.ts";
import { range } from "../../tensor/create.ts";
import { Tensor, where } from "../../tensor/tensor.ts";
import { softmax } from "../activations/softmax.ts";
import { dropout, SHARE } from "../dropout.ts";
import { booleanField } from "../fields.ts";
import { type InitInput, initField } from "../init/init.ts";
import type { LayerRule, LayerScope } from "../layer.ts";

/** Self-attention with several heads: every step becomes a mean of all steps, weighted by how well their keys match its query.
 *    q, k, v = the thirds of x W_in^T + b_in, each split into heads of D = F / heads features
 *    A_head = softmax(q k^T / sqrt(D)) v
 *    y = [A_1 … A_heads] W_out^T + b_out
 *  Shapes: x (N, T, F) -> (N, T, F); inputWeight (3F, F), rows of q, then k, then v, inputBias (3F,), outputWeight (F, F),
 *  outputBias (F,), as in PyTorch's nn.MultiheadAttention.
 *  @throws `bad-argument` if the heads do not divide the features, or the input is not a sequence.
 *  Source: Vaswani et al., "Attention Is All You Need", 2017. */
export interface MultiHeadAttentionConfig {
  readonly type: "multiHeadAttention";
  /** number of heads, which divides F */
  readonly heads: number;
  /** whether a step attends only to itself and earlier steps. Default false */
  readonly causal?: boolean;
  /** share of the attention weights dropped during training, in [0, 1). Default 0 */
  readonly dropout?: number;
  /** whether the two biases are learned. Default true */
  readonly bias?: boolean;
  /** a step whose features all equal this number is padding: no step attends to it, and its own output has no meaning.
   *  Default: no step is padding */
  readonly mask?: number;
  /** initialiser of both weights. Default "glorotUniform" */
  readonly init?: InitInput;
}

/** Score of a hidden step: its exponential is 0 beside any other, and unlike infinity it makes no NaN if all steps are
 *  hidden. */
const HIDDEN = -1e30;

// N samples, T steps, F features, H heads, D = F / H features of a head

/** Which of the scores (N, H, T of the query, T of the key) count; undefined if all do. */
function visible(x: Tensor, causal: boolean, mask: number | undefined): Tensor | undefined {
  const [samples, steps] = x.shape as [number, number, number];
  const earlier = causal
    ? range(steps)
        .reshape([1, 1, 1, steps])
        .lessEqual(range(steps).reshape([1, 1, steps, 1]))
    : undefined;
  if (mask === undefined) return earlier;
  const keys = present(x, mask).greater(0).reshape([samples, 1, 1, steps]);
  return earlier === undefined ? keys : earlier.and(keys);
}

/** (N, T), 1 for each step that is not padding and 0 for the others. */
function present(x: Tensor, mask: number): Tensor {
  return x.notEqual(mask).cast("float32").max(-1);
}

/** y = x W^T + b along the last axis of rows (R, F). */
function project(rows: Tensor, { parameters }: LayerScope, name: "input" | "output"): Tensor {
  const product = rows.matmul((parameters[`${name}Weight`] as Tensor).transpose());
  const bias = parameters[`${name}Bias`];
  return bias === undefined ? product : product.add(bias);
}

function featuresOf(heads: number, inputShape: Shape): number {
  requireArgument(
    inputShape.length === 2,
    `expects sequences (T, F), got ${formatShape(inputShape)}. Put an embedding or { "type": "reshape" } before it.`,
    { inputShape },
  );
  const features = inputShape[1] as number;
  requireArgument(
    features % heads === 0,
    `heads must divide the ${features} features, got ${heads}: a head would have ${features / heads} features. Choose a divisor of ${features}.`,
    { heads, features, inputShape },
  );
  return features;
}

export const multiHeadAttentionRule: LayerRule<MultiHeadAttentionConfig> = {
  facts: { role: "attention", passes: "nothing", unitAxis: "last" },
  fields: {
    heads: required(COUNT),
    causal: booleanField(false),
    dropout: withDefault(SHARE, 0),
    bias: booleanField(true),
    mask: number(),
    init: initField("glorotUniform"),
  },
  isRandom: ({ dropout: rate }) => rate > 0,
  outputShape: ({ heads }, inputShape) => {
    featuresOf(heads, inputShape);
    return inputShape;
  },
  parameters: ({ heads, bias, init }, inputShape) => {
    const features = featuresOf(heads, inputShape);
    const inputs = { shape: [3 * features, features], init };
    const outputs = { shape: [features, features], init };
    if (!bias) return { inputWeight: inputs, outputWeight: outputs };
    return {
      inputWeight: inputs,
      inputBias: { shape: [3 * features], init: "zeros" },
      outputWeight: outputs,
      outputBias: { shape: [features], init: "zeros" },
    };
  },
  apply: ({ heads, causal, dropout: rate, mask }, x, scope) => {
    const [samples, steps, features] = x.shape as [number, number, number];
    const size = features / heads;
    const qkv = project(x.reshape([-1, features]), scope, "input");
    if (!scope.stochastic || rate === 0) {
      const packed = qkv.reshape([samples, steps, 3 * features]);
      const inputs = mask === undefined ? [packed] : [packed, present(x, mask)];
      const joined = new Tensor(
        makeNode(
          "attention",
          inputs.map(({ node }) => node),
          { heads, causal },
        ),
      );
      return project(joined.reshape([-1, features]), scope, "output").reshape(x.shape);
    }
    const projected = qkv.reshape([samples, steps, 3, heads, size]);
    // (N, T, D) for each head: (N, H, T, D)
    const [q, k, v] = [0, 1, 2].map((third) =>
      projected
        .slice(2, third, third + 1)
        .reshape([samples, steps, heads, size])
        .transpose([0, 2, 1, 3]),
    ) as [Tensor, Tensor, Tensor];
    const scores = q.mul(1 / Math.sqrt(size)).matmul(k.transpose([0, 1, 3, 2]));
    const isVisible = visible(x, causal, mask);
    const weights = softmax(isVisible === undefined ? scores : where(isVisible, scores, HIDDEN));
    const joined = dropout(weights, scope.key(), rate).matmul(v).transpose([0, 2, 1, 3]).reshape([-1, features]);
    return project(joined, scope, "output").reshape(x.shape);
  },
};
