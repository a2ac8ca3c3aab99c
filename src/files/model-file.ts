import { checkpointOf, type ModelToSave, modelOfCheckpoint, type SavedModel } from "../train/checkpoint.ts";
import { readCheckpoint, writeCheckpoint } from "./files.ts";
import type { ReadOptions } from "./limits.ts";

/** Writes a model as a checkpoint: a safetensors file with arrays `parameters.<layer>.<name>` and `buffers.<layer>.<name>`, in PyTorch's
 *  layout, and the configuration in its metadata. The file is replaced whole or not at all.
 *  @throws GradusError `bad-argument` if `about` is not JSON. */
export async function saveModel(file: string, saved: ModelToSave): Promise<void> {
  writeCheckpoint(file, await checkpointOf("saveModel", saved));
}

/** Reads a file written by `saveModel`. Checks the arrays against the model before building anything.
 *  @throws GradusError as `readCheckpoint`; `bad-data` if the model cannot be built, or an array is missing, does not belong to the
 *  model, or has the wrong shape or type; `not-finite` for NaN, infinity and numbers beyond float32; `limit-exceeded` for an
 *  unreasonably large model. */
export function loadModel(file: string, options: ReadOptions = {}): SavedModel {
  return modelOfCheckpoint(file, readCheckpoint(file, options));
}
