import type { Reading, RunRecord } from "../../watch/record.ts";
import type { Evidence } from "../finding.ts";
import type { Patient, Rule } from "../patient.ts";
import { foundIn, type Symptom, sickRuns } from "./in-runs.ts";
import { firstReading, hiddenLayers, relativeGradient, trainedLayers } from "./layers.ts";
import { finite, lastPart, median } from "./learning.ts";

const SOURCE =
  "Hochreiter, Untersuchungen zu dynamischen neuronalen Netzen, 1991; Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010";

const THRESHOLDS = {
  /** Gradient of the lowest layer over that of the highest, each relative to its layer's weights. Earlier tools use a
   *  thousandth (AUTOTRAINER, 2021): a layer that moves a thousand times more slowly than the others stands still. */
  ratio: 1e-3,
  /** Remaining share of the differences between samples in the last hidden layer: below it, all samples look alike there, and no
   *  gradient distinguishes them. */
  distinct: 1e-3,
  /** Gradient at the first time step over that at the last; same limit as for depth. */
  throughTime: 1e-3,
  /** Least number of time steps for a ratio through time. */
  timeSteps: 10,
};

/** Lowest over highest layer's gradient, each relative to its weights; NaN with fewer than three layers. */
function depthRatio(reading: Reading): number {
  const layers = trainedLayers(reading);
  const [low, high] = [layers[0], layers.at(-1)];
  if (low === undefined || high === undefined || layers.length < 3) return Number.NaN;
  return relativeGradient(reading.layers[low] ?? {}) / relativeGradient(reading.layers[high] ?? {});
}

/** Least `distinct` among the hidden layers. */
function faintest(patient: Patient, run: RunRecord, reading: Reading): readonly [string, number] | undefined {
  const known = hiddenLayers(patient, run, reading).flatMap(([path, { distinct }]) =>
    distinct === undefined || !Number.isFinite(distinct) ? [] : [[path, distinct] as const],
  );
  return known.length === 0 ? undefined : known.reduce((least, each) => (each[1] < least[1] ? each : least));
}

function throughDepth(patient: Patient, run: RunRecord): Symptom | undefined {
  const settled = lastPart(run.readings, 0.75);
  const ratio = median(settled.map(depthRatio).filter((value) => !Number.isNaN(value)));
  if (!(ratio < THRESHOLDS.ratio)) return undefined;
  const first = firstReading(run, (reading) => depthRatio(reading) < THRESHOLDS.ratio);
  const reading = first?.reading ?? (run.readings.at(-1) as Reading);
  const layers = trainedLayers(reading);
  const [low, high] = [layers[0] as string, layers.at(-1) as string];
  const faint = faintest(patient, run, reading);
  const forward: readonly Evidence[] =
    faint !== undefined && faint[1] < THRESHOLDS.distinct
      ? [{ measure: "distinct-share", value: faint[1], threshold: THRESHOLDS.distinct, values: { layer: faint[0] } }]
      : [];
  return {
    layer: low,
    since: reading.step,
    weight: 0.9,
    evidence: [
      {
        measure: "gradient-ratio",
        value: ratio,
        threshold: THRESHOLDS.ratio,
        values: {
          first: reading.layers[low]?.gradientNorm ?? 0,
          last: reading.layers[high]?.gradientNorm ?? 0,
          lowest: low,
          highest: high,
        },
      },
      ...forward,
    ],
  };
}

/** The gradient may reach the lower layers but carry no information, if all samples look alike to the last hidden layer. */
function throughSignal(patient: Patient, run: RunRecord): Symptom | undefined {
  const reading = run.readings.at(-1);
  const faint = reading && faintest(patient, run, reading);
  if (reading === undefined || faint === undefined || !(faint[1] < THRESHOLDS.distinct)) return undefined;
  const first = firstReading(run, (each) => (faintest(patient, run, each)?.[1] ?? 1) < THRESHOLDS.distinct);
  return {
    layer: faint[0],
    since: first?.reading.step ?? reading.step,
    weight: 0.75,
    evidence: [
      { measure: "distinct-share", value: faint[1], threshold: THRESHOLDS.distinct, values: { layer: faint[0] } },
    ],
  };
}

function throughTime({ start, end }: RunRecord): Symptom | undefined {
  for (const layer of (end ?? start)?.layers ?? []) {
    const { throughTime: norms } = layer;
    if (norms === undefined || norms.length < THRESHOLDS.timeSteps) continue;
    const ratio = (norms[0] as number) / (norms.at(-1) as number);
    if (!(ratio < THRESHOLDS.throughTime)) continue;
    const initial = start?.layers.find(({ path }) => path === layer.path)?.throughTime;
    const fromStart =
      initial !== undefined && (initial[0] as number) / (initial.at(-1) as number) < THRESHOLDS.throughTime;
    return {
      layer: layer.path,
      since: fromStart ? 0 : (end?.step ?? 0),
      weight: 0.8,
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
  return undefined;
}

/** No gradient at all, in any layer: the loss no longer depends on the weights. */
function everywhere(run: RunRecord): Symptom | undefined {
  const norms = run.readings.map(({ gradientNorm }) => gradientNorm);
  const first = firstReading(run, ({ gradientNorm }) => gradientNorm === 0);
  if (first === undefined || median(finite(norms)) !== 0) return undefined;
  return {
    layer: trainedLayers(first.reading).at(-1),
    since: first.reading.step,
    weight: 0.7,
    evidence: [{ measure: "gradient-norm", value: 0, values: { median: 0 } }],
  };
}

/** The symptom, if the gradient vanishes in this run in any way. */
export function vanishes(patient: Patient, run: RunRecord): Symptom | undefined {
  return throughDepth(patient, run) ?? throughTime(run) ?? everywhere(run) ?? throughSignal(patient, run);
}

/** The gradient vanishes: through depth, through time, or because the signal was lost on its way up. */
export const vanishingGradient: Rule = {
  name: "vanishing-gradient",
  thresholds: THRESHOLDS,
  source: SOURCE,
  examine: (patient) =>
    foundIn(patient, "vanishing-gradient", SOURCE, sickRuns(patient), (run) => vanishes(patient, run)),
};
