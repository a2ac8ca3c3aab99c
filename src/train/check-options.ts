import { checkOptions, type Fields, required } from "../core/fields.ts";
import { DATASET } from "../data/dataset.ts";
import { checkRegularizer } from "../nn/regularizer.ts";
import { requireState } from "../nn/state.ts";
import { checkCallbacks } from "./check-callbacks.ts";
import type { FitData, FitOptions } from "./options.ts";
import { FIT_FIELDS, GRADIENT_NORMS_FIELDS } from "./training-options.ts";

const DATA_FIELDS: Fields<FitData> = { train: required(DATASET), validation: DATASET };

/** Checks all options of `fit` before any of them is used.
 *  @throws GradusError `unknown-field`, also in `data`, `callbacks` and `regularizer`; `bad-argument` with what was expected. */
export function checkFitOptions(where: string, options: unknown): asserts options is FitOptions {
  checkOptions<FitOptions>(where, options ?? {}, FIT_FIELDS);
  checkFitParts(where, options as FitOptions);
}

/** Checks the content of those options that hold options themselves. */
export function checkFitParts(where: string, options: Partial<FitOptions>): void {
  const { data, callbacks = [], gradientNorms, regularizer, initialState } = options;
  if (data !== undefined) checkFitData(`${where}, data`, data);
  checkCallbacks(where, callbacks);
  if (typeof gradientNorms === "object") {
    checkOptions(`${where}, gradientNorms`, gradientNorms, GRADIENT_NORMS_FIELDS);
  }
  if (regularizer !== undefined) checkRegularizer(regularizer);
  if (initialState !== undefined) requireState(`${where}, initialState`, initialState);
}

/** @throws GradusError `bad-argument`, `unknown-field` for anything but a dataset or `{ train, validation }`. */
export function checkFitData(where: string, data: unknown): asserts data is FitOptions["data"] {
  if (!DATASET.accepts(data)) checkOptions<FitData>(where, data, DATA_FIELDS);
}
