import { GradusError } from "../core/errors.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";

/** Layers of a model, containers and what is inside them: some times those of the deepest networks that were published. */
export const MOST_LAYERS = 10_000;

/** Containers one in the other. As JSON each has two levels, of which a file may have `DEEPEST_JSON`. */
export const MOST_NESTED = 64;

/** @throws GradusError `limit-exceeded`: before so many layers are built, whatever a number in a file asks for. */
export function requireLayerCount(where: string, count: number): void {
  if (count <= MOST_LAYERS) return;
  throw new GradusError(
    "limit-exceeded",
    `${where}: the model has more than ${MOST_LAYERS} layers, containers and what is inside them counted. Give fewer.`,
    { where, limit: MOST_LAYERS },
  );
}

/** @throws GradusError `limit-exceeded` for containers in containers without end. */
export function requireNesting(depth: number): void {
  if (depth <= MOST_NESTED) return;
  throw new GradusError(
    "limit-exceeded",
    `model: more than ${MOST_NESTED} containers of layers, one in the other. Put the layers one after the other.`,
    { limit: MOST_NESTED },
  );
}

/** Parameters of a model: 8 GiB as float32, twice that while they are drawn. */
export const MOST_PARAMETERS = 2 ** 31;

/** @throws GradusError `out-of-memory` before values are drawn that no memory holds.
 *  @param where the largest of them, for the message. */
export function requireDrawable(where: string, largest: Shape, count: number): void {
  if (count <= MOST_PARAMETERS) return;
  throw new GradusError(
    "out-of-memory",
    `model: ${count} parameters need ${4 * count} bytes; at most ${MOST_PARAMETERS} are drawn. The largest are ${where}: ${formatShape(largest)}. Give it fewer units.`,
    { count, bytes: 4 * count, limit: MOST_PARAMETERS, largest },
  );
}

/** Values of one sample, as float32 8 GiB. */
export const MOST_INPUTS = 2 ** 31;

/** @throws GradusError `limit-exceeded` for samples that no memory holds, before anybody makes room for one. */
export function requireInputSize(inputShape: Shape): void {
  const count = sizeOf(inputShape);
  if (count <= MOST_INPUTS) return;
  throw new GradusError(
    "limit-exceeded",
    `model: inputShape ${formatShape(inputShape)} is ${count} values for each sample, more than ${MOST_INPUTS}. Give smaller samples.`,
    { inputShape, count, limit: MOST_INPUTS },
  );
}
