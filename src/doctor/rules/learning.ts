import type { EpochRecord, RunRecord, Score } from "../../watch/record.ts";
import type { Attainable } from "../patient.ts";

/** Share of the way from chance to the score of simple learners that a network must reach to count as learning. A tenth is allowed
 *  for networks that are small, or briefly trained, by design. */
export const SHARE_OF_ATTAINABLE = 0.9;

/** Standard errors of a score within which a difference is not significant. */
const STANDARD_ERRORS = 2;

/** Standard error of a share p of n samples, sqrt(p (1 - p) / n); for r2, that of a squared correlation, about 2 (1 - r2) sqrt(r2 / n). */
export function standardError({ metric, value, samples }: Score): number {
  const inside = Math.min(Math.max(value, 0), 1);
  const count = Math.max(1, samples);
  // no share is certain: at 0 and 1 one more sample may differ
  const share = Math.min(Math.max(inside, 1 / (count + 2)), 1 - 1 / (count + 2));
  return metric === "accuracy" ? Math.sqrt((share * (1 - share)) / count) : 2 * (1 - share) * Math.sqrt(share / count);
}

/** The bar for a score: nine tenths of the way from chance to the score of simple learners, less two standard errors. If those learn
 *  nothing either, any score clearly above chance is good. */
export function bar(score: Score, attainable: Attainable | undefined): number {
  const margin = STANDARD_ERRORS * standardError(score);
  const reach = attainable === undefined ? score.chance : Math.max(attainable.score.value, score.chance);
  const room = reach - score.chance;
  const needed = room <= margin ? score.chance + margin : score.chance + SHARE_OF_ATTAINABLE * room - margin;
  // if all samples have one class, no score exceeds chance
  return Math.min(needed, 1);
}

/** Whether the run reaches the bar for a network that learns. */
export function learnsWell(run: RunRecord, attainable: Attainable | undefined): boolean {
  const { score, failure } = run;
  if (failure !== undefined) return false;
  return score !== undefined && score.value >= bar(score, attainable);
}

/** Whether the score is no better than a guess that ignores the input. */
export function isAtChance(score: Score): boolean {
  return score.value <= score.chance + STANDARD_ERRORS * standardError(score);
}

/** The last part of a list, as a share of its length. */
export function lastPart<T>(list: readonly T[], share: number): readonly T[] {
  return list.slice(Math.floor(list.length * (1 - share)));
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

/** The defined, finite numbers. */
export function finite(values: readonly (number | undefined)[]): number[] {
  return values.filter((value): value is number => value !== undefined && Number.isFinite(value));
}

/** The losses that show generalisation. */
export const validationLosses = (epochs: readonly EpochRecord[]): number[] =>
  finite(epochs.map(({ validationLoss }) => validationLoss));
