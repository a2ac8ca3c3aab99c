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
import { chosenState, isBookkeeping, prefixOf, savedAverages } from "./averages/saved.ts";
import type { AveragedStates } from "./averages/states.ts";
import { AVERAGE_NAMES, WEIGHTS, type WeightsName } from "./averages/values.ts";
import { RUN_ARRAYS } from "./checkpoints/run-file.ts";
import { requireModelState } from "./require-inputs.ts";

/** A trained model in one file: configuration, weights, running statistics, and any further facts. `ema` and `swa` are averaged weights, if
 *  the training kept some. */
export interface SavedModel extends AveragedStates {
  readonly model: Model;
  /** The weights as trained, or those that were asked for. */
  readonly state: ModelState;
  /** Anything that JSON holds: experiment, scaling, class names, scores. */
  readonly about: Json;
}

/** The input of `saveModel`: `about` is optional. */
export type ModelToSave = Omit<SavedModel, "about"> & Partial<Pick<SavedModel, "about">>;

const SAVED_FIELDS: Fields<ModelToSave> = {
  model: required(recordField("a model: createModel(…)")),
  state: required(recordField("a state { parameters, buffers }")),
  ema: recordField("a state { parameters, buffers }"),
  swa: recordField("a state { parameters, buffers }"),
  about: field("plain JSON", () => true),
};

/** How a saved model is read. */
export interface WeightsOptions {
  /** Which weights become its `state`: as trained, or an average that was saved beside them. Default "raw". */
  readonly weights?: WeightsName | undefined;
}

export const WEIGHTS_FIELDS: Fields<WeightsOptions> = { weights: WEIGHTS };

/** The bytes of a model file, as `saveModel` writes them, for hosts without a file system.
 *  @throws GradusError as `checkpointOf`; `bad-argument` if `about` is not JSON. */
export async function encodeModel(saved: ModelToSave): Promise<Uint8Array> {
  return encodeCheckpoint(await checkpointOf("encodeModel", saved));
}

/** The model in the bytes of such a file, as `loadModel` reads it.
 *  @param name for error messages.
 *  @throws GradusError as `decodeCheckpoint` and `modelOfCheckpoint`. */
export function decodeModel(bytes: Uint8Array, name = "model", options: WeightsOptions = {}): SavedModel {
  checkOptions<WeightsOptions>("decodeModel", options, WEIGHTS_FIELDS);
  return modelOfCheckpoint(name, decodeCheckpoint(bytes, name), options.weights);
}

/** A model as a checkpoint: arrays `parameters.<layer>.<name>` and `buffers.<layer>.<name>`, in PyTorch's layouts, and those of averaged
 *  weights, `averages.ema.parameters.<layer>.<name>` and so on; the metadata contain the configuration.
 *  @param where the caller, for messages.
 *  @throws GradusError `bad-argument` if it is not a model with a state. */
export async function checkpointOf(where: string, saved: ModelToSave): Promise<Checkpoint> {
  checkOptions<ModelToSave>(where, saved, SAVED_FIELDS);
  const { model, state, about = null } = saved;
  requireModel(where, model);
  const arrays = await arraysOf(where, model, state);
  for (const name of AVERAGE_NAMES) {
    const average = saved[name];
    if (average === undefined) continue;
    for (const [path, array] of await arraysOf(where, model, average)) arrays.set(prefixOf(name) + path, array);
  }
  const featureNames = state[FEATURE_NAMES];
  const config = JSON.parse(JSON.stringify(model.config)) as Json;
  return { arrays, metadata: { model: config, about, ...(featureNames === undefined ? {} : { featureNames }) } };
}

/** The arrays of a state by path. */
async function arraysOf(where: string, model: Model, state: ModelState): Promise<Map<string, HostArray>> {
  requireModelState(where, model, state);
  const arrays = new Map<string, HostArray>();
  const { parameters, buffers } = state;
  for (const { path, leaf } of treeLeaves({ parameters, buffers } as Tree<Tensor | HostArray>)) {
    arrays.set(path, leaf instanceof Tensor ? await leaf.array() : leaf);
  }
  return arrays;
}

/** The model of a checkpoint. Its arrays are compared with those that the model needs before any tensor is built.
 *  @param file name for error messages.
 *  @param weights which of the saved weights become the state.
 *  @throws GradusError `bad-argument` for weights that the file does not have; `bad-data` if the model cannot be built, or if an array is missing, does not belong to the model, or has a
 *  different shape or type than the model needs; `not-finite` for NaN, infinity and numbers beyond float32 among the values;
 *  `limit-exceeded` for a model that is too large. */
export function modelOfCheckpoint(
  file: string,
  { arrays, metadata }: Checkpoint,
  weights: WeightsName = "raw",
): SavedModel {
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
  const assemble = (prefix: string): ModelState => {
    const state = model.assemble((name, spec) => {
      const path = prefix + name;
      used.add(path);
      return fittingArray(file, path, spec, arrays.get(path));
    });
    return withNames(file, model, state, featureNames);
  };
  const raw = assemble("");
  const averages = savedAverages(arrays, assemble);
  // a checkpoint of a run holds more than its model
  const isOfRun = (path: string) => metadata !== null && "run" in fieldsOf(metadata) && path.startsWith(RUN_ARRAYS);
  const extra = [...arrays.keys()].filter((path) => !used.has(path) && !isOfRun(path) && !isBookkeeping(path, arrays));
  if (extra.length > 0) {
    throw new GradusError(
      "bad-data",
      `${file}: ${extra.length} of its arrays do not belong to the model: ${excerpt(extra.slice(0, 5).join(", "))}. Weights and model come from different networks.`,
      { file, extra },
    );
  }
  return { model, state: chosenState(file, raw, averages, weights), ...averages, about: about ?? null };
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
