import { GradusError } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { ruleOf } from "../nn/layers.ts";
import type { LayerInfo, Model } from "../nn/model.ts";

/** Types of layers that pass the model's inputs on unchanged. */
const LAID_OUT_ANEW: readonly LayerInfo["type"][] = ["reshape", "flatten"];

/** Samples to check at a time. */
const CHUNK = 1024;

/** The embedding that reads the model's inputs; undefined if another layer does. Containers come before their inner
 *  layers, and are skipped. */
function embeddingOfInputs(model: Model): Extract<LayerInfo["config"], { readonly type: "embedding" }> | undefined {
  const first = model.layers.find(({ type, config }) => !(LAID_OUT_ANEW.includes(type) || ruleOf(config).contains));
  return first?.config.type === "embedding" ? first.config : undefined;
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
  const embedding = embeddingOfInputs(model);
  if (embedding === undefined) return;
  const size = sizeOf(dataset.inputShape);
  for (let from = 0; from < dataset.length; from += CHUNK) {
    const count = Math.min(CHUNK, dataset.length - from);
    const values = new Float32Array(count * size);
    dataset.readInputs(
      Array.from({ length: count }, (_, index) => from + index),
      values,
    );
    requireIndices(`dataset ${dataset.name}`, values, size, embedding.vocabulary, from);
  }
}

/** The same for values (N, …inputShape), flat. */
export function requireEmbeddingValues(where: string, model: Model, values: ArrayLike<number>): void {
  const embedding = embeddingOfInputs(model);
  if (embedding === undefined) return;
  requireIndices(where, values, sizeOf(model.inputShape), embedding.vocabulary);
}
