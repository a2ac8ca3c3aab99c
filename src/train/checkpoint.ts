import type { HostArray } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import { mapTree, type Tree, treeLeaves } from "../core/tree.ts";
import type { Json } from "../io/checkpoint.ts";
import { readCheckpoint, writeCheckpoint } from "../io/files.ts";
import { createModel, type Model, type ModelConfig } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { toModelState } from "./feed.ts";

/** A trained model in one file: configuration, weights, running statistics, and what else belongs to it. */
export interface SavedModel {
  readonly model: Model;
  readonly state: ModelState;
  /** Anything that JSON holds: experiment, scaling, class names, scores. */
  readonly about: Json;
}

/** Writes a model as a checkpoint: a safetensors file with arrays `parameters.<layer>.<name>` and `buffers.<layer>.<name>`,
 *  laid out as PyTorch's; the configuration is among its metadata. The file is replaced as a whole or not at all.
 *  @throws GradusError `bad-argument` where `about` is not JSON. */
export async function saveModel(file: string, { model, state, about }: SavedModel): Promise<void> {
  const arrays = new Map<string, HostArray>();
  for (const { path, leaf } of treeLeaves({ parameters: state.parameters, buffers: state.buffers } as Tree<Tensor>)) {
    arrays.set(path, await leaf.array());
  }
  const config = JSON.parse(JSON.stringify(model.config)) as Json;
  writeCheckpoint(file, { arrays, metadata: { model: config, about } });
}

/** Reads what `saveModel` wrote.
 *  @throws GradusError as `readCheckpoint`; `bad-data` where an array is missing or has another shape than the model says. */
export function loadModel(file: string): SavedModel {
  const { arrays, metadata } = readCheckpoint(file);
  const { model: config, about } = metadata as { readonly model?: ModelConfig; readonly about?: Json };
  if (config === undefined) {
    throw new GradusError(
      "bad-data",
      `${file}: a checkpoint without a model. Give one that saveModel or gradus train wrote.`,
      { file },
    );
  }
  const model = createModel(config);
  const { parameters, buffers } = model.initialize(0);
  const template = { parameters: parameters as Tree<Tensor>, buffers: buffers as Tree<Tensor> } as const;
  const values = mapTree(template as Tree<Tensor>, (leaf, path): HostArray => {
    const array = arrays.get(path);
    if (array === undefined || !sameShape(array.shape, leaf.shape)) {
      const got = array === undefined ? "it is missing" : `it is ${formatShape(array.shape)}`;
      throw new GradusError("bad-data", `${file}: the model needs ${path} ${formatShape(leaf.shape)}; ${got}.`, {
        file,
        path,
      });
    }
    return array;
  });
  return { model, state: toModelState(values as unknown as Parameters<typeof toModelState>[0]), about: about ?? null };
}
