import { GradusError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import type { Resolved } from "./fields.ts";
import { autoInit } from "./init/auto.ts";
import { type Fans, fansOf } from "./init/fans.ts";
import { type InitConfig, resolveInit } from "./init/init.ts";
import type { BufferSpec, LayerRule } from "./layer.ts";
import { type LayerConfig, ruleOf } from "./layers.ts";
import { requireLayerCount } from "./limits.ts";
import { layerName, resolveLayer } from "./validate.ts";

/** A parameter with its final initialiser. */
export interface ParameterInfo extends Fans {
  readonly shape: Shape;
  readonly init: InitConfig;
}

/** A layer in its place: shapes known, parameters named. */
export interface BuiltLayer {
  /** `2`, or `2.0` for the first layer inside layer 2: the place of its parameters in the tree */
  readonly path: string;
  /** for messages: `in layers.2.layers.0 (linear)` */
  readonly where: string;
  /** position in depth-first order, which separates its random numbers from those of other layers */
  readonly ordinal: number;
  /** names the random stream of its initial values: by type and rank among its type (`linear.1`), so that adding or removing
   *  layers of other types does not change them */
  readonly streamName: string;
  readonly config: Resolved<LayerConfig>;
  readonly rule: LayerRule<LayerConfig, PropertyKey>;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly parameters: Readonly<Record<string, ParameterInfo>>;
  readonly buffers: Readonly<Record<string, BufferSpec>>;
  readonly inner: ReadonlyMap<string, BuiltLayer>;
}

/** Runs a rule and puts the layer's name in front of the message of an error that it throws. */
export function inLayer<T>(where: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof GradusError) || "layer" in error.values) throw error;
    throw new GradusError(error.code, `${where}: ${error.message}`, { ...error.values, layer: path }, { cause: error });
  }
}

/** Counts the layers built so far. */
export interface BuildCounter {
  next: number;
}

interface Site {
  readonly path: string;
  /** in the configuration: `layers.2` */
  readonly place: string;
  /** prefix from the container; empty for the model */
  readonly streamPrefix: string;
  /** number of layers of each type in the container so far */
  readonly kinds: Map<string, number>;
  /** the layers that follow, for `init: "auto"` */
  readonly after: readonly LayerConfig[];
}

function settle(
  spec: { readonly shape: Shape; readonly init: unknown; readonly fans?: Fans },
  after: readonly LayerConfig[],
): ParameterInfo {
  const init = resolveInit("init", spec.init as InitConfig);
  return { shape: spec.shape, init: init === "auto" ? autoInit(after) : init, ...(spec.fans ?? fansOf(spec.shape)) };
}

/** Builds one layer and its inner layers. @throws what its rule throws, with the layer's name in front. */
export function buildLayer(config: LayerConfig, inputShape: Shape, site: Site, counter: BuildCounter): BuiltLayer {
  const { path, place, after } = site;
  const where = layerName(place, config.type);
  const ordinal = counter.next++;
  requireLayerCount(where, counter.next);
  const rank = site.kinds.get(config.type) ?? 0;
  site.kinds.set(config.type, rank + 1);
  const streamName = `${site.streamPrefix}${config.type}.${rank}`;
  const rule = ruleOf(config);
  const resolved = config as Resolved<LayerConfig>;
  const inner = new Map<string, BuiltLayer>();
  const kinds = new Map<string, number>();

  const buildInner = (name: string, given: unknown, shape: Shape, following: readonly unknown[]): Shape => {
    const listed = /^\d+$/.test(name);
    const innerPlace = listed ? `${place}.layers.${name}` : `${place}.${name}`;
    const innerSite: Site = {
      path: `${path}.${name}`,
      place: innerPlace,
      streamPrefix: `${streamName}/${listed ? "" : `${name}/`}`,
      kinds: listed ? kinds : new Map(),
      after: [...(following as readonly LayerConfig[]), ...after],
    };
    const built = buildLayer(resolveLayer(innerPlace, given), shape, innerSite, counter);
    inner.set(name, built);
    return built.outputShape;
  };

  return inLayer(where, path, () => {
    const outputShape =
      rule.build?.(resolved, inputShape, buildInner) ?? rule.outputShape?.(resolved, inputShape) ?? inputShape;
    const parameters = Object.entries(rule.parameters?.(resolved, inputShape) ?? {}).map(
      ([name, spec]) => [name, settle(spec, after)] as const,
    );
    return {
      path,
      where,
      ordinal,
      streamName,
      config: resolved,
      rule,
      inputShape,
      outputShape,
      parameters: Object.fromEntries(parameters),
      buffers: rule.buffers?.(resolved, inputShape) ?? {},
      inner,
    };
  });
}

/** Builds a model's layers in order. */
export function buildLayers(layers: readonly LayerConfig[], inputShape: Shape): BuiltLayer[] {
  const counter: BuildCounter = { next: 0 };
  const kinds = new Map<string, number>();
  let shape = inputShape;
  return layers.map((config, index) => {
    const site: Site = {
      path: String(index),
      place: `layers.${index}`,
      streamPrefix: "",
      kinds,
      after: layers.slice(index + 1),
    };
    const built = buildLayer(config, shape, site, counter);
    shape = built.outputShape;
    return built;
  });
}

/** Every layer, containers before their inner layers. */
export function* walkLayers(layers: Iterable<BuiltLayer>): Generator<BuiltLayer> {
  for (const layer of layers) {
    yield layer;
    yield* walkLayers(layer.inner.values());
  }
}
