import type { RunRecord } from "../../watch/record.ts";
import type { Arm, Trial } from "../diagnosis.ts";
import type { Measured } from "./measure.ts";
import { type Comparison, comparePairs, deviationOf, meanOf } from "./statistics.ts";

/** What the pairs say that are there. */
export interface Look {
  readonly comparison: Comparison;
  readonly by: Measured;
  /** Where the score is not what is compared: has it at least not become worse? */
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

/** A loss is told as it is, not as what is compared: there, larger is better. */
function armOf(runs: readonly RunRecord[], values: readonly number[], measure: Trial["measure"]): Arm {
  const told = toldValues(values, measure);
  return { runs, mean: told.length === 0 ? 0 : meanOf(told), deviation: deviationOf(told) };
}

/** What a look at pairs says of both arms and of the gain, as a trial tells it. */
export function toldLook({ comparison, by }: Look, control: readonly RunRecord[], treated: readonly RunRecord[]) {
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

/** The numbers of an arm as people know them. */
export function toldValues(values: readonly number[], measure: Trial["measure"]): readonly number[] {
  return measure === "validation-loss" ? values.map((value) => -value) : values;
}
