import { append } from "../../core/extremes.ts";
import type { Shape } from "../../core/shape.ts";
import { isActivation } from "../../nn/activations.ts";
import type { LayerRole } from "../../nn/layer.ts";
import { factsOf, type LayerConfig, type LayerInput, ruleOf, type WithField } from "../../nn/layers.ts";
import { createModel, type LayerInfo, type Model, type ModelConfig } from "../../nn/model.ts";
import type { RegularizerConfig } from "../../nn/regularizer.ts";
import type { Settings } from "../../train/training.ts";
import type { LayerNaming } from "../../train/training-options.ts";

/** A layer that is not a container, with its surroundings. */
export interface LayerSite {
  /** As in records and models: `2`, or `2.0` for the first layer inside layer 2. */
  readonly path: string;
  /** As the user wrote it, with shorthands expanded: only the given fields. */
  readonly layer: LayerConfig;
  /** The same with all defaults. */
  readonly info: LayerInfo;
  /** Layers that follow in order of application, also inside containers, with all defaults. */
  readonly after: readonly LayerConfig[];
  /** Layers before it, likewise. */
  readonly before: readonly LayerConfig[];
  /** Whether it is the last layer with a weight, or comes after it. */
  readonly isOutput: boolean;
}

/** `"relu"` and `{ type: "activation", function: "relu" }` as `{ type: "relu" }`. */
export function opened(given: LayerInput): LayerConfig {
  if (typeof given === "string") return { type: given } as LayerConfig;
  if (given.type === "activation") return opened(given.function as LayerInput);
  return given;
}

function isContainer(layer: LayerConfig): layer is Extract<LayerConfig, { readonly layers: readonly LayerInput[] }> {
  return ruleOf(layer).contains !== undefined;
}

function* leaves(
  layers: readonly LayerInput[],
  prefix: string,
): Generator<readonly [path: string, layer: LayerConfig]> {
  for (const [index, given] of layers.entries()) {
    const layer = opened(given);
    const path = `${prefix}${index}`;
    if (isContainer(layer)) yield* leaves(layer.layers, `${path}.`);
    else yield [path, layer];
  }
}

const hasWeight = ({ parameters }: LayerInfo): boolean => Object.values(parameters).some((shape) => shape.length >= 2);

/** Every layer that is not a container, in order of application.
 *  @throws as `createModel`. */
export function layerSites(config: ModelConfig): readonly LayerSite[] {
  const model = createModel(config);
  const infos = new Map(model.layers.map((info) => [info.path, info]));
  const found = [...leaves(config.layers, "")];
  const isIn = (path: string, outer: string) => path === outer || path.startsWith(`${outer}.`);
  const weighted = model.layers.filter(hasWeight);
  const output = found.findLastIndex(([path]) => weighted.some((info) => isIn(info.path, path)));
  const resolved = found.map(([path]) => (infos.get(path) as LayerInfo).config as LayerConfig);
  return found.map(([path, layer], index) => ({
    path,
    layer,
    info: infos.get(path) as LayerInfo,
    after: resolved.slice(index + 1),
    before: resolved.slice(0, index),
    isOutput: output >= 0 && index >= output,
  }));
}

type Change = (site: LayerSite) => readonly LayerConfig[] | undefined;

/** Settings with layers replaced: each layer by a list, whose first takes its place; undefined keeps it, an empty list removes it.
 *  Works inside containers too. Penalties that name layers move with them.
 *  @returns the same object if nothing changes. */
export function rewriteLayers(settings: Settings, change: Change): Settings {
  const sites = new Map(layerSites(settings.model).map((site) => [site.path, site]));
  const moves = new Map<string, string>();
  const rewrite = (layers: readonly LayerInput[], from: string, to: string): readonly LayerInput[] => {
    const result: LayerInput[] = [];
    for (const [index, given] of layers.entries()) {
      const [path, place] = [`${from}${index}`, `${to}${result.length}`];
      const layer = opened(given);
      moves.set(path, place);
      if (isContainer(layer)) {
        const inner = rewrite(layer.layers, `${path}.`, `${place}.`);
        result.push(inner === layer.layers ? given : { ...layer, layers: inner });
      } else {
        const site = sites.get(path) as LayerSite;
        // unchanged layers keep their spelling
        append(
          result,
          (change(site) ?? [given]).map((each) => (each === site.layer ? given : each)),
        );
      }
    }
    const isSame = result.length === layers.length && result.every((layer, index) => layer === layers[index]);
    return isSame ? layers : result;
  };
  const layers = rewrite(settings.model.layers, "", "");
  if (layers === settings.model.layers) return settings;
  // `opened` and `LayerInput` differ only in shorthands, which models accept everywhere
  const model = { ...settings.model, layers: layers as readonly LayerConfig[] };
  return followLayers({ ...settings, model }, moves);
}

type Moves = ReadonlyMap<string, string>;

/** How options follow the layers that they name. The list of training options says which do; one that is missing here does not compile. */
const FOLLOWERS: {
  readonly [Name in LayerNaming]: (value: NonNullable<Settings[Name]>, moves: Moves) => NonNullable<Settings[Name]>;
} = { regularizer: movePenalties };

/** The options that name layers by their paths. */
export const LAYER_NAMING = Object.keys(FOLLOWERS) as readonly LayerNaming[];

/** Settings whose options follow the layers that they name. @param names those that follow. Default: all. */
export function followLayers<Whole extends Pick<Settings, LayerNaming>>(
  settings: Whole,
  moves: Moves,
  names: readonly LayerNaming[] = LAYER_NAMING,
): Whole {
  const moved = names.flatMap((name) => {
    const value = settings[name];
    const follow = FOLLOWERS[name] as (value: unknown, moves: Moves) => unknown;
    return value === undefined ? [] : [[name, follow(value, moves)] as const];
  });
  return { ...settings, ...Object.fromEntries(moved) };
}

/** Penalties whose paths follow the layers that they name. */
function movePenalties(regularizer: RegularizerConfig, moves: Moves): RegularizerConfig {
  if (regularizer.layers === undefined) return regularizer;
  const entries = Object.entries(regularizer.layers).map(([path, own]) => [moves.get(path) ?? path, own]);
  return { ...regularizer, layers: Object.fromEntries(entries) };
}

/** A layer that is a weighted sum and a bias, without a built-in activation. */
export type SumLayer = WithField<"biasInit">;

export function isSum(layer: LayerConfig): layer is SumLayer {
  return factsOf(layer).role === "sum";
}

export function isConvolution(layer: LayerConfig): boolean {
  return isSum(layer) && factsOf(layer).unitAxis === "first";
}

export type RecurrentLayer = WithField<"recurrentInit">;

export function isRecurrent(layer: LayerConfig): layer is RecurrentLayer {
  return factsOf(layer).role === "recurrent";
}

export function isNormalisation(layer: LayerConfig): boolean {
  return factsOf(layer).role === "normalization";
}

export function isPool(layer: LayerConfig): boolean {
  return factsOf(layer).role === "pooling";
}

/** The layers after a layer, up to the next one with weights: its activation, normalisation, pooling, dropout. */
export function untilNextWeight(after: readonly LayerConfig[]): readonly LayerConfig[] {
  const end = after.findIndex((layer) => WEIGHTED.includes(factsOf(layer).role));
  return end < 0 ? after : after.slice(0, end);
}

const WEIGHTED: readonly LayerRole[] = ["sum", "recurrent", "lookup", "attention"];

/** The first activation after a layer and before the next weights. */
export function activationAfter({ after }: LayerSite): LayerConfig | undefined {
  return untilNextWeight(after).find(isActivation);
}

/** Units of a layer's output: features, or channels. */
export function widthOf(shape: Shape): number {
  return shape.length >= 3 ? (shape[0] as number) : (shape.at(-1) ?? 1);
}

/** A copy without these fields. */
export function without<T extends object, K extends keyof T>(whole: T, ...names: readonly K[]): Omit<T, K> {
  const entries = Object.entries(whole).filter(([name]) => !(names as readonly PropertyKey[]).includes(name));
  return Object.fromEntries(entries) as Omit<T, K>;
}

/** Whether the model has recurrent layers. */
export function hasRecurrent(model: Model | ModelConfig): boolean {
  const config = "toJSON" in model ? model.config : model;
  return [...leaves(config.layers, "")].some(([, layer]) => isRecurrent(layer));
}
