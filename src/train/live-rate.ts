import { requireArgument, requireInRange } from "../core/errors.ts";
import type { RateState } from "./checkpoints/run-state.ts";
import type { RateChange } from "./events.ts";
import type { Plan } from "./prepare.ts";

/** The learning rate of a run, which a reader of its events may change while it runs:
 *    without a schedule   the given rate
 *    with one             schedule(step, epoch) times factor,   factor <- factor * given / present rate */
export class LiveRate {
  readonly #schedule: Plan["schedule"];
  readonly #given: number | undefined;
  #base: number | undefined;
  #factor = 1;
  #present: number | undefined;

  constructor({ schedule, baseLearningRate }: Pick<Plan, "schedule" | "baseLearningRate">) {
    this.#schedule = schedule;
    this.#given = baseLearningRate;
    this.#base = baseLearningRate;
    this.#present = schedule?.valueAt(0, 0) ?? baseLearningRate;
  }

  /** As listeners have changed it. */
  get changes(): RateState {
    return { given: this.#given, base: this.#base, factor: this.#factor };
  }

  /** Goes on from an earlier run's rate. If the optimiser is given another one now, that one holds, and what listeners changed is void.
   *  @param keepsItsOwn whether the schedule remembers a rate that it was given before, as plateau does: then it is scaled. */
  restore({ given, base, factor }: RateState, keepsItsOwn: boolean): void {
    if (given === this.#given) {
      this.#base = base;
      this.#factor = factor;
    } else if (keepsItsOwn && given !== undefined && this.#given !== undefined) {
      this.#factor = this.#given / given;
    }
  }

  /** The rate of the next step; undefined if a custom transform keeps its own. Steps and epochs count from 0. */
  at(step: number, epoch: number): number | undefined {
    const scheduled = this.#schedule?.valueAt(step, epoch);
    this.#present = scheduled === undefined ? this.#base : scheduled * this.#factor;
    return this.#present;
  }

  /** @throws GradusError `bad-argument` for a rate that is not above 0, and for an optimiser that keeps its own rate. */
  change({ learningRate }: RateChange): void {
    requireInRange(
      "fit",
      "the learning rate that a listener answers",
      learningRate,
      (rate) => typeof rate === "number" && rate > 0 && Number.isFinite(rate),
      "a number > 0",
    );
    requireArgument(
      this.#base !== undefined,
      'fit: this optimiser keeps its own rate. Give the optimiser as data, such as { type: "sgd", learningRate: 0.1 }.',
    );
    // a schedule that has come down to 0 stays there
    if (this.#schedule !== undefined && this.#present) this.#factor *= learningRate / this.#present;
    this.#base = learningRate;
    this.#present = learningRate;
  }
}
