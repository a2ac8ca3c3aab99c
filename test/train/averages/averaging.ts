// Trainings whose weights are averaged, and the averages by their definitions, in float64.
import { fromArrays } from "../../../src/data/from-arrays.ts";
import { createModel } from "../../../src/nn/model.ts";
import { trainingEvents } from "../../../src/train/loop.ts";
import type { FitOptions, TrainResult } from "../../../src/train/options.ts";
import { valuesOf } from "../tiny.ts";

/** Arrays by path. */
export type Values = Awaited<ReturnType<typeof valuesOf>>;

/** Pictures of 2 x 6 x 6 in three classes. */
export function pictures(samples: number, shift = 0) {
  const inputs = Float32Array.from({ length: samples * 72 }, (_, i) => Math.sin(1 + i * i * 0.37 + shift));
  return fromArrays({
    inputs,
    inputShape: [2, 6, 6],
    targets: Array.from({ length: samples }, (_, i) => (i * i + shift) % 3),
    classes: 3,
  });
}

/** Batch norm of every kind: with a decay, counting, frozen, inside a residual block and in its projection; and dropout. */
export const normalized = createModel({
  inputShape: [2, 6, 6],
  layers: [
    { type: "conv2d", filters: 4, kernel: 3 },
    { type: "batchNorm", decay: 0.8 },
    "relu",
    { type: "dropout", rate: 0.3 },
    {
      type: "skip",
      projection: true,
      projectionNorm: true,
      layers: [
        { type: "conv2d", filters: 5, kernel: 3, padding: 1 },
        { type: "batchNorm", decay: "cumulative", runningVariance: "population" },
      ],
    },
    { type: "batchNorm", decay: 1 },
    "globalAvgPool",
    { type: "linear", units: 3 },
  ],
});

export const settings = {
  data: { train: pictures(29), validation: pictures(11, 5) },
  loss: "softmaxCrossEntropy",
  optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9 },
  batchSize: 8,
  epochs: 4,
  seed: 3,
} as const satisfies FitOptions;

/** The weights after every step, the epochs that these steps end, and the result. */
export async function recorded(options: FitOptions): Promise<{
  readonly steps: readonly Values[];
  readonly epochs: readonly Values[];
  readonly result: TrainResult;
}> {
  const events = trainingEvents(normalized, options);
  const steps: Values[] = [];
  const epochs: Values[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done) return { steps, epochs, result: next.value };
    if (next.value.type === "stepEnded") steps.push(await valuesOf(await events.state()));
    if (next.value.type === "epochEnded") epochs.push(steps.at(-1) as Values);
  }
}

/** The weighted mean of values; the weights need not sum to 1. */
export function weightedMean(values: readonly Values[], weights: readonly number[]): Values {
  const sum = weights.reduce((a, b) => a + b, 0);
  return new Map(
    [...(values[0] as Values)].map(([path, first]) => [
      path,
      first.map((_, i) =>
        values.reduce((mean, each, k) => mean + ((weights[k] as number) / sum) * (each.get(path)?.[i] as number), 0),
      ),
    ]),
  );
}

/** The largest difference between values of the same paths. */
export function difference(a: Values, b: Values, isMeant: (path: string) => boolean = () => true): number {
  let largest = 0;
  for (const [path, values] of a) {
    if (!isMeant(path)) continue;
    values.forEach((value, i) => {
      const apart = Math.abs(value - (b.get(path)?.[i] ?? Number.NaN));
      largest = apart <= largest ? largest : apart;
    });
  }
  return largest;
}
