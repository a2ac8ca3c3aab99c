import type { RunRecord } from "../../watch/record.ts";
import type { Arm, Trial } from "../diagnosis.ts";
import type { Measured } from "./measure.ts";
import { type Comparison, comparePairs, deviationOf, meanOf } from "./statistics.ts";

/** An interim analysis of the pairs so far. */
export interface Look {
  readonly comparison: Comparison;
  readonly by: Measured;
  /** If the score is not the measure: whether it has not become worse. */
  readonly holds: boolean;
}

/** Compares pairs of runs by their measure.
 *  @param looks as in `comparePairs`. */
export function compareRuns(by: Measured, looks: readonly number[]): Look {
  const { guard } = by;
  const holds =
    guard === undefined || comparePairs(guard.treated, guard.control, guard.least, looks).decision !== "better";
  return { comparison: comparePairs(by.control, by.treated, by.least, looks), by, holds };
}

/** Losses are reported as they are; for the comparison they are negated, so that larger is better. */
function armOf(runs: readonly RunRecord[], values: readonly number[], measure: Trial["measure"]): Arm {
  const known = knownValues(values, measure);
  return { runs, mean: known.length === 0 ? 0 : meanOf(known), deviation: deviationOf(known) };
}

/** Both arms and the gain of a look, as a trial reports them. */
export function knownLook({ comparison, by }: Look, control: readonly RunRecord[], treated: readonly RunRecord[]) {
  const { gain, spread, needed } = comparison;
  return {
    measure: by.measure,
    control: armOf(control, by.control, by.measure),
    treated: armOf(treated, by.treated, by.measure),
    gain,
    spread,
    needed,
  } satisfies Partial<Trial>;
}

/** The numbers of an arm for display. */
export function knownValues(values: readonly number[], measure: Trial["measure"]): readonly number[] {
  return measure === "validation-loss" ? values.map((value) => -value) : values;
}
