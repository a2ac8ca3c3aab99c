import type { EpochEnded } from "gradus";
import {
  type Census,
  type EpochRecord,
  type Failure,
  type Reading,
  type RunRecord,
  type Score,
  toEpoch,
} from "gradus/watch";
import type { LabData } from "./data.ts";

/** Most readings and epochs that the rules see: enough for any of them. */
const MOST_KEPT = 300;

/** Adds to a list that stays short: when it is full, every other item of its older half goes. */
function keep<Item>(list: Item[], item: Item): void {
  list.push(item);
  if (list.length <= MOST_KEPT) return;
  const half = list.length >> 1;
  list.splice(0, half, ...list.slice(0, half).filter((_, index) => index % 2 === 0));
}

/** Mean squared deviation of the test targets from their mean. */
function varianceOf({ test }: LabData): number {
  const values = Array.from(test.toTargets());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

/** A run as the doctor's rules see it, while it goes on. */
export class LiveRecord {
  readonly #data: LabData;
  readonly #seed: number;
  readonly #variance: number;
  readonly #started = performance.now();
  readonly readings: Reading[] = [];
  readonly epochs: EpochRecord[] = [];
  #last: EpochEnded | undefined;
  #steps = 0;
  start: Census | undefined;

  constructor(data: LabData, seed: number) {
    this.#data = data;
    this.#seed = seed;
    this.#variance = data.facts.task === "regression" ? varianceOf(data) : 0;
  }

  addReading(reading: Reading): void {
    keep(this.readings, reading);
  }

  addEpoch(ended: EpochEnded): void {
    this.#last = ended;
    keep(this.epochs, toEpoch(ended));
  }

  addStep(): void {
    this.#steps++;
  }

  #score(part: "train" | "validation"): Score | undefined {
    const metrics = this.#last?.[part];
    if (metrics === undefined) return undefined;
    const { summary } = this.#data;
    const samples = part === "train" ? summary.trainSamples : summary.testSamples;
    if (summary.task === "classification") {
      const { accuracy } = metrics;
      return accuracy === undefined
        ? undefined
        : { metric: "accuracy", value: accuracy, chance: summary.chance ?? 0, samples };
    }
    const { meanSquaredError } = metrics;
    if (meanSquaredError === undefined || this.#variance === 0) return undefined;
    return { metric: "r2", value: Math.max(-1, 1 - meanSquaredError / this.#variance), chance: 0, samples };
  }

  /** @param plannedSteps of the whole run. @param isOver whether it has come to its end. */
  toRun(plannedSteps: number, isOver: boolean, failure: Failure | undefined): RunRecord {
    return {
      seed: this.#seed,
      steps: this.#steps,
      plannedSteps,
      readings: this.readings,
      epochs: this.epochs,
      failure,
      start: this.start,
      score: this.#score("validation"),
      trainScore: this.#score("train"),
      validationLoss: this.#last?.validation?.loss,
      ...(isOver ? {} : { cut: "budget" }),
      seconds: (performance.now() - this.#started) / 1000,
    };
  }
}
