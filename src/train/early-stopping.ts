import { GradusError } from "../core/errors.ts";
import { COUNT, checkOptions, type Fields, FLAG, field, NOT_NEGATIVE } from "../core/fields.ts";
import { reference } from "../core/json-schema.ts";
import { type AverageName, WEIGHTS, type WeightsName } from "./averages/values.ts";
import type { MetricName, Metrics } from "./events.ts";
import { isHigherBetter } from "./metrics.ts";

/** Stops when the validation metric no longer improves, and restores the best weights.
 *  Source: Prechelt, "Early Stopping - But When?", 1998 (the criterion of consecutive epochs without progress). */
export interface EarlyStoppingConfig {
  /** Consecutive epochs without improvement after which the run stops, 1 or more. Default 5. */
  readonly patience?: number;
  /** Changes up to this size do not count as improvement, >= 0. Default 0. */
  readonly minDelta?: number;
  /** The validation metric to watch. Default "loss". */
  readonly monitor?: MetricName;
  /** Whose validation metric: of the trained weights ("raw"), or of an average that the run keeps. Epochs in which "swa" takes no part do not
   *  count. What is restored is the same epoch's for all of them. Default "raw". */
  readonly of?: WeightsName;
  /** Restore the weights of the best epoch at the end, even after the last epoch. Default true. */
  readonly restoreBest?: boolean;
}

/** The result of one epoch. */
export interface Verdict {
  readonly isBest: boolean;
  readonly shouldStop: boolean;
}

export const EARLY_STOPPING_FIELDS: Fields<EarlyStoppingConfig> = {
  patience: COUNT,
  minDelta: NOT_NEGATIVE,
  monitor: field("the name of a metric", (value) => typeof value === "string", {
    anyOf: [{ const: "loss" }, reference("metric")],
  }),
  of: WEIGHTS,
  restoreBest: FLAG,
};

/** Watches one metric over the epochs. */
export class EarlyStopping {
  readonly monitor: MetricName;
  readonly of: WeightsName;
  readonly restoresBest: boolean;
  readonly #patience: number;
  readonly #minDelta: number;
  readonly #direction: 1 | -1;
  /** The best value, negated if lower is better; undefined before the first number. */
  #best: number | undefined;
  #epochsWithout = 0;

  /** @throws GradusError `bad-argument` for a patience below 1, a negative minDelta or an unknown metric; `unknown-field`. */
  constructor(config: EarlyStoppingConfig = {}) {
    checkOptions("earlyStopping", config, EARLY_STOPPING_FIELDS);
    const { patience = 5, minDelta = 0, monitor = "loss", of = "raw", restoreBest = true } = config;
    this.monitor = monitor;
    this.of = of;
    this.restoresBest = restoreBest;
    this.#patience = patience;
    this.#minDelta = minDelta;
    this.#direction = isHigherBetter(monitor) ? 1 : -1;
  }

  /** @throws GradusError `bad-argument` if the watched metric is neither the loss nor one of these. */
  requireMeasured(metrics: readonly MetricName[]): void {
    if (this.monitor === "loss" || metrics.includes(this.monitor)) return;
    throw new GradusError(
      "bad-argument",
      `earlyStopping: it watches ${this.monitor}, which is not measured (${["loss", ...metrics].join(", ")}). Add it to metrics.`,
      { monitor: this.monitor, measured: ["loss", ...metrics] },
    );
  }

  /** @throws GradusError `bad-argument` if it watches an average that the run does not keep. */
  requireKept(averages: Readonly<Record<AverageName, unknown>>): void {
    if (this.of === "raw" || averages[this.of] !== undefined) return;
    throw new GradusError(
      "bad-argument",
      `earlyStopping: it watches ${this.of}, and the run keeps no such average of the weights. Give ${this.of === "ema" ? "ema: 0.999" : "swa: {}"}.`,
      { of: this.of },
    );
  }

  /** Whether its patience is over. */
  get isOver(): boolean {
    return this.#epochsWithout >= this.#patience;
  }

  /** What it has seen, as plain data. */
  snapshot(): Readonly<Record<string, number>> {
    const seen = { epochsWithout: this.#epochsWithout };
    return this.#best === undefined ? seen : { ...seen, best: this.#best };
  }

  restore({ best, epochsWithout = 0 }: Readonly<Record<string, number>>): void {
    this.#best = best;
    this.#epochsWithout = epochsWithout;
  }

  /** Takes the validation metrics of one epoch. NaN is never an improvement. */
  observe(metrics: Metrics): Verdict {
    const value = metrics[this.monitor] ?? Number.NaN;
    const height = this.#direction * value;
    const isBest = this.#best === undefined ? !Number.isNaN(value) : height - this.#best > this.#minDelta;
    if (isBest) this.#best = height;
    this.#epochsWithout = isBest ? 0 : this.#epochsWithout + 1;
    return { isBest, shouldStop: this.isOver };
  }
}
