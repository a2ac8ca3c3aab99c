import { GradusError } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { factsOf, ruleOf } from "../nn/layers.ts";
import type { Model } from "../nn/model.ts";

/** Samples that are looked through at a time. */
const CHUNK = 1024;

/** The vocabulary of the embedding that reads the model's inputs themselves; undefined if another layer does. Containers stand
 *  before what is inside them, and are passed over. */
function vocabularyOfInputs(model: Model): number | undefined {
  const first = model.layers.find(({ config }) => !(factsOf(config).role === "layout" || ruleOf(config).contains));
  if (first === undefined) return undefined;
  const facts = factsOf(first);
  return facts.role === "lookup" ? facts.vocabulary(first.config) : undefined;
}

/** @param from the sample that the values begin with. */
function requireIndices(where: string, values: ArrayLike<number>, size: number, vocabulary: number, from = 0): void {
  for (let place = 0; place < values.length; place++) {
    const value = values[place] as number;
    if (Number.isInteger(value) && value >= 0 && value < vocabulary) continue;
    const row = from + Math.floor(place / size);
    const column = place % size;
    const advice = Number.isInteger(value)
      ? "Correct the data, or raise the vocabulary."
      : "Give indices as they are, neither scaled nor as principal components.";
    throw new GradusError(
      "bad-data",
      `${where}: sample ${row}, position ${column} is ${value}; an embedding with a vocabulary of ${vocabulary} takes ` +
        `whole numbers from 0 to ${vocabulary - 1}. ${advice}`,
      { where, row, column, value, vocabulary },
    );
  }
}

/** Where a model begins with an embedding: are all inputs indices of its vocabulary? On a device, an index outside would
 *  read another row without a word.
 *  @throws GradusError `bad-data` with `{ where, row, column, value, vocabulary }` of the first that is not. */
export function requireEmbeddingIndices(model: Model, dataset: Dataset): void {
  const vocabulary = vocabularyOfInputs(model);
  if (vocabulary === undefined) return;
  const size = sizeOf(dataset.inputShape);
  for (let from = 0; from < dataset.length; from += CHUNK) {
    const count = Math.min(CHUNK, dataset.length - from);
    const values = new Float32Array(count * size);
    dataset.readInputs(
      Array.from({ length: count }, (_, index) => from + index),
      values,
    );
    requireIndices(`dataset ${dataset.name}`, values, size, vocabulary, from);
  }
}

/** The same for values (N, …inputShape), flat. */
export function requireEmbeddingValues(model: Model, values: ArrayLike<number>): void {
  const vocabulary = vocabularyOfInputs(model);
  if (vocabulary === undefined) return;
  requireIndices("predict", values, sizeOf(model.inputShape), vocabulary);
}
