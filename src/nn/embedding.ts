import { requireArgument } from "../core/errors.ts";
import { COUNT, COUNT_OR_ZERO, required } from "../core/fields.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import { type InitInput, initField } from "./init/init.ts";
import type { LayerRule } from "./layer.ts";

/** One learned vector for each index.
 *    y = weight[x]
 *  Shapes: x (N,) or (N, T), integers from 0 to V - 1 stored as floats -> (N, U) or (N, T, U); weight (V, U).
 *  Fractions are truncated. An index outside [0, V) cannot raise an error on a device: it reads the first or the last row,
 *  whichever is nearer. If the embedding reads the model's inputs, `fit`, `evaluate` and `predict` check them first.
 *  Source: Bengio, Ducharme, Vincent, Jauvin, "A Neural Probabilistic Language Model", 2003. */
export interface EmbeddingConfig {
  readonly type: "embedding";
  /** V, the number of indices, at least 1 */
  readonly vocabulary: number;
  /** U, numbers per vector, at least 1 */
  readonly units: number;
  /** an index that means padding: its vector is 0 and is not learned. `mask: 0` makes a recurrent layer skip it.
   *  Default: none */
  readonly padding?: number;
  /** default N(0, 1), as in PyTorch */
  readonly init?: InitInput;
}

export const embeddingRule: LayerRule<EmbeddingConfig> = {
  facts: { role: "lookup", vocabulary: ({ vocabulary }) => vocabulary, passes: "nothing", unitAxis: "last" },
  fields: {
    vocabulary: required(COUNT),
    units: required(COUNT),
    padding: COUNT_OR_ZERO,
    init: initField({ type: "normal", std: 1 }),
  },
  outputShape: ({ units }, inputShape) => [...inputShape, units],
  parameters: ({ vocabulary, units, padding, init }) => {
    requireArgument(
      padding === undefined || padding < vocabulary,
      `padding must be an index below the vocabulary of ${vocabulary}, got ${padding}.`,
      { padding, vocabulary },
    );
    return { weight: { shape: [vocabulary, units], init, fans: { fanIn: vocabulary, fanOut: units } } };
  },
  apply: ({ padding }, x, { parameters }) => {
    const indices = x.cast("int32");
    const vectors = (parameters.weight as Tensor).gather(indices);
    return padding === undefined ? vectors : where(indices.equal(padding).unsqueeze(-1), 0, vectors);
  },
};
