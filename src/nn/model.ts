import { describe, isRecord } from "../core/describe.ts";
import type { HostArray } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { callback, checkOptions, type Fields, FLAG, field, recordField, required } from "../core/fields.ts";
import { reference } from "../core/json-schema.ts";
import { formatShape, type Shape, sameShape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ApplyContext, applyLayers } from "./apply.ts";
import { type BuiltLayer, buildLayers, type ParameterInfo, walkLayers } from "./build.ts";
import type { Resolved } from "./fields.ts";
import { shapeField } from "./fields.ts";
import type { LayerConfig, LayerInput } from "./layers.ts";
import { requireInputSize } from "./limits.ts";
import { type ArraySpec, assembleState, initialState, type ModelState, type NamedTree } from "./state.ts";
import { elementCount, summarize } from "./summary.ts";
import { resolveLayers } from "./validate.ts";

/** A model as plain JSON, with all defaults filled in. */
export interface ModelConfig {
  /** shape of one sample, without the batch axis */
  readonly inputShape: Shape;
  readonly layers: readonly LayerConfig[];
}

/** The input of `createModel`: the same, with optional fields and shorthands. */
export interface ModelInput {
  readonly inputShape: Shape;
  readonly layers: readonly LayerInput[];
}

/** Facts about one layer of a model. Shapes are without the batch axis. */
export interface LayerInfo {
  /** `2`, or `2.0` for the first layer inside layer 2 */
  readonly path: string;
  readonly type: LayerConfig["type"];
  readonly config: Resolved<LayerConfig>;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** shapes of its own parameters, by name */
  readonly parameters: Readonly<Record<string, Shape>>;
  /** the same, with initialiser ("auto" resolved) and fans */
  readonly initialization: Readonly<Record<string, ParameterInfo>>;
  /** shapes of its own running values, by name */
  readonly buffers: Readonly<Record<string, Shape>>;
  readonly parameterCount: number;
}

export interface ApplyResult {
  readonly output: Tensor;
  /** the buffers after this application; the given ones where nothing changed */
  readonly buffers: NamedTree;
  /** each layer's output, by path */
  readonly activations: ReadonlyMap<string, Tensor>;
}

/** A network as data, and the pure functions that it defines. It holds no values; a ModelState does. */
export interface Model {
  readonly config: ModelConfig;
  /** every layer, containers before their inner layers */
  readonly layers: readonly LayerInfo[];
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly parameterCount: number;
  /** whether any layer draws random numbers, so that training needs a key */
  readonly isRandom: boolean;
  /** Initial values. @param seed integer from 0 to 2^53 - 1; the same seed gives the same values. */
  initialize(seed: number): ModelState;
  /** A state from arrays by name. @param arrayOf returns the array for a path (`parameters.2.0.weight`) and its specification. */
  assemble(arrayOf: (path: string, spec: ArraySpec) => HostArray): ModelState;
  /** x (N, …inputShape) -> output (N, …outputShape).
   *  @throws `shape-mismatch`, `dtype-mismatch` for another input; `bad-argument` if a key is missing. */
  apply(state: ModelState, x: Tensor, context: ApplyContext): ApplyResult;
  /** A table for display: layer, output shape, parameters. */
  summary(): string;
  toJSON(): ModelConfig;
}

function shapesOf(arrays: Readonly<Record<string, { readonly shape: Shape }>>): Readonly<Record<string, Shape>> {
  return Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, shape]));
}

function infoOf({ path, config, inputShape, outputShape, parameters, buffers }: BuiltLayer): LayerInfo {
  return {
    path,
    type: config.type,
    config,
    inputShape,
    outputShape,
    parameters: shapesOf(parameters),
    initialization: parameters,
    buffers: shapesOf(buffers),
    parameterCount: elementCount(parameters),
  };
}

function checkInput(x: Tensor, inputShape: Shape): void {
  if (x.dtype !== "float32") {
    throw new GradusError(
      "dtype-mismatch",
      `model: expected a float32 input, got ${x.dtype}. Convert it with cast("float32").`,
      {
        dtype: x.dtype,
      },
    );
  }
  if (x.rank < 1 || !sameShape(x.shape.slice(1), inputShape)) {
    const hint = sameShape(x.shape, inputShape) ? " For one sample, add the batch axis: x.unsqueeze(0)." : "";
    throw new GradusError(
      "shape-mismatch",
      `model: expected an input (${["N", ...inputShape].join(", ")}), got ${formatShape(x.shape)}.${hint}`,
      { expected: inputShape, got: x.shape },
    );
  }
}

export const MODEL_FIELDS: Fields<ModelInput> = {
  inputShape: required(shapeField(false)),
  layers: required(
    field("a list of at least one layer", (value) => Array.isArray(value) && value.length > 0, {
      type: "array",
      items: reference("layer"),
      minItems: 1,
    }),
  ),
};

const CONTEXT_FIELDS: Fields<ApplyContext> = {
  training: required(FLAG),
  stochastic: FLAG,
  key: recordField("a key: randomKey(seed)"),
  tap: callback(),
};

function checkConfig(given: unknown): ModelConfig {
  checkOptions<ModelInput>("model", given, MODEL_FIELDS);
  const { inputShape, layers } = given;
  requireInputSize(inputShape);
  // a copy, so that later changes to the caller's lists do not change the model
  return structuredClone({ inputShape, layers: resolveLayers("layers", layers) });
}

/** Makes a model from its configuration; `createModel(JSON.parse(JSON.stringify(model)))` is the same model.
 *    createModel({ inputShape: [784], layers: [linear(100), leakyRelu(), linear(10)] })
 *  @throws `unknown-field` for a misspelt field or type, `bad-argument` for a value out of range, `shape-mismatch` if a
 *    layer does not fit the one before it. Each names the layer: `in layers.1 (linear): …`. `limit-exceeded` for samples that are
 *    too large, or too many layers. */
export function createModel(given: ModelInput): Model {
  const config = checkConfig(given);
  const built = buildLayers(config.layers, config.inputShape);
  const all = [...walkLayers(built)];
  const layers = all.map(infoOf);
  const { inputShape } = config;
  return {
    config,
    layers,
    inputShape,
    outputShape: (built.at(-1) as BuiltLayer).outputShape,
    parameterCount: layers.reduce((sum, layer) => sum + layer.parameterCount, 0),
    isRandom: all.some((layer) => layer.rule.isRandom?.(layer.config) ?? false),
    initialize: (seed) => initialState(built, seed),
    assemble: (arrayOf) => assembleState(built, arrayOf),
    apply(state, x, context) {
      checkOptions<ApplyContext>("model.apply", context ?? {}, CONTEXT_FIELDS);
      checkInput(x, inputShape);
      return applyLayers(built, x, state, context);
    },
    summary: () => summarize(built, inputShape),
    toJSON: () => config,
  };
}

/** `createModel` with the layers first: sequential([linear(100), relu(), linear(10)], { inputShape: [784] }). */
export function sequential(layers: readonly LayerInput[], options: { readonly inputShape: Shape }): Model {
  checkOptions<typeof options>("sequential", options ?? {}, { inputShape: MODEL_FIELDS.inputShape });
  return createModel({ inputShape: options.inputShape, layers });
}

/** @throws `bad-argument` for anything that `createModel` or `sequential` did not make. */
export function requireModel(where: string, value: unknown): asserts value is Model {
  if (isRecord(value) && typeof value.apply === "function" && isRecord(value.config)) return;
  const advice =
    isRecord(value) && "layers" in value
      ? "Make a model of it: createModel(config)."
      : "Give the result of createModel or sequential.";
  throw new GradusError("bad-argument", `${where}: expected a model, got ${describe(value)}. ${advice}`, { where });
}
