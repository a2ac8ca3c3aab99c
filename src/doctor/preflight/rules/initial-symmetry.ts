import type { InitConfig } from "../../../nn/init/init.ts";
import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import type { WeightFacts } from "../facts/weights.ts";
import type { PreflightRule } from "../preflight-rule.ts";

const SOURCE =
  "Rumelhart, Hinton, Williams, Learning representations by back-propagating errors, 1986; Goodfellow, Bengio, Courville, Deep Learning, 2016, section 8.4";

const thresholds = {
  /** Share of a layer's units that equal another one. Drawn weights have none. */
  twins: 0.5,
};

const CONSTANTS: Partial<Record<InitConfig["type"], (init: InitConfig) => number>> = {
  zeros: () => 0,
  ones: () => 1,
  constant: (init) => (init as Extract<InitConfig, { readonly type: "constant" }>).value,
};

/** Whether all units of a layer compute the same at first, and so get the same gradient forever. The output layer may be constant:
 *  targets distinguish its units, as long as the layers below differ. */
export const initialSymmetry: PreflightRule = {
  name: "initial-symmetry",
  thresholds,
  source: SOURCE,
  examine({ weights, start }: Facts): readonly Finding[] {
    const hidden = weights.filter(({ isOutput, isRecurrent, units }) => !isOutput && !isRecurrent && units > 1);
    const constant = hidden.filter(({ init }) => Object.hasOwn(CONSTANTS, init.type));
    const [first] = constant;
    if (first !== undefined) {
      const value = (CONSTANTS[first.init.type] as (init: InitConfig) => number)(first.init);
      const share = constant.length / hidden.length;
      const evidence: Finding["evidence"] = [
        { measure: "initial-constant", value },
        { measure: "initial-twins", value: 1, threshold: thresholds.twins },
      ];
      const weight = share > 0.5 ? 0.88 : 0.8;
      return [{ problem: "symmetric-initialisation", layer: first.path, since: 0, evidence, weight, source: SOURCE }];
    }
    const twins = start?.layers.find(
      ({ path, twins = 0 }) => twins > thresholds.twins && hidden.some((each) => each.path === path),
    );
    if (twins === undefined) return zeroOutput(weights);
    const evidence: Finding["evidence"] = [
      { measure: "initial-twins", value: twins.twins as number, threshold: thresholds.twins },
    ];
    return [
      { problem: "symmetric-initialisation", layer: twins.path, since: 0, evidence, weight: 0.8, source: SOURCE },
    ];
  },
};

/** Zeros only in the output layer delay the layers below by one step, no more. */
function zeroOutput(weights: readonly WeightFacts[]): readonly Finding[] {
  const output = weights.at(-1);
  if (output?.init.type !== "constant" || weights.length < 2) return [];
  const evidence: Finding["evidence"] = [{ measure: "initial-constant", value: output.init.value }];
  return [
    { problem: "symmetric-initialisation", layer: output.path, since: 0, evidence, weight: 0.25, source: SOURCE },
  ];
}
