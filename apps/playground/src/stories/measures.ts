import type { EpochRecord, LayerReading, Reading } from "gradus/watch";
import type { LayerView } from "../lab/protocol.ts";
import type { NetworkHistory } from "../state/history.ts";
import type { MeasureName } from "../text/story-names.ts";

/** What a promise needs of a run. */
export type Run = Pick<NetworkHistory, "view" | "epoch" | "epochs" | "readings" | "failure" | "hasFinished"> & {
  readonly marks: readonly Pick<NetworkHistory["marks"][number], "step" | "epoch">[];
};

/** A part of a run: from its last change to the epoch after which a promise is judged. */
export interface Window {
  readonly layers: readonly LayerView[];
  readonly epochs: readonly EpochRecord[];
  readonly readings: readonly Reading[];
  readonly hasFailed: boolean;
}

interface Measure {
  /** How it is written. */
  readonly format: "number" | "share" | "truth";
  /** Where it can only rise, or only fall, as the run goes on, so that a bound may be decided early. */
  readonly trend?: "rises" | "falls";
  /** Undefined: nothing is known yet. */
  readonly of: (window: Window) => number | undefined;
}

/** Layers of Gradus whose weights multiply: those whose gradients the picture compares. */
const WEIGHTED = new Set(["linear", "conv2d", "rnn", "lstm", "gru"]);

/** Every measure that a story can promise about. Those of readings are medians over the window's later half, since a single batch says little. */
export const MEASURES = {
  gradientRatio: {
    format: "number",
    of: ({ layers, readings }) =>
      laterMedian(readings, (reading) => {
        const norms = layers
          .filter(({ type }) => WEIGHTED.has(type))
          .map(({ path }) => reading.layers[path]?.gradientNorm);
        return ratio(norms.at(0), norms.at(-1));
      }),
  },
  largestGradient: {
    format: "number",
    trend: "rises",
    of: ({ readings, hasFailed }) => {
      // values beyond all numbers are what a run fails of, and the step of the failure is never read
      if (hasFailed) return Number.POSITIVE_INFINITY;
      const norms = readings.flatMap(({ gradientNorm }) => (gradientNorm === undefined ? [] : [gradientNorm]));
      return norms.length === 0 ? undefined : Math.max(...norms);
    },
  },
  hasFailed: { format: "truth", trend: "rises", of: ({ hasFailed }) => (hasFailed ? 1 : 0) },
  signalRatio: {
    format: "number",
    of: ({ layers, readings }) =>
      laterMedian(readings, (reading) => {
        const deviations = layers
          .filter(({ block }) => block !== undefined)
          .flatMap(({ path }) => deviationOf(reading.layers[path]));
        return ratio(deviations.at(0), deviations.at(-1), "inverse");
      }),
  },
  bestTestAccuracy: {
    format: "share",
    trend: "rises",
    of: ({ epochs }) => extreme(epochs, ({ validationAccuracy }) => validationAccuracy, Math.max),
  },
  accuracyGap: {
    format: "share",
    of: ({ epochs }) => {
      const last = epochs.slice(-LAST);
      const gaps = last.flatMap(({ trainAccuracy, validationAccuracy }) =>
        trainAccuracy === undefined || validationAccuracy === undefined ? [] : [trainAccuracy - validationAccuracy],
      );
      return gaps.length === 0 ? undefined : median(gaps);
    },
  },
  testLossRise: {
    format: "number",
    of: ({ epochs }) => {
      const losses = epochs.flatMap(({ validationLoss }) => (validationLoss === undefined ? [] : [validationLoss]));
      return losses.length === 0 ? undefined : median(losses.slice(-LAST)) / Math.min(...losses);
    },
  },
  lowestTrainLoss: {
    format: "number",
    trend: "falls",
    of: ({ epochs }) => extreme(epochs, ({ trainLoss }) => trainLoss, Math.min),
  },
  lowestTestLoss: {
    format: "number",
    trend: "falls",
    of: ({ epochs }) => extreme(epochs, ({ validationLoss }) => validationLoss, Math.min),
  },
} as const satisfies Record<MeasureName, Measure>;

export const measureOf = (name: MeasureName): Measure => MEASURES[name];

/** Epochs that speak for "now": one epoch's accuracy on a few samples is a coin or two. */
const LAST = 5;

function deviationOf(reading: LayerReading | undefined): readonly number[] {
  // layers with weights in front of an activation are not observed
  return reading?.variance === undefined ? [] : [Math.sqrt(reading.variance)];
}

function ratio(first: number | undefined, last: number | undefined, order?: "inverse"): number | undefined {
  if (first === undefined || last === undefined) return undefined;
  return order === "inverse" ? last / first : first / last;
}

function laterMedian(readings: readonly Reading[], of: (reading: Reading) => number | undefined): number | undefined {
  const values = readings
    .slice(Math.floor(readings.length / 2))
    .flatMap((reading) => of(reading) ?? [])
    .filter((value) => !Number.isNaN(value));
  return values.length === 0 ? undefined : median(values);
}

/** The middle value; of an even number the lower of the two. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
}

function extreme(
  epochs: readonly EpochRecord[],
  of: (epoch: EpochRecord) => number | undefined,
  best: (...values: readonly number[]) => number,
): number | undefined {
  const values = epochs.flatMap((epoch) => of(epoch) ?? []).filter((value) => !Number.isNaN(value));
  return values.length === 0 ? undefined : best(...values);
}
