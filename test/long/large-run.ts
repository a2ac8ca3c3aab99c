import type { HostArray } from "../../src/core/dtype.ts";
import type { SavedRun } from "../../src/train/checkpoints/run-state.ts";

/** A run whose weights tell its step: element i is (step + i) mod 8191, which float32 holds exactly. */
export function largeRun(step: number, weight: HostArray): SavedRun {
  const { data } = weight;
  for (let index = 0; index < data.length; index++) data[index] = valueAt(step, index);
  return {
    state: {
      values: new Map([["parameters.0.weight", weight]]),
      step,
      epoch: step,
      stepInEpoch: 0,
      underWay: {
        sums: { samples: 0, counted: 0, loss: 0, weight: 0, metrics: {} },
        durationMs: 0,
        learningRate: undefined,
      },
      rate: { given: undefined, base: undefined, factor: 1 },
      schedule: undefined,
      earlyStopping: undefined,
      best: undefined,
      history: [],
      identity: { settings: {}, data: { train: "", validation: undefined }, backend: "none", threads: 1 },
    },
    model: {},
    featureNames: undefined,
    about: null,
  };
}

/** The first element that is not the one of the step; -1 if all are. */
export function firstWrong({ state }: SavedRun): number {
  const data = state.values.get("parameters.0.weight")?.data ?? [Number.NaN];
  return data.findIndex((value, index) => value !== valueAt(state.step, index));
}

function valueAt(step: number, index: number): number {
  return (step + index) % 8191;
}
