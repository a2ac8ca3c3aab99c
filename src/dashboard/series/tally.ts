import type { MeasureSeries } from "../../runs/types.ts";
import type { MeasureSummary } from "../protocol.ts";

/** Counts and extremes of a series that grows. Looks at new points only, and at all again when points were taken back. */
export class Tally {
  readonly #name: string;
  #generation: number;
  #count = 0;
  #last: number | null = null;
  #least: number | null = null;
  #most: number | null = null;
  #notFinite = 0;

  constructor(series: MeasureSeries) {
    this.#name = series.name;
    this.#generation = series.generation;
    this.update(series);
  }

  update({ length, values, generation }: Pick<MeasureSeries, "length" | "values" | "generation">): void {
    if (generation !== this.#generation || length < this.#count) {
      this.#generation = generation;
      this.#count = 0;
      this.#last = this.#least = this.#most = null;
      this.#notFinite = 0;
    }
    let least = this.#least ?? Number.POSITIVE_INFINITY;
    let most = this.#most ?? Number.NEGATIVE_INFINITY;
    let last = this.#last ?? Number.NaN;
    for (let index = this.#count; index < length; index++) {
      const value = values[index] as number;
      if (value - value !== 0) {
        this.#notFinite++;
        continue;
      }
      if (value < least) least = value;
      if (value > most) most = value;
      last = value;
    }
    this.#count = length;
    if (least > most) return;
    this.#least = least;
    this.#most = most;
    this.#last = last;
  }

  get summary(): MeasureSummary {
    return {
      name: this.#name,
      count: this.#count,
      last: this.#last,
      least: this.#least,
      most: this.#most,
      notFinite: this.#notFinite,
    };
  }
}
