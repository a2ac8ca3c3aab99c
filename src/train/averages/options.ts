import { GradusError } from "../../core/errors.ts";
import { objectSchema } from "../../core/field-schema.ts";
import { COUNT, checkOptions, type Fields } from "../../core/fields.ts";

/** Stochastic weight averaging: the mean of the weights at the ends of epochs.
 *    a <- a + (w - a) / n          n = 1, 2, …: the epochs averaged so far
 *  Source: Izmailov, Podoprikhin, Garipov, Vetrov, Wilson, "Averaging Weights Leads to Wider Optima and Better Generalization", 2018. */
export interface SwaConfig {
  /** The first epoch whose last weights are averaged, from 1. Default: the first after three quarters of the epochs, as in the paper. */
  readonly startEpoch?: number | undefined;
  /** Average every n-th epoch from there on. Default 1. */
  readonly every?: number | undefined;
}

export const SWA_FIELDS: Fields<SwaConfig> = { startEpoch: COUNT, every: COUNT };

export const SWA_SCHEMA = objectSchema(SWA_FIELDS);

/** Which averages a run keeps; checked options with defaults filled in. */
export interface AveragesPlan {
  /** Decay of the exponential moving average. */
  readonly ema: number | undefined;
  readonly swa: { readonly startEpoch: number; readonly every: number } | undefined;
}

/** The share of the epochs that are trained before averaging starts. */
const BEFORE = 0.75;

/** @param epochs of the whole run.
 *  @throws GradusError `unknown-field`, `bad-argument`; also for a first epoch that the run does not reach. */
export function planAverages(
  where: string,
  { ema, swa }: { readonly ema?: number | undefined; readonly swa?: SwaConfig | undefined },
  epochs: number,
): AveragesPlan {
  if (swa === undefined) return { ema, swa };
  checkOptions(`${where}, swa`, swa, SWA_FIELDS);
  const { startEpoch = Math.floor(BEFORE * epochs) + 1, every = 1 } = swa;
  if (startEpoch <= epochs) return { ema, swa: { startEpoch, every } };
  throw new GradusError(
    "bad-argument",
    `${where}, swa: startEpoch is ${startEpoch}, and the run ends after ${epochs} epochs: nothing would be averaged. Give a startEpoch of at most ${epochs}, or more epochs.`,
    { startEpoch, epochs },
  );
}

/** Whether the weights at the end of this epoch are averaged. */
export function isAveraged({ swa }: AveragesPlan, epoch: number): boolean {
  return swa !== undefined && epoch >= swa.startEpoch && (epoch - swa.startEpoch) % swa.every === 0;
}
