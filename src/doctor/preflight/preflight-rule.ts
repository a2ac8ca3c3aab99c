import type { Finding } from "../finding.ts";
import type { Facts } from "./facts/facts.ts";

/** One check before the first step: one file, with its thresholds and their source. */
export interface PreflightRule {
  readonly name: string;
  /** The file's comments give the origin of each. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Author, title, year. */
  readonly source: string;
  /** Weights of 0.9 and more are for contradictions that hold regardless of the run: a loss that does not fit the output, values that are
   *  not labels. Initial weights, scales and rates may still work, and weigh less. */
  readonly examine: (facts: Facts) => readonly Finding[];
}

/** A weight that grows with a measure that spans decades:
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
