import { GradusError } from "../core/errors.ts";
import type { ModelState } from "../nn/state.ts";
import type { EpochEnded } from "./events.ts";

/** What a run that ends with an error leaves, among the values of that error. */
export interface KeptWeights {
  /** The last finite weights. */
  readonly state: ModelState;
  /** Those of the best epoch, where early stopping puts them back. */
  readonly best?: { readonly epoch: number; readonly state: ModelState };
  /** Epochs completed. */
  readonly history: readonly EpochEnded[];
  /** Steps done. */
  readonly steps: number;
}

/** The error itself, with what training had come to among its `values`; what the error says itself stays. A listener's own error
 *  keeps its class. What takes no field (a text that was thrown) becomes the cause of an error that does. */
export function withWeights(error: unknown, kept: KeptWeights): unknown {
  const isOurs = error instanceof GradusError;
  if (error instanceof Error && (isOurs || !("values" in error)) && Object.isExtensible(error)) {
    const values = { ...kept, ...(isOurs ? error.values : {}) };
    // of errors of others it is not listed, so that they print as ever
    return Object.defineProperty(error, "values", { value: values, enumerable: isOurs, configurable: true });
  }
  return new GradusError("bad-argument", `fit: a listener threw ${String(error)}.`, { ...kept }, { cause: error });
}

/** What an error says of the weights; undefined where nothing had been trained. */
export function keptWeights(error: unknown): KeptWeights | undefined {
  const { values } = (error ?? {}) as { readonly values?: Partial<KeptWeights> };
  return values?.state === undefined || values.history === undefined ? undefined : (values as KeptWeights);
}
