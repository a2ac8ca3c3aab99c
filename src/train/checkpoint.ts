import type { HostArray } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { checkOptions, type Fields, field, recordField, required } from "../core/fields.ts";
import { formatShape, sameShape, sizeOf } from "../core/shape.ts";
import { type Tree, treeLeaves } from "../core/tree.ts";
import { areNames } from "../data/align-features.ts";
import type { Json } from "../io/checkpoint.ts";
import { excerpt } from "../io/damage.ts";
import { readCheckpoint, writeCheckpoint } from "../io/files.ts";
import type { ReadOptions } from "../io/limits.ts";
import { createModel, type Model, type ModelConfig, requireModel } from "../nn/model.ts";
import { type ArraySpec, FEATURE_NAMES, type ModelState } from "../nn/state.ts";
import { Tensor } from "../tensor/tensor.ts";
import { requireModelState } from "./require-inputs.ts";

/** A trained model in one file: configuration, weights, running statistics, and what else belongs to it. */
export interface SavedModel {
  readonly model: Model;
  readonly state: ModelState;
  /** Anything that JSON holds: experiment, scaling, class names, scores. */
  readonly about: Json;
}

/** `about` may be left out. */
type ModelToSave = Omit<SavedModel, "about"> & Partial<Pick<SavedModel, "about">>;

const SAVED_FIELDS: Fields<ModelToSave> = {
  model: required(recordField("a model: createModel(…)")),
  state: required(recordField("a state { parameters, buffers }")),
  about: field("plain JSON", () => true),
};

/** Writes a model as a checkpoint: a safetensors file with arrays `parameters.<layer>.<name>` and `buffers.<layer>.<name>`,
 *  laid out as PyTorch's; the configuration is among its metadata. The file is replaced as a whole or not at all.
 *  @throws GradusError `bad-argument` where `about` is not JSON. */
export async function saveModel(file: string, saved: ModelToSave): Promise<void> {
  checkOptions<ModelToSave>("saveModel", saved, SAVED_FIELDS);
  const { model, state, about = null } = saved;
  requireModel("saveModel", model);
  requireModelState("saveModel", model, state);
  const arrays = new Map<string, HostArray>();
  for (const { path, leaf } of treeLeaves({ parameters: state.parameters, buffers: state.buffers } as Tree<
    Tensor | HostArray
  >)) {
    arrays.set(path, leaf instanceof Tensor ? await leaf.array() : leaf);
  }
  const featureNames = state[FEATURE_NAMES];
  const config = JSON.parse(JSON.stringify(model.config)) as Json;
  writeCheckpoint(file, {
    arrays,
    metadata: { model: config, about, ...(featureNames === undefined ? {} : { featureNames }) },
  });
}

/** Reads what `saveModel` wrote. What the file holds is compared with what its model asks for before anything is built.
 *  @throws GradusError as `readCheckpoint`; `bad-data` where the model cannot be built, and where an array is missing, is none of the
 *  model's, or has another shape or type than the model says; `not-finite` for NaN, infinity and numbers beyond float32 among the
 *  values; `limit-exceeded` for a model out of all proportion. */
export function loadModel(file: string, options: ReadOptions = {}): SavedModel {
  const { arrays, metadata } = readCheckpoint(file, options);
  const { model: config, about, featureNames } = fieldsOf(metadata);
  if (config === undefined) {
    throw new GradusError(
      "bad-data",
      `${file}: a checkpoint without a model. Give one that saveModel or gradus train wrote.`,
      { file },
    );
  }
  const model = builtModel(file, config);
  const used = new Set<string>();
  const state = model.assemble((path, spec) => {
    used.add(path);
    return fittingArray(file, path, spec, arrays.get(path));
  });
  const extra = [...arrays.keys()].filter((path) => !used.has(path));
  if (extra.length > 0) {
    throw new GradusError(
      "bad-data",
      `${file}: ${extra.length} of its arrays are none of the model's: ${excerpt(extra.slice(0, 5).join(", "))}. Weights and model belong to different networks.`,
      { file, extra },
    );
  }
  return { model, state: withNames(file, model, state, featureNames), about: about ?? null };
}

/** The state with the names of its features, where the file has them. */
function withNames(file: string, { inputShape }: Model, state: ModelState, names: Json | undefined): ModelState {
  if (names === undefined) return state;
  const features = sizeOf(inputShape);
  if (areNames(names, features)) return { ...state, [FEATURE_NAMES]: names };
  throw new GradusError("bad-data", `${file}: its featureNames are not the names of ${features} features.`, {
    file,
    names,
  });
}

/** The metadata's fields, where they have some. */
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

/** The array, if it is what the model needs there. */
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
    `${file}: ${path} holds ${array.data[bad]} at place ${bad}; a trained model's values are finite numbers of float32. Take a checkpoint from before the training broke.`,
    { file, path, index: bad, value: array.data[bad] },
  );
}
