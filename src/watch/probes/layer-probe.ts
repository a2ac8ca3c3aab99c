import { euclideanNorm } from "../../core/extremes.ts";
import type { Tree } from "../../core/tree.ts";
import { treeLeaves } from "../../core/tree.ts";
import type { LayerInfo, Model } from "../../nn/model.ts";
import { globalNorm } from "../../optim/norms.ts";
import { type Tensor, where } from "../../tensor/tensor.ts";
import type { StepEnded } from "../../train/events.ts";
import type { StepProbe, StepTrace } from "../../train/probe.ts";
import { layerOf } from "../../train/step.ts";
import type { LayerReading, Reading } from "../record.ts";
import { isActivation, observedLayers, saturationOf, unitAxis } from "./layer-facts.ts";
import { isSampled } from "./sampling.ts";

/** Least divisor: outputs that are all 0 distinguish samples no better than outputs that are all 1. */
const TINY = 1e-37;

/** Joins a layer's path and the name of the measurement. */
const SEPARATOR = " ";

/** Measures every layer of a model inside the step: the fields of `LayerReading`.
 *  @param isDue which steps; default `isSampled`. */
export function createLayerProbe(model: Model, isDue: (step: number) => boolean = isSampled): StepProbe {
  return { isDue, measure: (trace) => measureLayers(model, trace) };
}

/** A probe's numbers by layer, in the model's order. Undefined if the step was not measured. */
export function toReading(
  { step, epoch, loss, measures, gradientNorm }: StepEnded,
  { layers }: Model,
): Reading | undefined {
  if (measures === undefined) return undefined;
  const found: Record<string, Record<string, number>> = {};
  for (const { path } of layers) found[path] = {};
  for (const [key, value] of Object.entries(measures)) {
    const [path = "", name = ""] = key.split(SEPARATOR);
    found[path] = { ...found[path], [name]: value };
  }
  const known = Object.entries(found).filter(([, reading]) => Object.keys(reading).length > 0);
  const norms = known.flatMap(([, { gradientNorm: norm }]) => (norm === undefined ? [] : [norm]));
  return {
    step,
    epoch,
    loss,
    gradientNorm: gradientNorm ?? (norms.length > 0 ? euclideanNorm(norms) : undefined),
    layers: Object.fromEntries(known) as Record<string, LayerReading>,
  };
}

function measureLayers(model: Model, { parameters, gradient, updates, outputs }: StepTrace): Record<string, Tensor> {
  const measures: Record<string, Tensor> = {};
  const put = (path: string, name: keyof LayerReading, value: Tensor) => {
    measures[`${path}${SEPARATOR}${name}`] = value;
  };
  const norms = (tree: Tree<Tensor>, name: keyof LayerReading) => {
    for (const [path, leaves] of byLayer(tree)) put(path, name, globalNorm(leaves));
  };
  norms(gradient, "gradientNorm");
  norms(parameters, "weightNorm");
  norms(updates, "updateNorm");
  const order = model.layers;
  for (const layer of observedLayers(model)) {
    const output = outputs.get(layer.path);
    if (output === undefined) continue;
    const before = order[order.indexOf(layer) - 1];
    for (const [name, value] of Object.entries(describeOutput(layer, before, output))) {
      put(layer.path, name as keyof LayerReading, value);
    }
  }
  return measures;
}

/** The trained parameters of each layer together. */
export function byLayer<Leaf extends { readonly dtype: string }>(
  tree: Tree<Leaf>,
): ReadonlyMap<string, readonly Leaf[]> {
  const layers = new Map<string, Leaf[]>();
  for (const { path, leaf } of treeLeaves(tree)) {
    const layer = layerOf(path);
    layers.set(layer, [...(layers.get(layer) ?? []), leaf]);
  }
  return layers;
}

/** Scalars of an output y (N, …):
 *    mean, variance   over everything
 *    distinct         sum over positions of the variance between samples / sum of their mean squares
 *    zeros, dead      activations only: share of 0; share of units that are 0 everywhere
 *    saturated        if the activation has flat parts */
function describeOutput(
  layer: LayerInfo,
  before: LayerInfo | undefined,
  y: Tensor,
): Partial<Record<keyof LayerReading, Tensor>> {
  // squares of values that have nearly vanished, or have exploded, are beyond float32
  const largest = y.abs().max();
  const unit = where(largest.greater(0), largest, 1);
  const scaled = y.div(unit);
  const center = scaled.mean(0, true);
  const between = scaled.sub(center).square().mean(0);
  const mean = center.mean();
  const variance = between.mean().add(center.sub(mean).square().mean());
  const squares = between.add(center.square().reshape(between.shape));
  const distinct = between.sum().div(squares.sum().maximum(TINY));
  const saturation = saturationOf(layer);
  return {
    mean: mean.mul(unit),
    variance: variance.mul(unit).mul(unit),
    distinct,
    ...(isActivation(layer) ? zerosOf(y, unitAxis(layer, before)) : {}),
    ...(saturation === undefined ? {} : { saturated: saturatedShare(y, saturation) }),
  };
}

function zerosOf(y: Tensor, axis: number): { readonly zeros: Tensor; readonly dead: Tensor } {
  const others = y.shape.map((_, index) => index).filter((index) => index !== axis);
  const isAlive = y.notEqual(0).cast("float32");
  return {
    zeros: isAlive.mean().mul(-1).add(1),
    dead: isAlive.max(others).mean().mul(-1).add(1),
  };
}

function saturatedShare(y: Tensor, { below, above }: { readonly below?: number; readonly above?: number }): Tensor {
  const parts = [
    ...(below === undefined ? [] : [y.lessEqual(below).cast("float32").mean()]),
    ...(above === undefined ? [] : [y.greaterEqual(above).cast("float32").mean()]),
  ];
  return parts.reduce((a, b) => a.add(b));
}
