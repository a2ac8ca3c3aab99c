import type { HostArray } from "../../src/core/dtype.ts";
import { windowsOver } from "../../src/nn/conv/geometry.ts";
import { poolWindows } from "../../src/nn/conv/pool-windows.ts";
import type { Resolved } from "../../src/nn/fields.ts";
import type { LayerConfig, LayerType } from "../../src/nn/layers.ts";
import type { LayerInfo } from "../../src/nn/model.ts";
import { exportAttention } from "./attention.ts";
import type { GraphBuilder } from "./graph-builder.ts";
import type { LayerExport, LayerScope } from "./layer-scope.ts";
import { exportGru, exportLstm } from "./recurrent.ts";
import { transposed } from "./transposed.ts";

type ConfigOf<T extends LayerType> = Resolved<Extract<LayerConfig, { readonly type: T }>>;
const configOf = <T extends LayerType>({ config }: LayerInfo, _: T) => config as unknown as ConfigOf<T>;

const INT64 = 7;

/** The layers of the benchmark's networks. */
export const LAYER_EXPORTS: { readonly [T in LayerType]?: LayerExport } = {
  linear: (layer, x, { graph, arrays }) => {
    const { weight, bias } = arrays as { weight: HostArray; bias?: HostArray };
    const bias_ = bias === undefined ? [] : [constantOf(graph, bias)];
    if (layer.inputShape.length === 1)
      return graph.add("Gemm", [x, constantOf(graph, weight), ...bias_], { transB: { int: 1 } });
    const product = graph.add("MatMul", [x, constantOf(graph, transposed(weight))]);
    return bias_.length === 0 ? product : graph.add("Add", [product, ...bias_]);
  },
  relu: (_, x, { graph }) => graph.add("Relu", [x]),
  leakyRelu: (layer, x, { graph }) =>
    graph.add("LeakyRelu", [x], { alpha: { float: configOf(layer, "leakyRelu").slope } }),
  gelu: (layer, x, { graph }) =>
    graph.add("Gelu", [x], { approximate: { text: configOf(layer, "gelu").form === "exact" ? "none" : "tanh" } }),
  dropout: (_, x) => x,
  flatten: (_, x, { graph }) => graph.add("Flatten", [x], { axis: { int: 1 } }),
  batchNorm: (layer, x, { graph, arrays }) => {
    const all = ["weight", "bias", "runningMean", "runningVariance"].map((name) =>
      constantOf(graph, arrays[name] as HostArray),
    );
    return graph.add("BatchNormalization", [x, ...all], { epsilon: { float: configOf(layer, "batchNorm").epsilon } });
  },
  layerNorm: (layer, x, { graph, arrays }) => {
    const { axes, epsilon } = configOf(layer, "layerNorm");
    const all = ["weight", "bias"].map((name) => constantOf(graph, arrays[name] as HostArray));
    const axis = layer.inputShape.length + 1 - axes;
    return graph.add("LayerNormalization", [x, ...all], { axis: { int: axis }, epsilon: { float: epsilon } });
  },
  conv2d: (layer, x, scope) => convolution(layer, x, scope, configOf(layer, "conv2d").groups),
  depthwiseConv2d: (layer, x, scope) => convolution(layer, x, scope, layer.inputShape[0] as number),
  maxPool2d: (layer, x, { graph }) => {
    const config = configOf(layer, "maxPool2d");
    const { windows } = poolWindows("maxPool2d", layer.inputShape.slice(1), config.window, config);
    return graph.add("MaxPool", [x], windowAttributes(windows));
  },
  globalAvgPool: (layer, x, { graph }) => {
    const pooled = graph.add("GlobalAveragePool", [x]);
    return configOf(layer, "globalAvgPool").keepDims ? pooled : graph.add("Flatten", [pooled], { axis: { int: 1 } });
  },
  embedding: (_, x, { graph, arrays }) => {
    const indices = graph.add("Cast", [x], { to: { int: INT64 } });
    return graph.add("Gather", [constantOf(graph, arrays.weight as HostArray), indices], { axis: { int: 0 } });
  },
  positionalEncoding: (_, x, { graph, arrays }) => graph.add("Add", [x, constantOf(graph, arrays.weight as HostArray)]),
  multiHeadAttention: exportAttention,
  lstm: exportLstm,
  gru: exportGru,
  sequential: (_, x, { inner }) => inner(x),
  skip: (_, x, { graph, inner, projection }) => graph.add("Add", [projection(x), inner(x)]),
};

export function constantOf(graph: GraphBuilder, { shape, data }: HostArray): string {
  return graph.constant(shape, data);
}

type Windows = ReturnType<typeof windowsOver>;

function windowAttributes({ window, stride, dilation, before, after }: Windows) {
  return {
    kernel_shape: { ints: window },
    strides: { ints: stride },
    dilations: { ints: dilation },
    pads: { ints: [...before, ...after] },
  };
}

function convolution(layer: LayerInfo, x: string, { graph, arrays }: LayerScope, groups: number): string {
  const { weight, bias } = arrays as { weight: HostArray; bias?: HostArray };
  const windows = windowsOver(layer.inputShape.slice(1), weight.shape.slice(2), configOf(layer, "conv2d"));
  const inputs = [weight, ...(bias === undefined ? [] : [bias])].map((array) => constantOf(graph, array));
  return graph.add("Conv", [x, ...inputs], { ...windowAttributes(windows), group: { int: groups } });
}
