import { GradusError } from "../core/errors.ts";
import type { ModelState } from "../nn/state.ts";
import type { AveragedStates } from "./averages/states.ts";
import type { EpochEnded } from "./events.ts";

/** The results of a run that ends with an error, among the values of that error. */
export interface KeptWeights extends AveragedStates {
  /** The last finite weights; `ema` and `swa` are their averages. */
  readonly state: ModelState;
  /** The weights of the best epoch, if early stopping restores them. */
  readonly best?: { readonly epoch: number; readonly state: ModelState } & AveragedStates;
  /** Epochs completed. */
  readonly history: readonly EpochEnded[];
  /** Steps done. */
  readonly steps: number;
}

/** The same error, with the results of training among its `values`; existing values stay. An error from a listener
 *  keeps its class. A thrown value that cannot take a field (a string, say) becomes the cause of an error that can. */
export function withWeights(error: unknown, kept: KeptWeights): unknown {
  const isOurs = error instanceof GradusError;
  if (error instanceof Error && (isOurs || !("values" in error)) && Object.isExtensible(error)) {
    const values = { ...kept, ...(isOurs ? error.values : {}) };
    // not enumerable on foreign errors, so that they print as before
    return Object.defineProperty(error, "values", { value: values, enumerable: isOurs, configurable: true });
  }
  return new GradusError("bad-argument", `fit: a listener threw ${String(error)}.`, { ...kept }, { cause: error });
}

/** The weights that an error carries; undefined if nothing had been trained. */
export function keptWeights(error: unknown): KeptWeights | undefined {
  const { values } = (error ?? {}) as { readonly values?: Partial<KeptWeights> };
  return values?.state === undefined || values.history === undefined ? undefined : (values as KeptWeights);
}
