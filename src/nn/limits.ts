import { GradusError } from "../core/errors.ts";

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
