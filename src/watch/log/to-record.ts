import { largest } from "../../core/extremes.ts";
import type { Census, EpochRecord, Failure, LayerCensus, LayerReading, Reading, RunRecord } from "../record.ts";
import { activationReading, boundsOf, evenHistogram } from "./activations.ts";
import { chooseCurves, epochsOf } from "./curves.ts";
import { layerSeries } from "./layer-series.ts";
import { isFinitePoint, type Point, type Series, type SeriesLog } from "./series.ts";

/** Most readings in a record: a larger number is thinned out evenly. */
const MOST_READINGS = 4000;

/** Makes a run's record from its log; what the log lacks is absent. Steps and epochs count from 1, as in our runs. */
export function toRecord(log: SeriesLog): RunRecord {
  const series = counted(log);
  const used = series.filter(({ meaning }) => meaning !== undefined);
  const curves = chooseCurves(used, log.isByEpoch);
  const failure = failureOf(used, curves.epochs === undefined);
  const isBefore = ({ step }: { readonly step: number }) => failure === undefined || step <= failure.step;
  const epochs = epochsOf(curves).filter((each) => isBefore(each) && isFiniteEpoch(each));
  const steps = Math.max(0, largest(used.map(({ points }) => points.at(-1)?.step ?? 0)));
  return {
    steps,
    plannedSteps: log.plannedSteps,
    readings: readingsOf(used, (curves.steps ?? curves.epochs)?.points ?? [], epochs).filter(isBefore),
    epochs,
    failure,
    start: censusOf(log.series, used, "first"),
    end: censusOf(log.series, used, "last"),
    validationLoss: epochs.findLast(({ validationLoss }) => validationLoss !== undefined)?.validationLoss,
    seconds: log.seconds,
  };
}

function isFiniteEpoch({ trainLoss, validationLoss = 0 }: EpochRecord): boolean {
  return trainLoss !== Number.POSITIVE_INFINITY && Number.isFinite(validationLoss);
}

/** Points with steps and epochs from 1. Keras writes epochs as steps; if it also writes batches, an epoch ends with its last one. */
function counted({ series, isByEpoch }: SeriesLog): readonly Series[] {
  const known = series.filter(({ meaning }) => meaning !== undefined && meaning.kind !== "other");
  const least = (of: (point: Point) => number | undefined) =>
    known.reduce(
      (low, { points }) => points.reduce((least, point) => Math.min(least, of(point) ?? least), low),
      Number.POSITIVE_INFINITY,
    );
  const epochs = known.flatMap(({ points }) => points.flatMap(({ epoch }) => epoch ?? []));
  const areWhole = epochs.every(Number.isInteger);
  const firstEpoch = least(({ epoch }) => epoch);
  const shiftSteps = least(({ step }) => step) <= 0 ? 1 : 0;
  // 0.02, 0.04, …: fractions of epochs, the first of which is number 1
  const countEpoch = (epoch: number) => (areWhole ? epoch + (firstEpoch <= 0 ? 1 : 0) : Math.max(1, Math.ceil(epoch)));
  const batches = isByEpoch ? known.filter(isBatchwise) : [];
  const lastBatch = Math.max(0, largest(batches.map(({ points }) => (points.at(-1)?.step ?? 0) + shiftSteps)));
  const lastEpoch = Math.max(
    1,
    largest(known.filter((each) => !isBatchwise(each)).map(({ points }) => (points.at(-1)?.step ?? 0) + shiftSteps)),
  );
  const stepsAnEpoch = lastBatch > lastEpoch ? lastBatch / lastEpoch : 1;
  return series.map((each) => ({
    ...each,
    points: each.points.map(({ step, epoch, value }): Point => {
      const count = step + shiftSteps;
      if (isByEpoch && !isBatchwise(each)) return { step: Math.round(count * stepsAnEpoch), epoch: count, value };
      return { step: count, epoch: epoch === undefined ? undefined : countEpoch(epoch), value };
    }),
  }));
}

function isBatchwise({ meaning }: Series): boolean {
  return meaning !== undefined && "per" in meaning && meaning.per === "step";
}

const TENSORS = {
  activation: "output",
  loss: "loss",
  gradient: "gradient",
  weight: "weight",
  update: "update",
} as const;

/** The first point that is NaN or infinite; of several in one step, the one computed first. */
function failureOf(series: readonly Series[], hasSteps: boolean): Failure | undefined {
  const order = Object.keys(TENSORS);
  let first: Failure | undefined;
  for (const kind of order) {
    for (const { meaning, points } of series) {
      if (meaning?.kind !== kind) continue;
      const bad = points.find((point) => !isFinitePoint(point));
      if (bad === undefined || (first !== undefined && first.step <= bad.step)) continue;
      const isValidation = "part" in meaning && meaning.part !== "train";
      first = {
        step: bad.step,
        epoch: bad.epoch ?? (hasSteps ? 1 : bad.step),
        layer: "layer" in meaning ? meaning.layer : undefined,
        tensor: `${isValidation ? "validation " : ""}${TENSORS[kind as keyof typeof TENSORS]}`,
      };
    }
  }
  return first;
}

/** One reading for each step with a loss or a value of a layer. Missing losses and weight norms keep their last value. */
function readingsOf(
  series: readonly Series[],
  losses: readonly Point[],
  epochs: readonly EpochRecord[],
): readonly Reading[] {
  const { byStep, gradientNorms } = layerSeries(series);
  const lossAt = new Map(losses.map(({ step, value }) => [step, value as number]));
  const epochAt = new Map(losses.map(({ step, epoch }) => [step, epoch]));
  const steps = [...new Set([...lossAt.keys(), ...byStep.keys(), ...gradientNorms.keys()])].sort((a, b) => a - b);
  let loss = losses[0]?.value as number | undefined;
  let epochIndex = 0;
  const weights = new Map<string, number>();
  const readings = steps.map((step): Reading => {
    loss = lossAt.get(step) ?? loss;
    while ((epochs[epochIndex]?.step ?? Number.POSITIVE_INFINITY) < step) epochIndex++;
    const layers = byStep.get(step) ?? {};
    const entries = Object.entries(layers).map(([path, reading]): readonly [string, LayerReading] => {
      if (reading.weightNorm !== undefined) weights.set(path, reading.weightNorm);
      return [path, { ...reading, weightNorm: weights.get(path) }];
    });
    return {
      step,
      epoch: epochAt.get(step) ?? epochs[epochIndex]?.epoch ?? epochs.at(-1)?.epoch ?? 1,
      loss: loss ?? Number.NaN,
      gradientNorm: gradientNorms.get(step),
      layers: Object.fromEntries(entries),
    };
  });
  const stride = Math.ceil(readings.length / MOST_READINGS);
  return readings.filter(
    ({ loss: each }, index) => index % stride === 0 || !Number.isFinite(each) || index === readings.length - 1,
  );
}

/** Layers whose outputs are logged, at the first or last step; the first only if it was logged before training. */
function censusOf(original: readonly Series[], series: readonly Series[], which: "first" | "last"): Census | undefined {
  const isActivation = ({ meaning }: Series) => meaning?.kind === "activation";
  const logged = series.filter(isActivation);
  const startsAtZero = original.filter(isActivation).every(({ points }) => points[0]?.step === 0);
  if (logged.length === 0 || (which === "first" && !startsAtZero)) return undefined;
  const layers = logged.flatMap(({ meaning, points }): LayerCensus[] => {
    const value = (which === "first" ? points[0] : points.at(-1))?.value;
    if (value === undefined || typeof value === "number" || meaning === undefined || !("layer" in meaning)) return [];
    const { layer = "" } = meaning;
    const {
      mean = Number.NaN,
      variance = Number.NaN,
      zeros,
      saturated,
      dead,
    } = activationReading(value, boundsOf(layer, points));
    return [
      {
        path: layer,
        type: "activation",
        isActivation: true,
        hasParameters: false,
        mean,
        variance,
        zeros: zeros ?? Number.NaN,
        saturated,
        dead: dead ?? Number.NaN,
        // a histogram does not distinguish samples
        distinct: Number.NaN,
        histogram: evenHistogram(value),
        outputGradientNorm: Number.NaN,
        outputGradientVariance: Number.NaN,
      },
    ];
  });
  const last = logged.map(({ points }) => points.at(-1)?.step ?? 0);
  return { step: which === "first" ? 0 : largest(last), samples: 0, loss: Number.NaN, layers };
}
