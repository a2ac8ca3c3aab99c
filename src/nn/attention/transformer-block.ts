import { COUNT, checkOptions, DECAY, type Fields, FLAG, required } from "../../core/fields.ts";
import { block, dropout, gelu, layerNorm, linear, multiHeadAttention, skip } from "../construct.ts";
import type { SequentialConfig } from "../layers.ts";

export interface TransformerBlockOptions {
  /** features F per step */
  readonly units: number;
  /** number of attention heads, which divides F */
  readonly heads: number;
  /** units between the two linear layers. Default 4 F */
  readonly hidden?: number;
  /** whether a step attends only to itself and earlier steps. Default false */
  readonly causal?: boolean;
  /** share dropped of the attention weights and of the output of each part, in [0, 1). Default 0 */
  readonly dropout?: number;
}

const FIELDS: Fields<TransformerBlockOptions> = {
  units: required(COUNT),
  heads: required(COUNT),
  hidden: COUNT,
  causal: FLAG,
  dropout: DECAY,
};

/** One transformer block with normalisation before each part, as plain data.
 *    x <- x + dropout(attention(layerNorm(x)))
 *    x <- x + dropout(W_2 gelu(W_1 layerNorm(x) + b_1) + b_2)
 *  Shapes: x (N, T, F) -> (N, T, F).
 *  Source: Vaswani et al., "Attention Is All You Need", 2017; the order: Xiong et al., "On Layer Normalization in the Transformer
 *  Architecture", 2020. */
export function transformerBlock(options: TransformerBlockOptions): SequentialConfig {
  checkOptions<TransformerBlockOptions>("transformerBlock", options ?? {}, FIELDS);
  const { units, heads, hidden = 4 * units, causal = false, dropout: rate = 0 } = options;
  const dropped = rate > 0 ? [dropout(rate)] : [];
  return block([
    skip([layerNorm(), multiHeadAttention(heads, { causal, dropout: rate }), ...dropped]),
    skip([layerNorm(), linear(hidden), gelu(), linear(units), ...dropped]),
  ]);
}
