import { COUNT, checkOptions, DECAY, type Fields, required } from "../core/fields.ts";
import { dropout, embedding, gru, linear } from "../nn/construct.ts";
import type { ModelInput } from "../nn/model.ts";

export interface CharGruOptions {
  /** number of characters, including the one for padding (see `vocabularyOf`) */
  readonly vocabulary: number;
  /** characters per input */
  readonly length: number;
  /** classify texts into this many classes. Default: predict the next character at every step */
  readonly classes?: number;
  /** numbers per character. Default 32 */
  readonly embedding?: number;
  /** of the GRU. Default 128 */
  readonly units?: number;
  /** number of stacked GRUs. Default 1 */
  readonly layers?: number;
  /** rate after the GRUs, in [0, 1). Default 0 */
  readonly dropout?: number;
}

const FIELDS: Fields<CharGruOptions> = {
  vocabulary: required(COUNT),
  length: required(COUNT),
  classes: COUNT,
  embedding: COUNT,
  units: COUNT,
  layers: COUNT,
  dropout: DECAY,
};

/** A GRU that reads characters: embedding - GRU - dropout - linear.
 *  Shapes: x (N, T), character numbers as floats -> (N, T, vocabulary), logits of the next character at each step; with `classes`
 *  (N, classes), logits from the state after the last character. The classifier skips padding (0).
 *  Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014; characters: Sutskever, Martens, Hinton,
 *  "Generating Text with Recurrent Neural Networks", 2011. */
export function charGru(options: CharGruOptions): ModelInput {
  checkOptions<CharGruOptions>("charGru", options ?? {}, FIELDS);
  const { vocabulary, length, classes, embedding: numbers = 32, units = 128, layers = 1, dropout: rate = 0 } = options;
  const dropped = rate > 0 ? [dropout(rate)] : [];
  const between = layers > 1 ? { layers, dropout: rate } : {};
  const inner =
    classes === undefined
      ? [embedding(vocabulary, numbers), gru(units, { ...between, returnSequences: true })]
      : [embedding(vocabulary, numbers, { padding: 0 }), gru(units, { ...between, mask: 0 })];
  return { inputShape: [length], layers: [...inner, ...dropped, linear(classes ?? vocabulary)] };
}
