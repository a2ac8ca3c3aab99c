import { checkOptions, type Fields } from "../core/fields.ts";
import {
  checkpointOf,
  type ModelToSave,
  modelOfCheckpoint,
  type SavedModel,
  WEIGHTS_FIELDS,
  type WeightsOptions,
} from "../train/checkpoint.ts";
import { readCheckpoint, writeCheckpoint } from "./files.ts";
import { READ_FIELDS, type ReadOptions } from "./limits.ts";

/** How `loadModel` reads. */
export interface LoadOptions extends ReadOptions, WeightsOptions {}

const LOAD_FIELDS: Fields<LoadOptions> = { ...READ_FIELDS, ...WEIGHTS_FIELDS };

/** Writes a model as a checkpoint: a safetensors file with arrays `parameters.<layer>.<name>` and `buffers.<layer>.<name>`, in PyTorch's
 *  layout, and the configuration in its metadata. Averaged weights that are given go beside them. The file is replaced whole or not at all.
 *  @throws GradusError `bad-argument` if `about` is not JSON. */
export async function saveModel(file: string, saved: ModelToSave): Promise<void> {
  writeCheckpoint(file, await checkpointOf("saveModel", saved));
}

/** Reads a file written by `saveModel`, or a checkpoint of a run. Checks the arrays against the model before building anything.
 *    const { model, state } = loadModel("digits.safetensors", { weights: "ema" })
 *  @throws GradusError as `readCheckpoint`; `bad-argument` for weights that the file does not have; `bad-data` if the model cannot be built, or an array is missing, does not belong to the
 *  model, or has the wrong shape or type; `not-finite` for NaN, infinity and numbers beyond float32; `limit-exceeded` for an
 *  unreasonably large model. */
export function loadModel(file: string, options: LoadOptions = {}): SavedModel {
  checkOptions<LoadOptions>("loadModel", options, LOAD_FIELDS);
  const { weights, ...reading } = options;
  return modelOfCheckpoint(file, readCheckpoint(file, reading), weights);
}
