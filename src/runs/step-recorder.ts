import type { EpochEnded, StepEnded } from "../train/events.ts";
import { layerMeasureName } from "./layer-measure.ts";
import type { MeasureTable } from "./measure-table.ts";
import type { RunWriter } from "./run-writer.ts";

/** Least time over which samples per second are counted, ms. */
const SPEED_MS = 1000;

/** Records what every step says, without making garbage. */
export class StepRecorder {
  readonly #writer: RunWriter;
  readonly #now: () => number;
  #table: MeasureTable | undefined;
  readonly #row = new Float64Array(2);
  readonly #normRow = new Float64Array(1);
  readonly #speedRow = new Float64Array(1);
  #norms: MeasureTable | undefined;
  #speed: MeasureTable | undefined;
  /** Samples since a time, of this epoch. */
  #samples = 0;
  #since = 0;
  #hasSpeed = false;
  /** Whether the run measures the gradients of its layers itself. */
  hasLayerNorms = false;

  /** @param now milliseconds. */
  constructor(writer: RunWriter, now: () => number) {
    this.#writer = writer;
    this.#now = now;
  }

  beginEpoch(): undefined {
    this.#samples = 0;
    this.#since = this.#now();
    this.#hasSpeed = false;
    return undefined;
  }

  take({ step, loss, learningRate, gradientNorm, layerGradientNorms, samples }: StepEnded): void {
    this.#row[0] = loss;
    if (learningRate !== undefined) this.#row[1] = learningRate;
    // a run has a rate in all steps or in none
    this.#table ??= this.#writer.table(learningRate === undefined ? ["loss"] : ["loss", "learningRate"]);
    this.#writer.addRow(this.#table, step, this.#row);
    if (gradientNorm !== undefined) {
      this.#norms ??= this.#writer.table(["gradientNorm"]);
      this.#normRow[0] = gradientNorm;
      this.#writer.addRow(this.#norms, step, this.#normRow);
    }
    if (layerGradientNorms !== undefined) this.#takeLayerNorms(step, layerGradientNorms);
    this.#samples += samples;
    const now = this.#now();
    if (now - this.#since >= SPEED_MS) this.#writeSpeed(step, (1000 * this.#samples) / (now - this.#since), now);
  }

  /** An epoch that was too short to be timed has its own speed. */
  endEpoch({ step, samplesPerSecond }: EpochEnded): void {
    if (!this.#hasSpeed) this.#writeSpeed(step, samplesPerSecond, this.#now());
  }

  #takeLayerNorms(step: number, norms: Readonly<Record<string, number>>): void {
    this.hasLayerNorms = true;
    const entries = Object.entries(norms).map(
      ([path, norm]) => [layerMeasureName(path, "gradientNorm"), norm] as const,
    );
    if (entries.length > 0) this.#writer.add(step, Object.fromEntries(entries));
  }

  #writeSpeed(step: number, samplesPerSecond: number, now: number): void {
    this.#speed ??= this.#writer.table(["samplesPerSecond"]);
    this.#speedRow[0] = samplesPerSecond;
    this.#writer.addRow(this.#speed, step, this.#speedRow);
    this.#samples = 0;
    this.#since = now;
    this.#hasSpeed = true;
  }
}
