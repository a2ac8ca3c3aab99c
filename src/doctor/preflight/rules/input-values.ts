import type { Finding } from "../../finding.ts";
import type { PreflightRule } from "../preflight-rule.ts";

const SOURCE = "Goldberg, What Every Computer Scientist Should Know About Floating-Point Arithmetic, 1991";

/** Inputs that are not finite make every weight NaN in one step; constant inputs carry no information. */
export const inputValues: PreflightRule = {
  name: "input-values",
  thresholds: {
    /** All features: some constant ones, such as the border of a picture, are harmless. */
    constant: 1,
  },
  source: SOURCE,
  examine({ inputs, training }): readonly Finding[] {
    if (inputs.notFinite > 0) {
      const value = inputs.notFinite / inputs.total;
      const evidence = [
        { measure: "input-not-finite" as const, value, threshold: 0, values: { count: inputs.notFinite } },
      ];
      return [{ problem: "numerical-error", since: 0, evidence, weight: 1, source: SOURCE }];
    }
    if (inputs.constant < 1 || training.data.train.length < 2) return [];
    const evidence = [{ measure: "input-constant" as const, value: inputs.constant, threshold: 1 }];
    return [{ problem: "label-fault", since: 0, evidence, weight: 0.9, source: SOURCE }];
  },
};
