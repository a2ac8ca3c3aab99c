import { checkpointOf, type ModelToSave, modelOfCheckpoint, type SavedModel } from "../train/checkpoint.ts";
import { readCheckpoint, writeCheckpoint } from "./files.ts";
import type { ReadOptions } from "./limits.ts";

/** Writes a model as a checkpoint: a safetensors file with arrays `parameters.<layer>.<name>` and `buffers.<layer>.<name>`,
 *  laid out as PyTorch's; the configuration is among its metadata. The file is replaced as a whole or not at all.
 *  @throws GradusError `bad-argument` where `about` is not JSON. */
export async function saveModel(file: string, saved: ModelToSave): Promise<void> {
  writeCheckpoint(file, await checkpointOf("saveModel", saved));
}

/** Reads what `saveModel` wrote. What the file holds is compared with what its model asks for before anything is built.
 *  @throws GradusError as `readCheckpoint`; `bad-data` where the model cannot be built, and where an array is missing, is none of the
 *  model's, or has another shape or type than the model says; `not-finite` for NaN, infinity and numbers beyond float32 among the
 *  values; `limit-exceeded` for a model out of all proportion. */
export function loadModel(file: string, options: ReadOptions = {}): SavedModel {
  return modelOfCheckpoint(file, readCheckpoint(file, options));
}
