import { largest } from "../../core/extremes.ts";
import type { RunRecord } from "../../watch/record.ts";
import type { Rule } from "../patient.ts";
import { foundIn, type Symptom, sickRuns } from "./in-runs.ts";
import { firstReading, relativeGradient, trainedLayers } from "./layers.ts";
import { finite, median } from "./learning.ts";

const SOURCE = "Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks, 2013";

const THRESHOLDS = {
  /** The largest gradient norm over the median of the first readings. A healthy gradient shrinks as the loss falls; spikes of
   *  ten times are common, of a hundred times are not. */
  growth: 100,
  /** Gradient of the lowest layer over that of the highest, each relative to its weights: it grows on its way down (70
   *  in AUTOTRAINER, 2021). */
  ratio: 100,
  /** Gradient at the first time step over that at the last. */
  throughTime: 100,
  timeSteps: 5,
  /** Readings that define the usual norm at the start. */
  first: 3,
};

function growth(run: RunRecord): Symptom | undefined {
  const norms = run.readings.map(({ gradientNorm }) => gradientNorm);
  const usual = median(finite(norms.slice(0, THRESHOLDS.first)));
  const isHuge = (norm: number | undefined) =>
    norm !== undefined && (norm > THRESHOLDS.growth * usual || norm === Number.POSITIVE_INFINITY);
  const first = firstReading(run, ({ gradientNorm }) => isHuge(gradientNorm));
  if (first === undefined || !(usual > 0)) return undefined;
  const peak = largest(norms.filter((norm): norm is number => norm !== undefined && !Number.isNaN(norm)));
  return {
    layer: steepest(run, first.index),
    since: first.reading.step,
    weight: 0.85,
    evidence: [
      {
        measure: "gradient-growth",
        value: peak / usual,
        threshold: THRESHOLDS.growth,
        values: { largest: peak, usual },
      },
    ],
  };
}

/** The layer with the largest gradient relative to its weights. */
function steepest({ readings }: RunRecord, index: number): string | undefined {
  const layers = readings[index]?.layers ?? {};
  const paths = Object.keys(layers).filter((path) => layers[path]?.gradientNorm !== undefined);
  return paths.sort((a, b) => relativeGradient(layers[b] ?? {}) - relativeGradient(layers[a] ?? {}))[0];
}

function throughDepth(run: RunRecord): Symptom | undefined {
  const early = run.readings.slice(0, THRESHOLDS.first);
  const ratios = early.map((reading) => {
    const layers = trainedLayers(reading);
    const [low, high] = [layers[0], layers.at(-1)];
    if (low === undefined || high === undefined || layers.length < 3) return Number.NaN;
    return relativeGradient(reading.layers[low] ?? {}) / relativeGradient(reading.layers[high] ?? {});
  });
  const ratio = median(finite(ratios));
  if (!(ratio > THRESHOLDS.ratio)) return undefined;
  const reading = early[0];
  const layers = reading === undefined ? [] : trainedLayers(reading);
  return {
    layer: layers[0],
    since: reading?.step ?? 0,
    weight: 0.8,
    evidence: [
      {
        measure: "gradient-ratio",
        value: ratio,
        threshold: THRESHOLDS.ratio,
        values: {
          first: reading?.layers[layers[0] ?? ""]?.gradientNorm ?? 0,
          last: reading?.layers[layers.at(-1) ?? ""]?.gradientNorm ?? 0,
          lowest: layers[0] ?? "",
          highest: layers.at(-1) ?? "",
        },
      },
    ],
  };
}

function throughTime({ start, end }: RunRecord): Symptom | undefined {
  for (const census of [start, end]) {
    for (const { path, throughTime: norms } of census?.layers ?? []) {
      if (norms === undefined || norms.length < THRESHOLDS.timeSteps) continue;
      const ratio = (norms[0] as number) / (norms.at(-1) as number);
      if (!(ratio > THRESHOLDS.throughTime)) continue;
      return {
        layer: path,
        since: census === start ? 0 : (census?.step ?? 0),
        weight: 0.9,
        evidence: [
          {
            measure: "gradient-through-time",
            value: ratio,
            threshold: THRESHOLDS.throughTime,
            values: { first: norms[0] as number, last: norms.at(-1) as number, steps: norms.length },
          },
        ],
      };
    }
  }
  return undefined;
}

/** The gradient grows without bound: from step to step, on its way down, or back through time. */
export const explodingGradient: Rule = {
  name: "exploding-gradient",
  thresholds: THRESHOLDS,
  source: SOURCE,
  examine: (patient) =>
    foundIn(
      patient,
      "exploding-gradient",
      SOURCE,
      sickRuns(patient),
      (run) => throughTime(run) ?? throughDepth(run) ?? growth(run),
    ),
};
