import type { Dataset } from "../../../src/data/dataset.ts";
import { fromArrays } from "../../../src/data/from-arrays.ts";
import type { Finding } from "../../../src/doctor/finding.ts";
import { preflight } from "../../../src/doctor/preflight/preflight.ts";
import type { LayerInput } from "../../../src/nn/layers.ts";
import { createModel } from "../../../src/nn/model.ts";
import type { Settings, Training } from "../../../src/train/training.ts";
import type { Census, LayerCensus } from "../../../src/watch/record.ts";
import { randomUniforms } from "./uniforms.ts";

/** Standard normal numbers, reproducible. Source: Box & Muller, 1958. */
export function normals(count: number, seed = 1): number[] {
  const u = randomUniforms(2 * count, seed);
  return Array.from(
    { length: count },
    (_, i) => Math.sqrt(-2 * Math.log(u[2 * i] as number)) * Math.cos(2 * Math.PI * (u[2 * i + 1] as number)),
  );
}

/** `classes` clouds a few deviations apart, of size about 1. */
export function clouds(
  samples = 300,
  classes = 3,
  features = 4,
  seed = 1,
): { readonly x: number[][]; readonly labels: number[] } {
  const noise = normals(samples * features, seed);
  const labels = Array.from({ length: samples }, (_, row) => row % classes);
  const x = labels.map((label, row) =>
    Array.from(
      { length: features },
      (_, f) => (f % classes === label ? 1 : -0.5) + 0.4 * (noise[row * features + f] as number),
    ),
  );
  return { x, labels };
}

export function labelled(samples = 300, classes = 3, features = 4): Dataset {
  const { x, labels } = clouds(samples, classes, features);
  return fromArrays({ inputs: x, targets: labels, classes });
}

export function oneHotted(samples = 300, classes = 3, high = 1): Dataset {
  const { x, labels } = clouds(samples, classes);
  const rows = labels.map((label) => Array.from({ length: classes }, (_, k) => (k === label ? high : 0)));
  return fromArrays({ inputs: x, targets: rows });
}

/** 0 and 1, one number per sample. */
export function yesOrNo(samples = 300): Dataset {
  const { x, labels } = clouds(samples, 2);
  return fromArrays({ inputs: x, targets: labels.map((label) => [label]) });
}

/** A smooth function of 4 features, of size about `scale` around `offset`. */
export function curve(samples = 300, scale = 1, offset = 0): Dataset {
  const flat = normals(samples * 4, 3);
  const x = Array.from({ length: samples }, (_, row) => flat.slice(4 * row, 4 * row + 4));
  return fromArrays({
    inputs: x,
    targets: x.map(([a = 0, b = 0, c = 0]) => [offset + scale * (Math.sin(a) + 0.5 * b - 0.3 * c * a)]),
  });
}

export const dense = (units: number, activation?: LayerInput, init: object = {}): readonly LayerInput[] => [
  { type: "linear", units, ...init } as LayerInput,
  ...(activation === undefined ? [] : [activation]),
];

/** A sound training except for the given changes. */
export function training(
  layers: readonly LayerInput[],
  loss: Settings["loss"],
  train: Dataset,
  changes: Partial<Settings> = {},
): Training {
  const model = createModel({ inputShape: train.inputShape, layers }).config;
  const optimizer = { type: "adam", learningRate: 1e-3 } as const;
  const settings: Settings = { model, loss, optimizer, epochs: 30, batchSize: 32, seed: 0, ...changes };
  return { settings, data: { train, validation: train } };
}

export function problems(given: Training, start?: Census, least = 0): readonly string[] {
  return preflight(given, start)
    .filter(({ weight }) => weight >= least)
    .map(({ problem }) => problem);
}

export function strongest(given: Training, start?: Census): Finding | undefined {
  return preflight(given, start)[0];
}

/** A sound layer except for the given changes. */
export function layerCensus(path: string, changes: Partial<LayerCensus> = {}): LayerCensus {
  return {
    path,
    type: "linear",
    isActivation: false,
    hasParameters: true,
    mean: 0,
    variance: 1,
    zeros: 0,
    dead: 0,
    distinct: 0.5,
    histogram: { low: -3, high: 3, counts: [1, 2, 1] },
    outputGradientNorm: 0.1,
    outputGradientVariance: 1e-4,
    gradientNorm: 0.2,
    weightNorm: 4,
    weightDeviation: 0.3,
    twins: 0,
    ...changes,
  };
}

export function activationCensus(path: string, type: string, changes: Partial<LayerCensus> = {}): LayerCensus {
  const { gradientNorm: _g, weightNorm: _w, weightDeviation: _d, twins: _t, ...rest } = layerCensus(path);
  return { ...rest, type, isActivation: true, hasParameters: false, ...changes };
}

export function census(layers: readonly LayerCensus[], loss = 1.2): Census {
  return { step: 0, samples: 100, loss, layers };
}
