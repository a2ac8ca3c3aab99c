import { factsOf } from "../../nn/layers.ts";
import type { Census, LayerCensus, LayerReading, Reading, RunRecord } from "../../watch/record.ts";
import type { Patient } from "../patient.ts";

/** Paths of the layers whose parameters had a gradient, lowest first. */
export function trainedLayers({ layers }: Reading): readonly string[] {
  return Object.keys(layers).filter((path) => layers[path]?.gradientNorm !== undefined);
}

/** The size of a layer's gradient relative to its weights, |g| / |w|, which does not depend on the layer's scale and size. For a layer
 *  whose weights are all zero, the gradient alone. */
export function relativeGradient({ gradientNorm = Number.NaN, weightNorm = 0 }: LayerReading): number {
  return gradientNorm / (weightNorm > 0 ? weightNorm : 1);
}

/** The first reading that passes a test. */
export function firstReading(
  run: RunRecord,
  test: (reading: Reading) => boolean,
): { readonly reading: Reading; readonly index: number } | undefined {
  const index = run.readings.findIndex(test);
  return index < 0 ? undefined : { reading: run.readings[index] as Reading, index };
}

/** Path of the model's last layer with parameters: the output begins there, and may saturate. */
export function outputStart(patient: Patient, run: RunRecord): string | undefined {
  const layers = patient.model?.layers;
  if (layers !== undefined) {
    const last = layers.findLast((layer) => layer.parameterCount > 0 && factsOf(layer).role !== "activation");
    return last?.path;
  }
  const reading = run.readings.at(-1);
  return reading && trainedLayers(reading).at(-1);
}

/** Layers below the output, in order, with their readings. */
export function hiddenLayers(patient: Patient, run: RunRecord, reading: Reading): (readonly [string, LayerReading])[] {
  const entries = Object.entries(reading.layers);
  const output = outputStart(patient, run);
  const end = output === undefined ? entries.length : entries.findIndex(([path]) => path === output);
  return entries.slice(0, end < 0 ? entries.length : end);
}

/** Layers of a census below the output; all of them if the output is not among them. */
export function belowOutput(layers: readonly LayerCensus[], output: string | undefined): readonly LayerCensus[] {
  const end = layers.findIndex(({ path }) => path === output);
  return end < 0 ? layers : layers.slice(0, end);
}

/** The last census of a run: its end, or the start if it has none. */
export function censusOf(run: RunRecord): Census | undefined {
  return run.end ?? run.start;
}
