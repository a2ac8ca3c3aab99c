import type { EpochRecord, RunRecord, Score } from "../../watch/record.ts";
import type { Attainable } from "../patient.ts";

/** Share of the way from chance to what simple learners reach that a network must go to count as one that learns. A tenth is left
 *  for networks that are small, or short of training, by design. */
export const SHARE_OF_ATTAINABLE = 0.9;

/** Standard errors of a score within which a difference says nothing. */
const STANDARD_ERRORS = 2;

/** Standard error of a share p of n samples, sqrt(p (1 - p) / n); of r2, that of a squared correlation, about 2 (1 - r2) sqrt(r2 / n). */
export function standardError({ metric, value, samples }: Score): number {
  const inside = Math.min(Math.max(value, 0), 1);
  const count = Math.max(1, samples);
  // no share is certain: at 0 and 1 one more sample may go the other way
  const share = Math.min(Math.max(inside, 1 / (count + 2)), 1 - 1 / (count + 2));
  return metric === "accuracy" ? Math.sqrt((share * (1 - share)) / count) : 2 * (1 - share) * Math.sqrt(share / count);
}

/** What a score must reach: nine tenths of the way from chance to what simple learners reach, less what luck may take. Where those
 *  learn nothing either, whatever is clearly above chance is good. */
export function bar(score: Score, attainable: Attainable | undefined): number {
  const margin = STANDARD_ERRORS * standardError(score);
  const reach = attainable === undefined ? score.chance : Math.max(attainable.score.value, score.chance);
  const room = reach - score.chance;
  const needed = room <= margin ? score.chance + margin : score.chance + SHARE_OF_ATTAINABLE * room - margin;
  // where all samples are alike, chance is all that can be reached
  return Math.min(needed, 1);
}

/** Does the run end where a network that learns ends? */
export function learnsWell(run: RunRecord, attainable: Attainable | undefined): boolean {
  const { score, failure } = run;
  if (failure !== undefined) return false;
  return score !== undefined && score.value >= bar(score, attainable);
}

/** Is the score no better than a guess that ignores the input? */
export function isAtChance(score: Score): boolean {
  return score.value <= score.chance + STANDARD_ERRORS * standardError(score);
}

/** The part of a list from a share of its length on. */
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

/** Numbers that are there and finite. */
export function finite(values: readonly (number | undefined)[]): number[] {
  return values.filter((value): value is number => value !== undefined && Number.isFinite(value));
}

/** The loss to judge generalisation by. */
export const validationLosses = (epochs: readonly EpochRecord[]): number[] =>
  finite(epochs.map(({ validationLoss }) => validationLoss));
