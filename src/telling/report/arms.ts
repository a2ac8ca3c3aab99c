import type { Diagnosis } from "../../doctor/diagnosis.ts";
import type { Role } from "../../report/theme.ts";
import type { RunRecord } from "../../watch/record.ts";
import type { Texts } from "../texts/texts.ts";
import { decidingTrial } from "./parts.ts";

/** Runs that are drawn in one colour and share a name. */
export interface ChartArm {
  readonly name: string;
  readonly role: Role;
  readonly runs: readonly RunRecord[];
}

/** The control and treated runs of the deciding trial, or else the observed runs. */
export function chartArms(diagnosis: Diagnosis, { phrases }: Texts): readonly ChartArm[] {
  const trial = decidingTrial(diagnosis);
  const arms: readonly ChartArm[] = [
    { name: phrases.untouched, role: "second", runs: trial?.control.runs ?? diagnosis.runs },
    { name: phrases.treated, role: "first", runs: trial?.treated.runs ?? [] },
  ];
  return arms.filter(({ runs }) => runs.length > 0);
}
