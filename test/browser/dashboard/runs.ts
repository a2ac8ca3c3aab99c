// Runs for the tests of the page: written by the library, with values from formulas.
import { join } from "node:path";
import type { Json } from "../../../src/io/checkpoint.ts";
import { createModel } from "../../../src/nn/model.ts";
import { createRun } from "../../../src/runs/create-run.ts";
import type { RunWriter } from "../../../src/runs/run-writer.ts";

const MODEL = createModel({
  inputShape: [2],
  layers: [{ type: "linear", units: 4 }, { type: "relu" }, { type: "linear", units: 2 }],
});

const STEPS_PER_EPOCH = 10;

export interface NewRun {
  readonly name: string;
  readonly settings?: Json;
  /** Default 100. */
  readonly steps?: number;
  /** The loss of a step. Default 1 / step. */
  readonly loss?: (step: number) => number;
  /** The accuracy on validation samples at the end. Default 0.9. */
  readonly accuracy?: number;
  readonly tags?: readonly string[];
}

/** Begins a run, and leaves it running. */
export function beginRun(
  folder: string,
  place: string,
  { name, settings = {}, tags = [], steps = 100 }: NewRun,
): RunWriter {
  const writer = createRun(join(folder, place), { name, settings, model: MODEL, tags });
  writer.writeEvent({
    type: "started",
    backend: "wasm",
    threads: 1,
    epochs: steps / STEPS_PER_EPOCH,
    stepsPerEpoch: STEPS_PER_EPOCH,
    parameters: 22,
    samples: 320,
    validationSamples: 80,
    step: 0,
  });
  return writer;
}

/** Writes steps of a run, both ends included, with the epochs that end in them. */
export function writeSteps(writer: RunWriter, from: number, to: number, run: NewRun): void {
  const { loss = (step) => 1 / step, accuracy = 0.9, steps = 100 } = run;
  for (let step = from; step <= to; step++) {
    writer.add(step, { loss: loss(step), learningRate: 0.1 });
    if (step % 5 === 0) {
      for (const layer of ["0", "1", "2"]) {
        writer.add(step, { [`layers/${layer}/gradientNorm`]: 1 / step, [`layers/${layer}/zeros`]: 0.25 });
      }
    }
    if (step % STEPS_PER_EPOCH === 0) endEpoch(writer, step, { loss: 1 / step, accuracy: (accuracy * step) / steps });
  }
  writer.flush();
}

function endEpoch(writer: RunWriter, step: number, metrics: Readonly<Record<string, number>>): void {
  const epoch = step / STEPS_PER_EPOCH;
  writer.add(step, {
    "train/loss": 1 / step,
    "validation/loss": metrics.loss ?? 0,
    "validation/accuracy": metrics.accuracy ?? 0,
  });
  writer.addHistogram("layers/1/activations", step, { low: 0, high: 2, counts: [8, 4, 2, 1] });
  writer.writeEvent({
    type: "epoch",
    epoch,
    step,
    train: { loss: 1 / step },
    validation: metrics,
    samplesPerSecond: 1000,
  });
}

/** Ends a run. */
export function endRun(writer: RunWriter, step: number): void {
  writer.writeEvent({ type: "stopped", reason: "finished", epoch: step / STEPS_PER_EPOCH, step });
  writer.close();
}

/** Writes a run that has finished. */
export function writeRun(folder: string, place: string, run: NewRun): void {
  const { steps = 100 } = run;
  const writer = beginRun(folder, place, run);
  writeSteps(writer, 1, steps, run);
  endRun(writer, steps);
}

/** Writes a run with very many measures. */
export function writeManyMeasures(folder: string, place: string, count: number): void {
  const writer = beginRun(folder, place, { name: "many" });
  const names = Array.from({ length: count }, (_, index) => `measure-${String(index).padStart(4, "0")}`);
  for (let step = 1; step <= 3; step++)
    writer.add(step, Object.fromEntries(names.map((name, index) => [name, index + step])));
  endRun(writer, 3);
}
