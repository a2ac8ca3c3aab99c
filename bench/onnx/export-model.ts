import type { HostArray } from "../../src/core/dtype.ts";
import { GradusError } from "../../src/core/errors.ts";
import type { LayerType } from "../../src/nn/layers.ts";
import type { LayerInfo, Model } from "../../src/nn/model.ts";
import { GraphBuilder } from "./graph-builder.ts";
import type { Arrays, LayerScope } from "./layer-scope.ts";
import { LAYER_EXPORTS } from "./layers.ts";
import { writeModel } from "./write-model.ts";

/** A model with its weights, in prediction mode, as an ONNX file: input `x` (samples, …inputShape), output `y`.
 *  @param arrays by path: `parameters.0.weight`, `buffers.1.runningMean`.
 *  @throws GradusError `bad-argument` for a layer, or an option of one, that has no form here. */
export function exportModel(model: Model, arrays: ReadonlyMap<string, HostArray>): Uint8Array {
  const graph = new GraphBuilder();
  const layers = new Map(model.layers.map((layer) => [layer.path, layer]));
  const chain = (paths: readonly string[], x: string): string =>
    paths.reduce((value, path) => exportLayer(layers.get(path) as LayerInfo, value), x);

  function exportLayer(layer: LayerInfo, x: string): string {
    const write = LAYER_EXPORTS[layer.type as LayerType];
    if (write === undefined) throw new GradusError("bad-argument", `${layer.type} has no form in ONNX here.`);
    const inner = innerPaths(layer);
    const scope: LayerScope = {
      graph,
      arrays: arraysOf(layer, arrays),
      inner: (value) => chain(inner, value),
      projection: (value) => {
        const projection = layers.get(`${layer.path}.projection`);
        return projection === undefined ? value : exportLayer(projection, value);
      },
    };
    return write(layer, x, scope);
  }

  const top = model.config.layers.map((_, index) => String(index));
  const last = chain(top, "x");
  graph.nodes.push({ operation: "Identity", inputs: [last], outputs: ["y"], attributes: {} });
  return writeModel({
    nodes: graph.nodes,
    constants: graph.constants,
    input: { name: "x", shape: model.inputShape },
    output: { name: "y", shape: model.outputShape },
  });
}

function innerPaths({ path, config }: LayerInfo): readonly string[] {
  const { layers = [] } = config as { readonly layers?: unknown };
  return Array.isArray(layers) ? layers.map((_, index) => `${path}.${index}`) : [];
}

function arraysOf({ path, parameters, buffers }: LayerInfo, all: ReadonlyMap<string, HostArray>): Arrays {
  const named = (kind: string, shapes: Readonly<Record<string, unknown>>) =>
    Object.keys(shapes).map((name) => [name, all.get(`${kind}.${path}.${name}`) as HostArray] as const);
  return Object.fromEntries([...named("parameters", parameters), ...named("buffers", buffers)]);
}
