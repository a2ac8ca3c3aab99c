import { GradusError } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { factsOf, ruleOf } from "../nn/layers.ts";
import type { Model } from "../nn/model.ts";

/** Samples to check at a time. */
const CHUNK = 1024;

/** The vocabulary of the embedding that reads the model's inputs; undefined if another layer does. Containers come before their inner
 *  layers, and are skipped. */
function vocabularyOfInputs(model: Model): number | undefined {
  const first = model.layers.find(({ config }) => !(factsOf(config).role === "layout" || ruleOf(config).contains));
  if (first === undefined) return undefined;
  const facts = factsOf(first);
  return facts.role === "lookup" ? facts.vocabulary(first.config) : undefined;
}

/** @param from the first sample of the values. */
function requireIndices(where: string, values: ArrayLike<number>, size: number, vocabulary: number, from = 0): void {
  for (let place = 0; place < values.length; place++) {
    const value = values[place] as number;
    if (Number.isInteger(value) && value >= 0 && value < vocabulary) continue;
    const row = from + Math.floor(place / size);
    const column = place % size;
    const advice = Number.isInteger(value)
      ? "Correct the data, or raise the vocabulary."
      : "Give plain indices, neither scaled nor transformed into principal components.";
    throw new GradusError(
      "bad-data",
      `${where}: sample ${row}, position ${column} is ${value}; an embedding with a vocabulary of ${vocabulary} takes ` +
        `whole numbers from 0 to ${vocabulary - 1}. ${advice}`,
      { where, row, column, value, vocabulary },
    );
  }
}

/** If a model begins with an embedding, checks that all inputs are indices of its vocabulary. On a device, an index outside
 *  would silently read another row.
 *  @throws GradusError `bad-data` with `{ where, row, column, value, vocabulary }` of the first bad input. */
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
export function requireEmbeddingValues(where: string, model: Model, values: ArrayLike<number>): void {
  const vocabulary = vocabularyOfInputs(model);
  if (vocabulary === undefined) return;
  requireIndices(where, values, sizeOf(model.inputShape), vocabulary);
}
