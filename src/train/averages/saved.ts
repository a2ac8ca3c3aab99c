import type { HostArray } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import type { ModelState } from "../../nn/state.ts";
import type { AveragedStates } from "./states.ts";
import { AVERAGE_NAMES, type AverageName, type WeightsName } from "./values.ts";

// Averaged weights in a file of a model: the names of the raw ones behind "averages.ema." or "averages.swa.". A checkpoint of a run also has
// "averages.ema.total": how much has been averaged.

/** What the names of the arrays of one average begin with. */
export function prefixOf(name: AverageName): string {
  return `averages.${name}.`;
}

/** The averages among a file's arrays.
 *  @param assemble builds the model's state from the arrays whose names begin so. */
export function savedAverages(
  arrays: ReadonlyMap<string, HostArray>,
  assemble: (prefix: string) => ModelState,
): AveragedStates {
  const states: { [Name in AverageName]?: ModelState } = {};
  for (const name of AVERAGE_NAMES) {
    const prefix = prefixOf(name);
    const isThere = [...arrays.keys()].some((path) => path.startsWith(prefix));
    // before its first epoch a mean is only zeros
    if (isThere && arrays.get(`${prefix}total`)?.data[0] !== 0) states[name] = assemble(prefix);
  }
  return states;
}

/** Whether an array is part of an average without being weights of the model, or of an average of nothing. */
export function isBookkeeping(path: string, arrays: ReadonlyMap<string, HostArray>): boolean {
  const name = AVERAGE_NAMES.find((each) => path.startsWith(prefixOf(each)));
  if (name === undefined) return false;
  const total = `${prefixOf(name)}total`;
  return path === total || arrays.get(total)?.data[0] === 0;
}

/** The state that was asked for.
 *  @throws GradusError `bad-argument` if the file does not have it. */
export function chosenState(file: string, raw: ModelState, averages: AveragedStates, weights: WeightsName): ModelState {
  const state = weights === "raw" ? raw : averages[weights];
  if (state !== undefined) return state;
  const has = ["raw", ...AVERAGE_NAMES.filter((name) => averages[name] !== undefined)];
  throw new GradusError(
    "bad-argument",
    `${file}: it has no ${weights} weights, only ${has.join(" and ")}. Train with ${weights === "ema" ? '"ema": 0.999' : '"swa": {}'} to have them saved, or take another of its weights.`,
    { file, weights, has },
  );
}
