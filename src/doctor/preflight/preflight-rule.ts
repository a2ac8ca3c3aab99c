import type { Finding } from "../finding.ts";
import type { Facts } from "./facts/facts.ts";

/** One thing that can be seen before the first step: one file, its thresholds and their source. */
export interface PreflightRule {
  readonly name: string;
  /** Each with where it comes from, in the file's comments. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Author, title, year. */
  readonly source: string;
  /** Weights of 0.9 and more are for what contradicts itself whatever the run shows: a loss that cannot take what the output gives, labels
   *  that are none. What first weights, scales and rates do may yet turn out well, and weighs less. */
  readonly examine: (facts: Facts) => readonly Finding[];
}

/** How a weight grows with a measure that spans decades:
 *    least + perDecade * log10(value / threshold), between least and most
 *  @param value and threshold > 0, value beyond the threshold in either direction. */
export function weightByDecades(
  value: number,
  threshold: number,
  { least, most, perDecade }: { readonly least: number; readonly most: number; readonly perDecade: number },
): number {
  if (!(value > 0) || !Number.isFinite(value)) return most;
  const decades = Math.abs(Math.log10(value / threshold));
  return Math.min(most, least + perDecade * decades);
}
