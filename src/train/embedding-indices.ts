import { GradusError } from "../core/errors.ts";
import { sizeOf } from "../core/shape.ts";
import type { Dataset } from "../data/dataset.ts";
import { ruleOf } from "../nn/layers.ts";
import type { LayerInfo, Model } from "../nn/model.ts";

/** Types that hand on the model's inputs as they are. */
const LAID_OUT_ANEW: readonly LayerInfo["type"][] = ["reshape", "flatten"];

/** Samples that are looked through at a time. */
const CHUNK = 1024;

/** The embedding that reads the model's inputs themselves; undefined where another layer does. Containers stand before
 *  what is inside them, and are passed over. */
function embeddingOfInputs(model: Model): Extract<LayerInfo["config"], { readonly type: "embedding" }> | undefined {
  const first = model.layers.find(({ type, config }) => !(LAID_OUT_ANEW.includes(type) || ruleOf(config).contains));
  return first?.config.type === "embedding" ? first.config : undefined;
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
