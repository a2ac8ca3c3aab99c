import type { HostArray } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { checkOptions, type Fields, field, recordField, required } from "../core/fields.ts";
import { formatShape, sameShape, sizeOf } from "../core/shape.ts";
import { type Tree, treeLeaves } from "../core/tree.ts";
import { areNames } from "../data/align-features.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type Json } from "../io/checkpoint.ts";
import { excerpt } from "../io/damage.ts";
import { createModel, type Model, type ModelConfig, requireModel } from "../nn/model.ts";
import { type ArraySpec, FEATURE_NAMES, type ModelState } from "../nn/state.ts";
import { Tensor } from "../tensor/tensor.ts";
import { RUN_ARRAYS } from "./checkpoints/run-file.ts";
import { requireModelState } from "./require-inputs.ts";

/** A trained model in one file: configuration, weights, running statistics, and any further facts. */
export interface SavedModel {
  readonly model: Model;
  readonly state: ModelState;
  /** Anything that JSON holds: experiment, scaling, class names, scores. */
  readonly about: Json;
}

/** The input of `saveModel`: `about` is optional. */
export type ModelToSave = Omit<SavedModel, "about"> & Partial<Pick<SavedModel, "about">>;

const SAVED_FIELDS: Fields<ModelToSave> = {
  model: required(recordField("a model: createModel(…)")),
  state: required(recordField("a state { parameters, buffers }")),
  about: field("plain JSON", () => true),
};

/** The bytes of a model file, as `saveModel` writes them, for hosts without a file system.
 *  @throws GradusError as `checkpointOf`; `bad-argument` if `about` is not JSON. */
export async function encodeModel(saved: ModelToSave): Promise<Uint8Array> {
  return encodeCheckpoint(await checkpointOf("encodeModel", saved));
}

/** The model in the bytes of such a file, as `loadModel` reads it.
 *  @param name for error messages.
 *  @throws GradusError as `decodeCheckpoint` and `modelOfCheckpoint`. */
export function decodeModel(bytes: Uint8Array, name = "model"): SavedModel {
  return modelOfCheckpoint(name, decodeCheckpoint(bytes, name));
}

/** A model as a checkpoint: arrays `parameters.<layer>.<name>` and `buffers.<layer>.<name>`, in PyTorch's layouts; the metadata contain
 *  the configuration.
 *  @param where the caller, for messages.
 *  @throws GradusError `bad-argument` if it is not a model with a state. */
export async function checkpointOf(where: string, saved: ModelToSave): Promise<Checkpoint> {
  checkOptions<ModelToSave>(where, saved, SAVED_FIELDS);
  const { model, state, about = null } = saved;
  requireModel(where, model);
  requireModelState(where, model, state);
  const arrays = new Map<string, HostArray>();
  for (const { path, leaf } of treeLeaves({ parameters: state.parameters, buffers: state.buffers } as Tree<
    Tensor | HostArray
  >)) {
    arrays.set(path, leaf instanceof Tensor ? await leaf.array() : leaf);
  }
  const featureNames = state[FEATURE_NAMES];
  const config = JSON.parse(JSON.stringify(model.config)) as Json;
  return { arrays, metadata: { model: config, about, ...(featureNames === undefined ? {} : { featureNames }) } };
}

/** The model of a checkpoint. Its arrays are compared with those that the model needs before any tensor is built.
 *  @param file name for error messages.
 *  @throws GradusError `bad-data` if the model cannot be built, or if an array is missing, does not belong to the model, or has a
 *  different shape or type than the model needs; `not-finite` for NaN, infinity and numbers beyond float32 among the values;
 *  `limit-exceeded` for a model that is too large. */
export function modelOfCheckpoint(file: string, { arrays, metadata }: Checkpoint): SavedModel {
  const { model: config, about, featureNames } = fieldsOf(metadata);
  if (config === undefined) {
    throw new GradusError(
      "bad-data",
      `${file}: the checkpoint contains no model. Give one that saveModel or gradus train wrote.`,
      { file },
    );
  }
  const model = builtModel(file, config);
  const used = new Set<string>();
  const state = model.assemble((path, spec) => {
    used.add(path);
    return fittingArray(file, path, spec, arrays.get(path));
  });
  // a checkpoint of a run holds more than its model
  const isOfRun = (path: string) => metadata !== null && "run" in fieldsOf(metadata) && path.startsWith(RUN_ARRAYS);
  const extra = [...arrays.keys()].filter((path) => !used.has(path) && !isOfRun(path));
  if (extra.length > 0) {
    throw new GradusError(
      "bad-data",
      `${file}: ${extra.length} of its arrays do not belong to the model: ${excerpt(extra.slice(0, 5).join(", "))}. Weights and model come from different networks.`,
      { file, extra },
    );
  }
  return { model, state: withNames(file, model, state, featureNames), about: about ?? null };
}

/** The state with the names of its features, if the file has them. */
function withNames(file: string, { inputShape }: Model, state: ModelState, names: Json | undefined): ModelState {
  if (names === undefined) return state;
  const features = sizeOf(inputShape);
  if (areNames(names, features)) return { ...state, [FEATURE_NAMES]: names };
  throw new GradusError("bad-data", `${file}: its featureNames are not the names of ${features} features.`, {
    file,
    names,
  });
}

/** The fields of the metadata, if there are any. */
function fieldsOf(metadata: Json): { readonly [name: string]: Json } {
  const isObject = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
  return isObject ? { ...(metadata as { readonly [name: string]: Json }) } : {};
}

function builtModel(file: string, config: Json): Model {
  try {
    return createModel(config as unknown as ModelConfig);
  } catch (cause) {
    if (!(cause instanceof GradusError)) throw cause;
    const code = cause.code === "limit-exceeded" ? cause.code : "bad-data";
    const message = `${file}: its model cannot be built: ${cause.message}`;
    throw new GradusError(code, message, { ...cause.values, file }, { cause });
  }
}

/** The array, if it is the one that the model needs. */
function fittingArray(
  file: string,
  path: string,
  { shape, dtype }: ArraySpec,
  array: HostArray | undefined,
): HostArray {
  if (array === undefined || array.dtype !== dtype || !sameShape(array.shape, shape)) {
    const got = array === undefined ? "it is missing" : `it is ${array.dtype} ${formatShape(array.shape)}`;
    throw new GradusError("bad-data", `${file}: the model needs ${path}, ${dtype} ${formatShape(shape)}; ${got}.`, {
      file,
      path,
    });
  }
  const bad = dtype === "float32" ? array.data.findIndex((value) => !Number.isFinite(Math.fround(value))) : -1;
  if (bad < 0) return array;
  throw new GradusError(
    "not-finite",
    `${file}: ${path} holds ${array.data[bad]} at place ${bad}; the values of a trained model are finite float32 numbers. Use a checkpoint from before the training failed.`,
    { file, path, index: bad, value: array.data[bad] },
  );
}
