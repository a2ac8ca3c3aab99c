import type { MeasureSummary, RunSummary } from "../../../src/dashboard/protocol.ts";

// Runs that are made up: every value is a function of run, measure and step, so that nothing is stored.

export interface FakeSize {
  readonly runs: number;
  readonly steps: number;
  /** Measures by step, beside those of layers. */
  readonly measures: number;
}

export interface FakeRun {
  readonly id: string;
  readonly place: number;
  readonly isLive: boolean;
}

const NAMES = [
  "baseline",
  "<img src=x onerror=alert(1)>",
  "quotes \" and ' and `",
  "한국어 이름",
  `a ${"very ".repeat(60)}long name`,
  "\u001b[31mred\u001b[0m",
];
const LAYERS = ["layers.0", "layers.1", "layers.2", "layers.3", "layers.4"];
const LAYER_MEASURES = ["gradientNorm", "weightNorm", "updateNorm", "mean", "variance", "zeros", "saturated", "dead"];
const MEASURES = [
  "loss",
  "train/loss",
  "validation/loss",
  "validation/accuracy",
  "learningRate",
  "gradientNorm",
  "samplesPerSecond",
];
const STEPS_PER_EPOCH = 100;
/** When the first run began, in milliseconds since 1970. */
const BEGIN = Date.UTC(2026, 0, 1);

/** A number in [0, 1) that depends on all of its arguments. */
export function noise(...values: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const value of values) hash = Math.imul(hash ^ value, 0x85ebca6b) ^ (hash >>> 13);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let place = 0; place < text.length; place++) hash = Math.imul(31, hash) + text.charCodeAt(place);
  return hash | 0;
}

export function fakeRuns({ runs }: FakeSize): readonly FakeRun[] {
  return Array.from({ length: runs }, (_, place) => ({
    id: place === 1 ? "group/a b" : place === 2 ? "__proto__" : `run-${String(place).padStart(3, "0")}`,
    place,
    isLive: place >= runs - 2,
  }));
}

export function measuresOf({ measures }: FakeSize): readonly string[] {
  const more = Array.from({ length: Math.max(0, measures - MEASURES.length) }, (_, index) => `extra/${index}`);
  const layers = LAYERS.flatMap((path) => LAYER_MEASURES.map((name) => `layers/${path}/${name}`));
  return [...MEASURES.slice(0, measures), ...more, ...layers];
}

/** Steps at which a measure has points: each step, each epoch's last, or each fiftieth. */
export function everyOf(measure: string): number {
  if (measure.startsWith("train/") || measure.startsWith("validation/")) return STEPS_PER_EPOCH;
  return measure.startsWith("layers/") ? 50 : 1;
}

export function measured({ place }: FakeRun, measure: string, step: number): number {
  const kind = hashOf(measure);
  const jitter = noise(place, kind, step) - 0.5;
  if (measure === "validation/accuracy") return 1 - 0.9 * Math.exp(-step / (1500 + 100 * place)) - 0.02 * jitter;
  if (measure === "learningRate") return 0.01 * 0.5 ** Math.floor(step / 1000);
  if (measure.endsWith("/zeros") || measure.endsWith("/saturated") || measure.endsWith("/dead"))
    return Math.min(1, Math.max(0, noise(kind, place) * (step / 3000) + 0.05 * jitter));
  if (measure.startsWith("layers/")) return 10 ** (-3 * noise(kind, place) - step / 4000 + 0.3 * jitter);
  if (measure === "samplesPerSecond") return 20_000 + 3000 * jitter;
  // one run explodes, and one has a spike that must not be lost
  if (measure === "loss" && place === 3 && step > 2000) return step % 7 === 0 ? Infinity : Number.NaN;
  const spike = measure === "loss" && place === 0 && step === 1234 ? 6 : 0;
  return 2.3 * Math.exp(-step / (800 + 60 * place)) + 0.1 + 0.3 * jitter * Math.exp(-step / 3000) + spike;
}

export const timeOf = ({ place }: FakeRun, step: number): number => BEGIN + place * 3_600_000 + step * 20;

/** @param step that the run has come to. */
export function summaryOf(run: FakeRun, step: number, size: FakeSize): RunSummary {
  const { id, place, isLive } = run;
  const learningRate = 0.01 / (1 + (place % 5));
  return {
    id,
    name: NAMES[place] ?? `sweep/rate=${learningRate.toPrecision(2)}/seed=${place}`,
    kind: "gradus",
    status: isLive ? "running" : place === 3 ? "failed" : place % 7 === 5 ? "killed" : "finished",
    createdAt: timeOf(run, 0),
    updatedAt: timeOf(run, step),
    step,
    steps: size.steps,
    epoch: Math.floor(step / STEPS_PER_EPOCH),
    epochs: size.steps / STEPS_PER_EPOCH,
    settings: {
      "optimizer.learningRate": learningRate,
      "optimizer.type": "adam",
      seed: place,
      batchSize: 32,
      dropout: place % 2 === 0,
    },
    group: `rate ${learningRate}`,
    measures: measuresOf(size).map((name) => summaryOfMeasure(run, name, step)),
    histograms: LAYERS.map((path) => `layers/${path}/activations`),
    layers: LAYERS.map((path, index) => ({ path, type: index % 2 === 0 ? "linear" : "relu" })),
    tags: place % 3 === 0 ? ["sweep"] : [],
    warnings: place === 4 ? 1 : 0,
    findings: place === 3 ? 2 : 0,
  };
}

function summaryOfMeasure(run: FakeRun, name: string, step: number): MeasureSummary {
  const every = everyOf(name);
  const count = Math.floor(step / every);
  const last = count === 0 ? Number.NaN : measured(run, name, count * every);
  return {
    name,
    count,
    last: Number.isFinite(last) ? last : null,
    least: Number.isFinite(last) ? Math.min(last, measured(run, name, every)) : null,
    most: Number.isFinite(last) ? Math.max(last, measured(run, name, every)) : null,
    notFinite: name === "loss" && run.place === 3 ? Math.max(0, step - 2000) : 0,
  };
}
