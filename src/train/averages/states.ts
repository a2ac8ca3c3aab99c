import type { ModelState } from "../../nn/state.ts";
import { type StateValues, toModelState } from "../feed.ts";
import { AVERAGE_NAMES, type AverageName } from "./values.ts";

/** A model's averaged states by name. One is absent if it was not asked for, or if nothing has been averaged yet. */
export type AveragedStates = { readonly [Name in AverageName]?: ModelState };

/** @param featureNames of the training data. */
export function averagedStates(
  { averages }: Pick<StateValues, "averages">,
  featureNames: readonly string[] | undefined,
): AveragedStates {
  const states: { [Name in AverageName]?: ModelState } = {};
  for (const name of AVERAGE_NAMES) {
    const average = averages[name];
    if (average !== undefined && average.total.data[0] !== 0) states[name] = toModelState(average, featureNames);
  }
  return states;
}
