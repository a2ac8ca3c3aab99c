import { COUNT, checkOptions, DECAY, type Fields, required } from "../core/fields.ts";
import { dropout, embedding, gru, linear } from "../nn/construct.ts";
import type { ModelInput } from "../nn/model.ts";

export interface CharGruOptions {
  /** how many characters there are, the place for padding included (see `vocabularyOf`) */
  readonly vocabulary: number;
  /** characters of an input */
  readonly length: number;
  /** tell texts apart into so many classes. Default: predict the next character at every step */
  readonly classes?: number;
  /** numbers that stand for a character. Default 32 */
  readonly embedding?: number;
  /** of the GRU. Default 128 */
  readonly units?: number;
  /** GRUs on each other. Default 1 */
  readonly layers?: number;
  /** of what leaves the GRUs, in [0, 1). Default 0 */
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
 *  (N, classes), logits from the state after the last character. Classes are told without regard to padding (0): it is skipped.
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
