import { isRecord } from "../core/describe.ts";
import { euclideanNorm } from "../core/extremes.ts";
import type { EpochRecord, Failure, LayerReading, Reading, RunRecord, Score } from "../watch/record.ts";
import { layerMeasureOf } from "./layer-measure.ts";
import type { MeasureSeries, RunEvent, RunReader, RunScoring } from "./types.ts";
import { validEvents } from "./valid-events.ts";

/** Most readings in a record: of more, evenly many are left out. */
const MOST_READINGS = 4000;

type Epoch = Extract<RunEvent, { type: "epoch" }>;

/** A run of ours as the doctor's rules see it. Without a census, which only a live run can take. */
export function toRunRecord({
  events: all,
  measures,
  description,
  settings,
  status,
}: Omit<RunReader, "toRecord">): RunRecord {
  const events = validEvents(all);
  const begun = all.findLast((event) => event.type === "started" || event.type === "resumed");
  const epochs = events.filter((event): event is Epoch => event.type === "epoch");
  const last = epochs.at(-1);
  const loss = measures.get("loss");
  const samples = begun?.type === "started" || begun?.type === "resumed" ? begun : undefined;
  const stepsPerEpoch = samples?.stepsPerEpoch ?? 0;
  const score = (part: "train" | "validation", count: number | undefined) =>
    scoreOf(description?.scoring, last?.[part], count ?? 0);
  return {
    seed: seedOf(settings),
    steps: Math.max(loss?.steps[loss.length - 1] ?? 0, last?.step ?? 0),
    plannedSteps: samples === undefined ? undefined : samples.epochs * stepsPerEpoch,
    readings: readingsOf(measures, description?.layers ?? [], (step) => epochAt(epochs, step, stepsPerEpoch)),
    epochs: epochs.map(toEpochRecord),
    failure: failureOf(events),
    score: score("validation", samples?.validationSamples),
    trainScore: score("train", samples?.samples),
    validationLoss: last?.validation?.loss,
    ...(status === "finished" || status === "failed" ? {} : { cut: "budget" as const }),
    seconds: secondsOf(all, loss),
  };
}

function toEpochRecord({ epoch, step, train, validation }: Epoch): EpochRecord {
  return {
    epoch,
    step,
    trainLoss: train.loss ?? Number.NaN,
    validationLoss: validation?.loss,
    trainAccuracy: train.accuracy,
    validationAccuracy: validation?.accuracy,
  };
}

function failureOf(events: readonly RunEvent[]): Failure | undefined {
  const found = events.findLast((event) => event.type === "notFinite");
  if (found?.type === "notFinite") {
    const { step, epoch, layer, tensor } = found;
    return { step, epoch, layer, tensor };
  }
  const stopped = events.findLast((event) => event.type === "stopped");
  if (stopped?.type !== "stopped" || stopped.reason !== "not-finite") return undefined;
  return { step: stopped.step, epoch: stopped.epoch + 1, layer: undefined, tensor: "loss" };
}

/** As the doctor scores a network: the share of correct samples, or 1 - squared error / variance. */
function scoreOf(
  scoring: RunScoring | undefined,
  metrics: Readonly<Record<string, number>> | undefined,
  samples: number,
): Score | undefined {
  if (scoring === undefined || metrics === undefined) return undefined;
  if (scoring.metric === "accuracy") {
    const { accuracy } = metrics;
    return accuracy === undefined
      ? undefined
      : { metric: "accuracy", value: accuracy, chance: scoring.chance, samples };
  }
  const { meanSquaredError } = metrics;
  if (meanSquaredError === undefined || !(scoring.variance > 0)) return undefined;
  const value = 1 - meanSquaredError / scoring.variance;
  return { metric: "r2", value: Number.isNaN(value) ? -1 : Math.max(-1, value), chance: 0, samples };
}

/** The epoch of a step, from 1. */
function epochAt(epochs: readonly Epoch[], step: number, stepsPerEpoch: number): number {
  if (stepsPerEpoch > 0) return Math.max(1, Math.ceil(step / stepsPerEpoch));
  return epochs.find((each) => each.step >= step)?.epoch ?? (epochs.at(-1)?.epoch ?? 0) + 1;
}

/** One reading for each step in which a layer was measured. */
function readingsOf(
  measures: ReadonlyMap<string, MeasureSeries>,
  layers: readonly { readonly path: string }[],
  epochOf: (step: number) => number,
): readonly Reading[] {
  const order = new Map(layers.map(({ path }, index) => [path, index]));
  const known = [...measures.values()].flatMap((series) => {
    const found = layerMeasureOf(series.name);
    return found === undefined ? [] : [{ ...found, series, place: order.get(found.path) ?? order.size }];
  });
  known.sort((a, b) => a.place - b.place);
  const byStep = new Map<number, Map<string, Record<string, number>>>();
  for (const { path, measure, series } of known) {
    for (let row = 0; row < series.length; row++) {
      const step = series.steps[row] as number;
      const reading = byStep.get(step) ?? new Map<string, Record<string, number>>();
      byStep.set(step, reading);
      const layer = reading.get(path) ?? {};
      reading.set(path, layer);
      layer[measure] = series.values[row] as number;
    }
  }
  const steps = [...byStep.keys()].sort((a, b) => a - b);
  const stride = Math.ceil(steps.length / MOST_READINGS);
  const loss = measures.get("loss");
  const norm = measures.get("gradientNorm");
  return steps
    .filter((_, index) => index % stride === 0 || index === steps.length - 1)
    .map((step) => {
      const found = byStep.get(step) ?? new Map<string, LayerReading>();
      const norms = [...found.values()].flatMap(({ gradientNorm }) => gradientNorm ?? []);
      return {
        step,
        epoch: epochOf(step),
        loss: valueAt(loss, step) ?? Number.NaN,
        gradientNorm: valueAt(norm, step) ?? (norms.length > 0 ? euclideanNorm(norms) : undefined),
        layers: Object.fromEntries(found) as Readonly<Record<string, LayerReading>>,
      };
    });
}

/** The value of a measure at a step; undefined where it has none. */
function valueAt(series: MeasureSeries | undefined, step: number): number | undefined {
  if (series === undefined) return undefined;
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((series.steps[middle] as number) < step) low = middle + 1;
    else high = middle;
  }
  return low < series.length && series.steps[low] === step ? series.values[low] : undefined;
}

/** How long the run was at work, all its parts together. */
function secondsOf(events: readonly RunEvent[], loss: MeasureSeries | undefined): number {
  let ms = 0;
  let from: number | undefined;
  let last = 0;
  for (const event of events) {
    if (event.type === "started" || event.type === "resumed") {
      if (from !== undefined) ms += Math.max(0, last - from);
      from = event.at;
    }
    last = event.at;
  }
  const end = Math.max(last, loss?.times[loss.length - 1] ?? 0);
  return (ms + (from === undefined ? 0 : Math.max(0, end - from))) / 1000;
}

/** The seed among a run's settings: of an experiment, or of the options of `fit`. */
function seedOf(settings: unknown): number | undefined {
  if (!isRecord(settings)) return undefined;
  const { seed, training } = settings;
  if (typeof seed === "number") return seed;
  return isRecord(training) && typeof training.seed === "number" ? training.seed : undefined;
}
