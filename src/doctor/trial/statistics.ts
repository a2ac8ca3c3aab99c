/** Initial and largest number of pairs in a trial. */
export const FIRST_PAIRS = 3;
export const MOST_PAIRS = 7;

export type Decision = "better" | "not-better" | "undecided";

/** The result of a comparison of pairs of runs. */
export interface Comparison {
  readonly pairs: number;
  /** Mean of the differences, treated - control; their sample deviation (n - 1). */
  readonly gain: number;
  readonly spread: number;
  /** The bound that the gain has to exceed. */
  readonly needed: number;
  /** `not-better`: more pairs would hardly change the result. `undecided` is possible after the last pair too. */
  readonly decision: Decision;
}

/** One-sided critical values of Student's t for 2, 3, … 6 degrees of freedom: with probability `level`, chance alone exceeds them.
 *  Source: Student, "The Probable Error of a Mean", 1908; the values from tables of the distribution. */
const CRITICAL = {
  0.05: [2.92, 2.353, 2.132, 2.015, 1.943],
  0.04: [3.32, 2.605, 2.333, 2.191, 2.104],
  0.02: [4.849, 3.482, 2.999, 2.757, 2.612],
} as const;

/** Levels for a single look, for the look at seven pairs, and for any other look. Three looks at 5 % would call noise a cure in 8 %; with
 *  these levels it stays at 5 %, by simulation (test/doctor/trial/statistics.test.ts). Early looks are stricter, so that an effect in only
 *  some runs can still be proven at the last.
 *  Source: O'Brien & Fleming, "A Multiple Testing Procedure for Clinical Trials", 1979. */
const LEVELS = { only: 0.05, seventh: 0.04, other: 0.02 } as const;

function levelOf(pairs: number, looks: readonly number[]): keyof typeof CRITICAL {
  if (looks.length <= 1) return LEVELS.only;
  return pairs === MOST_PAIRS ? LEVELS.seventh : LEVELS.other;
}

/** Numbers of pairs at which a trial of at most `most` pairs compares them: 3, 5, 7. Fewer than three prove nothing: a failure with
 *  probability 0.4 hits both controls and no treated run by chance in one trial of seventeen. */
export function looksFor(most: number): readonly number[] {
  const last = Math.min(most, MOST_PAIRS);
  const earlier = Array.from({ length: MOST_PAIRS }, (_, index) => FIRST_PAIRS + 2 * index).filter(
    (each) => each < last,
  );
  return last < FIRST_PAIRS ? [] : [...earlier, last];
}

/** Whether the treated runs are better by more than the spread between seeds.
 *    d_i = treated_i - control_i,   gain = mean d,   s = deviation of d, n - 1 in the denominator
 *    better if gain > needed = max(t s / sqrt(n), deviation of the treated runs, least)
 *  The first term is the paired t test: pairs share seed and order of data, whose effects on both cancel. The second: a remedy
 *  whose runs differ among themselves by more than they gain is not a cure; the controls' deviation does not count, because it
 *  contains a problem that shows only in some runs. The third is the possible effect of chance in the samples that are scored: they
 *  are the same in all runs, so more seeds do not reduce it.
 *  `not-better` saves further seeds: even if the true gain were one standard error larger, the last look would not prove it with
 *  this spread.
 *    gain + s / sqrt(n) <= max(t_last s / sqrt(n_last), least)
 *  @param control, treated one number per seed, in the same order, larger is better, finite.
 *  @param least the smallest relevant gain, in the measure's own unit.
 *  @param looks numbers of pairs at which the trial decides, ascending: `looksFor`. Between looks the decision is `undecided`. */
export function comparePairs(
  control: readonly number[],
  treated: readonly number[],
  least: number,
  looks: readonly number[],
): Comparison {
  const pairs = Math.min(control.length, treated.length);
  const differences = Array.from({ length: pairs }, (_, index) => (treated[index] ?? 0) - (control[index] ?? 0));
  const gain = meanOf(differences);
  const spread = deviationOf(differences);
  const last = looks.at(-1) ?? 0;
  const bound = (critical: number, count: number) => (critical * spread) / Math.sqrt(count);
  const needed = Math.max(bound(criticalValue(levelOf(pairs, looks), pairs), pairs), deviationOf(treated), least);
  const common = { pairs, gain: pairs === 0 ? 0 : gain, spread, needed: pairs === 0 ? least : needed };
  if (!looks.includes(pairs)) return { ...common, decision: "undecided" };
  if (gain > needed) return { ...common, decision: "better" };
  const lastBound = Math.max(bound(criticalValue(levelOf(last, looks), last), last), least);
  return { ...common, decision: gain + bound(1, pairs) <= lastBound ? "not-better" : "undecided" };
}

/** The critical value; for fewer than three pairs that for three, because nothing is decided then. */
function criticalValue(level: keyof typeof CRITICAL, pairs: number): number {
  return CRITICAL[level][Math.max(0, pairs - FIRST_PAIRS)] as number;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** sqrt(sum (x - mean)^2 / (n - 1)); 0 for fewer than two. */
export function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
