import type { HostArray } from "../../src/core/dtype.ts";
import { type Tree, treeLeaves } from "../../src/core/tree.ts";
import type { LayerConfig } from "../../src/nn/layers.ts";
import { createModel, type Model } from "../../src/nn/model.ts";
import { Unsupported } from "./case.ts";
import { recurrentLayers, recurrentName } from "./torch-recurrent.ts";

/** One layer, as described in a trajectory. */
export interface TorchLayer {
  readonly type: string;
  readonly [field: string]: unknown;
}

type Translate = (given: TorchLayer) => LayerConfig | readonly LayerConfig[];

function number(given: TorchLayer, name: string, fallback?: number): number {
  const value = given[name] ?? fallback;
  if (typeof value !== "number") throw new Unsupported(`${given.type}: ${name}=${JSON.stringify(value)}`);
  return value;
}

/** PyTorch's momentum is the weight of the new value; null asks for the plain mean over all batches. */
function batchNorm(given: TorchLayer): LayerConfig {
  const decay = given.momentum === null ? "cumulative" : 1 - number(given, "momentum", 0.1);
  return { type: "batchNorm", epsilon: number(given, "eps", 1e-5), decay, affine: given.affine !== false };
}

function kernelOf(given: TorchLayer) {
  return {
    filters: number(given, "out"),
    kernel: number(given, "kernel"),
    stride: number(given, "stride", 1),
    padding: number(given, "padding", 0),
    dilation: number(given, "dilation", 1),
    groups: number(given, "groups", 1),
    bias: given.bias !== false,
  };
}

function windowOf(given: TorchLayer) {
  const window = number(given, "kernel");
  return { window, stride: number(given, "stride", window), padding: number(given, "padding", 0) };
}

/** The layers of trajectories as ours. */
const LAYERS: Readonly<Record<string, Translate>> = {
  linear: (given) => ({ type: "linear", units: number(given, "out"), bias: given.bias !== false }),
  flatten: () => ({ type: "flatten" }),
  bn1d: batchNorm,
  bn2d: batchNorm,
  conv1d: (given) => ({ type: "conv1d", ...kernelOf(given) }),
  conv2d: (given) => ({ type: "conv2d", ...kernelOf(given) }),
  maxpool2d: (given) => ({ type: "maxPool2d", ...windowOf(given) }),
  avgpool2d: (given) => ({ type: "avgPool2d", ...windowOf(given) }),
  globalavgpool2d: () => ({ type: "globalAvgPool", keepDims: true }),
  groupnorm: (given) => ({
    type: "groupNorm",
    groups: number(given, "groups"),
    epsilon: number(given, "eps", 1e-5),
    affine: given.affine !== false,
  }),
  layernorm: ({ features, eps }) => ({
    type: "layerNorm",
    axes: Array.isArray(features) ? features.length : 1,
    ...(typeof eps === "number" ? { epsilon: eps } : {}),
  }),
  relu: () => ({ type: "relu" }),
  leakyRelu: (given) => ({ type: "leakyRelu", slope: number(given, "slope", 0.01) }),
  prelu: (given) => ({ type: "prelu", slopes: number(given, "n", 1) === 1 ? "shared" : "perChannel" }),
  elu: (given) => ({ type: "elu", alpha: number(given, "alpha", 1) }),
  selu: () => ({ type: "selu" }),
  celu: (given) => ({ type: "celu", alpha: number(given, "alpha", 1) }),
  gelu: () => ({ type: "gelu" }),
  geluTanh: () => ({ type: "gelu", form: "tanh" }),
  silu: () => ({ type: "silu" }),
  mish: () => ({ type: "mish" }),
  tanh: () => ({ type: "tanh" }),
  sigmoid: () => ({ type: "sigmoid" }),
  softplus: () => ({ type: "softplus" }),
  softsign: () => ({ type: "softsign" }),
  hardswish: () => ({ type: "hardSwish" }),
  hardsigmoid: () => ({ type: "hardSigmoid" }),
  relu6: () => ({ type: "relu6" }),
  logsigmoid: () => ({ type: "logSigmoid" }),
  identity: () => ({ type: "identity" }),
  softmaxHidden: () => ({ type: "softmax" }),
  rnn: recurrentLayers,
  lstm: recurrentLayers,
  gru: recurrentLayers,
};

/** PyTorch's names of running values, and ours. */
const BUFFER_NAMES: Readonly<Record<string, string>> = {
  running_mean: "runningMean",
  running_var: "runningVariance",
  num_batches_tracked: "count",
};

function translated(layer: TorchLayer): LayerConfig | readonly LayerConfig[] {
  const translate = LAYERS[layer.type];
  if (!translate) throw new Unsupported(`layer ${layer.type}`);
  return translate(layer);
}

/** The layer of a trajectory at a position in PyTorch's Sequential, where some layers take two positions. */
function layerAt(layers: readonly TorchLayer[], position: number): TorchLayer | undefined {
  return layers.flatMap((layer) => [translated(layer)].flat().map(() => layer))[position];
}

/** The model of a trajectory. @throws Unsupported for a layer that does not exist here. */
export function modelOf(layers: readonly TorchLayer[], inputShape: readonly number[]): Model {
  return createModel({ inputShape, layers: layers.flatMap(translated) });
}

export interface StatePlace {
  readonly kind: "parameters" | "buffers";
  readonly layer: string;
  readonly name: string;
}

/** The place of a PyTorch parameter or running value (`3.weight`, `1.running_var`) in our state. */
export function placeOf(key: string, layers: readonly TorchLayer[]): StatePlace {
  const [layer = "", name = ""] = key.split(".");
  const buffer = BUFFER_NAMES[name];
  if (buffer) return { kind: "buffers", layer, name: buffer };
  const given = layerAt(layers, Number(layer));
  return { kind: "parameters", layer, name: (given && recurrentName(name, given)) ?? name };
}

/** Arrays by kind, layer and name. */
export type StateArrays<Leaf = HostArray> = Readonly<Record<StatePlace["kind"], Tree<Leaf>>>;

/** The array at a place; undefined for running values that our layer does not keep (an unused count). */
export function arrayAt<Leaf>(arrays: StateArrays<Leaf>, { kind, layer, name }: StatePlace): Leaf | undefined {
  const path = `${layer}.${name}`;
  return treeLeaves<Leaf>(arrays[kind]).find((found) => found.path === path)?.leaf;
}
