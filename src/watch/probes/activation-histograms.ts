import { sizeOf } from "../../core/shape.ts";
import type { Model } from "../../nn/model.ts";
import { type Tensor, where } from "../../tensor/tensor.ts";
import type { StepProbe, StepTrace } from "../../train/probe.ts";
import type { Histogram } from "../record.ts";
import { observedLayers } from "./layer-facts.ts";
import { createLayerProbe } from "./layer-probe.ts";

// A probe measures scalars. A histogram of b bins over [low, high] is b + 1 of them:
//
//   low, high      least and largest output
//   k = 1 … b - 1  share of outputs y with (y - low) / (high - low) >= k / b

const BINS = 16;

/** Begins the names of these scalars; no layer has such a path. */
const PREFIX = "activations ";

/** What a probe measured in a step, taken apart. */
export interface Measured {
  /** What `createLayerProbe` measures. */
  readonly readings: Readonly<Record<string, number>>;
  /** By layer path. Without those of layers with outputs that are not finite. */
  readonly histograms: ReadonlyMap<string, Histogram>;
}

/** As `createLayerProbe`, with histograms of the layers' outputs. */
export function createHistogramProbe(model: Model, isDue: (step: number) => boolean): StepProbe {
  const layers = createLayerProbe(model, isDue);
  return { isDue, measure: (trace) => ({ ...layers.measure(trace), ...measureHistograms(model, trace) }) };
}

function measureHistograms(model: Model, { outputs }: StepTrace): Readonly<Record<string, Tensor>> {
  const measures: Record<string, Tensor> = {};
  for (const { path } of observedLayers(model)) {
    const y = outputs.get(path);
    if (y === undefined) continue;
    const low = y.min();
    const high = y.max();
    measures[`${PREFIX}low ${path}`] = low;
    measures[`${PREFIX}high ${path}`] = high;
    const span = high.sub(low);
    const place = y.sub(low).div(where(span.greater(0), span, 1));
    for (let bin = 1; bin < BINS; bin++) {
      const share = place
        .greaterEqual(bin / BINS)
        .cast("float32")
        .mean();
      measures[`${PREFIX}${bin} ${path}`] = share;
    }
  }
  return measures;
}

/** Takes a probe's scalars apart.
 *  @param samples of the step. */
export function takeApart(measures: Readonly<Record<string, number>>, model: Model, samples: number): Measured {
  const readings: Record<string, number> = {};
  const histograms = new Map<string, Histogram>();
  for (const [name, value] of Object.entries(measures)) if (!name.startsWith(PREFIX)) readings[name] = value;
  for (const { path, outputShape } of model.layers) {
    const histogram = histogramOf(measures, path, samples * sizeOf(outputShape));
    if (histogram !== undefined) histograms.set(path, histogram);
  }
  return { readings, histograms };
}

function histogramOf(measures: Readonly<Record<string, number>>, path: string, outputs: number): Histogram | undefined {
  const low = measures[`${PREFIX}low ${path}`];
  const high = measures[`${PREFIX}high ${path}`];
  if (low === undefined || high === undefined || !Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  const shareFrom = (bin: number) => (bin === 0 ? 1 : bin === BINS ? 0 : (measures[`${PREFIX}${bin} ${path}`] ?? 0));
  const counts = Array.from({ length: BINS }, (_, bin) =>
    Math.max(0, Math.round(outputs * (shareFrom(bin) - shareFrom(bin + 1)))),
  );
  return { low, high, counts };
}
