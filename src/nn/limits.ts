import { GradusError } from "../core/errors.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";

/** Most layers of a model, containers and their inner layers included: several times those of the deepest published networks. */
export const MOST_LAYERS = 10_000;

/** Deepest nesting of containers. As JSON each has two levels; a file may have `DEEPEST_JSON` levels. */
export const MOST_NESTED = 64;

/** @throws GradusError `limit-exceeded`, before the layers are built, whatever number a file requests. */
export function requireLayerCount(where: string, count: number): void {
  if (count <= MOST_LAYERS) return;
  throw new GradusError(
    "limit-exceeded",
    `${where}: the model has more than ${MOST_LAYERS} layers, containers and their inner layers included. Give fewer.`,
    { where, limit: MOST_LAYERS },
  );
}

/** @throws GradusError `limit-exceeded` for containers that are nested too deeply. */
export function requireNesting(depth: number): void {
  if (depth <= MOST_NESTED) return;
  throw new GradusError(
    "limit-exceeded",
    `model: more than ${MOST_NESTED} nested containers of layers. Put the layers one after the other.`,
    { limit: MOST_NESTED },
  );
}

/** Most parameters of a model: 8 GiB as float32, twice that while they are drawn. */
export const MOST_PARAMETERS = 2 ** 31;

/** @throws GradusError `out-of-memory`, before it draws values that no memory holds.
 *  @param where the place of the largest parameter, for the message. */
export function requireDrawable(where: string, largest: Shape, count: number): void {
  if (count <= MOST_PARAMETERS) return;
  throw new GradusError(
    "out-of-memory",
    `model: ${count} parameters need ${4 * count} bytes; the limit is ${MOST_PARAMETERS}. The largest array is ${where}: ${formatShape(largest)}. Give it fewer units.`,
    { count, bytes: 4 * count, limit: MOST_PARAMETERS, largest },
  );
}

/** Most values in one sample: 8 GiB as float32. */
export const MOST_INPUTS = 2 ** 31;

/** @throws GradusError `limit-exceeded` for samples that no memory holds, before memory for one is allocated. */
export function requireInputSize(inputShape: Shape): void {
  const count = sizeOf(inputShape);
  if (count <= MOST_INPUTS) return;
  throw new GradusError(
    "limit-exceeded",
    `model: inputShape ${formatShape(inputShape)} is ${count} values per sample, more than ${MOST_INPUTS}. Give smaller samples.`,
    { inputShape, count, limit: MOST_INPUTS },
  );
}
