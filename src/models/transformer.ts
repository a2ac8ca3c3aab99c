import { COUNT, checkOptions, DECAY, type Fields, oneOf, required } from "../core/fields.ts";
import { transformerBlock } from "../nn/attention/transformer-block.ts";
import { dropout, embedding, layerNorm, linear, positionalEncoding, sequencePool } from "../nn/construct.ts";
import type { ModelInput } from "../nn/model.ts";

export interface TransformerOptions {
  /** number of symbols, including the one for padding (see `vocabularyOf`) */
  readonly vocabulary: number;
  /** symbols per input, T */
  readonly length: number;
  /** classify sequences into this many classes. Default: predict the next symbol at every step */
  readonly classes?: number;
  /** features per step, F. Default 128 */
  readonly units?: number;
  /** heads of each attention layer; must divide F. Default 4 */
  readonly heads?: number;
  /** Default 2. */
  readonly blocks?: number;
  /** units of each block's feed-forward part. Default 4 F */
  readonly hidden?: number;
  /** rate on the embedded input, the attention weights and each residual branch, in [0, 1). Default 0 */
  readonly dropout?: number;
  /** Default "learned" */
  readonly positions?: "learned" | "sinusoidal";
}

const FIELDS: Fields<TransformerOptions> = {
  vocabulary: required(COUNT),
  length: required(COUNT),
  classes: COUNT,
  units: COUNT,
  heads: COUNT,
  blocks: COUNT,
  hidden: COUNT,
  dropout: DECAY,
  positions: oneOf("learned", "sinusoidal"),
};

/** A small transformer: embedding + positions - blocks - layer norm - linear.
 *  Shapes: x (N, T), symbol numbers as floats -> (N, T, vocabulary), logits of the next symbol at each step, which sees only itself
 *  and earlier steps; with `classes` every step sees all steps, and the mean over steps gives (N, classes).
 *  Source: Vaswani et al., "Attention Is All You Need", 2017; as a language model: Radford et al., "Language Models are Unsupervised
 *  Multitask Learners", 2019. */
export function transformer(options: TransformerOptions): ModelInput {
  checkOptions<TransformerOptions>("transformer", options ?? {}, FIELDS);
  const { vocabulary, length, classes, units = 128, heads = 4, blocks = 2, hidden, positions = "learned" } = options;
  const { dropout: rate = 0 } = options;
  const part = transformerBlock({
    units,
    heads,
    causal: classes === undefined,
    dropout: rate,
    ...(hidden === undefined ? {} : { hidden }),
  });
  return {
    inputShape: [length],
    layers: [
      // as small as the positions that are added to it (Radford et al.)
      embedding(vocabulary, units, { init: { type: "normal", std: 0.02 } }),
      positionalEncoding({ kind: positions }),
      ...(rate > 0 ? [dropout(rate)] : []),
      ...new Array<typeof part>(blocks).fill(part),
      layerNorm(),
      ...(classes === undefined ? [] : [sequencePool()]),
      linear(classes ?? vocabulary),
    ],
  };
}
