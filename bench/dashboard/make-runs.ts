import { join } from "node:path";
import { createEventWriter } from "../../src/files/event-writer.ts";
import { createModel } from "../../src/nn/model.ts";
import { createRun } from "../../src/runs/create-run.ts";
import type { RunWriter } from "../../src/runs/run-writer.ts";

const MODEL = createModel({ inputShape: [10], layers: [{ type: "linear", units: 10 }] });

export const MEASURES = [
  "loss",
  "learningRate",
  "gradientNorm",
  ...Array.from({ length: 7 }, (_, index) => `layers/${index}/gradientNorm`),
];

/** A run that is being written.
 *  @param number of the run, from which its settings and its curve follow. */
export function newRun(folder: string, number: number): RunWriter {
  const settings = { epochs: 10, seed: number, optimizer: { type: "adam", learningRate: 1e-3 * (1 + (number % 10)) } };
  const writer = createRun(join(folder, `run-${String(number).padStart(3, "0")}`), {
    ...{ name: `run ${number}`, settings, model: MODEL },
  });
  writer.writeEvent({
    type: "started",
    ...{ backend: "wasm", threads: 1, epochs: 10, stepsPerEpoch: 1000, parameters: 110, samples: 32_000 },
    ...{ validationSamples: 0, step: 0 },
  });
  return writer;
}

/** Measures of steps: a curve that falls, with noise. */
export function addSteps(writer: RunWriter, number: number, from: number, count: number): void {
  const table = writer.table(MEASURES);
  const values = new Float64Array(MEASURES.length);
  for (let step = from; step < from + count; step++) {
    const noise = 0.1 * Math.sin(step * (1 + number) * 12.9898);
    for (let column = 0; column < values.length; column++) values[column] = (1 + column + noise) / (1 + step / 1000);
    writer.addRow(table, step, values);
  }
}

/** A folder of finished runs, each with MEASURES.length measures. */
export function makeRuns(folder: string, { runs, steps }: { readonly runs: number; readonly steps: number }): void {
  for (let number = 0; number < runs; number++) {
    const writer = newRun(folder, number);
    addSteps(writer, number, 1, steps);
    writer.writeEvent({ type: "stopped", reason: "finished", epoch: 10, step: steps });
    writer.close();
  }
}

/** One run of TensorBoard's event files, of about this size. @returns bytes of the file. */
export function makeEvents(folder: string, megabytes: number): number {
  const writer = createEventWriter(folder, { flushSeconds: 60 });
  const names = MEASURES.slice(0, 10);
  // 10 scalars an event take about 297 bytes
  const steps = Math.ceil((megabytes * 1e6) / 297);
  for (let step = 1; step <= steps; step++) {
    writer.addScalars(step, Object.fromEntries(names.map((name, index) => [name, (1 + index) / step])));
  }
  writer.close();
  return steps * names.length;
}
