import type { Rule } from "../patient.ts";
import { foundIn } from "./in-runs.ts";

const SOURCE = "Higham, Accuracy and Stability of Numerical Algorithms, 2002; IEEE 754";

/** A value became NaN or infinite: reports which one, the layer and the step. */
export const numericalError: Rule = {
  name: "numerical-error",
  thresholds: {},
  source: SOURCE,
  examine: (patient) =>
    foundIn(patient, "numerical-error", SOURCE, patient.runs, ({ failure }) => {
      if (failure === undefined) return undefined;
      const { layer, step, tensor } = failure;
      return {
        layer,
        since: step,
        weight: 0.8,
        evidence: [{ measure: "not-finite", value: step, values: { tensor, step } }],
      };
    }),
};
