import { activationFacts } from "../../../nn/activations.ts";
import type { InitConfig } from "../../../nn/init/init.ts";
import type { Evidence, Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import type { WeightFacts } from "../facts/weights.ts";
import { type PreflightRule, weightByDecades } from "../preflight-rule.ts";

const SOURCE = "Lu, Shin, Su, Karniadakis, Dying ReLU and Initialization, 2020; Glorot & Bengio, 2010";

const thresholds = {
  /** Relative to the deviation 1 of the sums under a correct initialisation: P(sum > 3) = 0.1 %, so that one sample in a thousand
   *  activates a rectifier; and the logistic function has 5 % of its slope left. */
  bias: 3,
};

function biasOf(init: InitConfig | undefined): number {
  if (init?.type === "ones") return 1;
  return init?.type === "constant" ? init.value : 0;
}

/** The effect of a bias that outweighs every sum on the activation that follows. */
function problemOf(weight: WeightFacts, bias: number): Finding["problem"] | undefined {
  const { isSilentBelow, saturation, gives } = activationFacts(weight.activation);
  if (bias < 0 && isSilentBelow) return "dead-units";
  // a distribution does not change if all its units get the same bias
  return saturation === undefined || gives === "distribution" ? undefined : "saturated-units";
}

/** Biases so far from 0 that units are silent or saturated for any input. */
export const initialBias: PreflightRule = {
  name: "initial-bias",
  thresholds,
  source: SOURCE,
  examine({ weights, inputs }: Facts): readonly Finding[] {
    const found = weights.flatMap((weight) => {
      const value = biasOf(weight.biasInit);
      if (weight.isRecurrent || weight.isNormalised) return [];
      // unscaled inputs drive larger sums
      const scale = weight === weights[0] ? Math.max(1, inputs.size) : 1;
      const problem = Math.abs(value) / scale > thresholds.bias ? problemOf(weight, value) : undefined;
      return problem === undefined ? [] : [{ weight, value, problem }];
    });
    const [first] = found;
    if (first === undefined) return [];
    const evidence: readonly Evidence[] = [
      { measure: "initial-bias", value: first.value, threshold: Math.sign(first.value) * thresholds.bias },
    ];
    // an output layer's bias may be set to the share of a rare class: Lin et al. 2017 have -4.6
    const isOutputOnly = found.every(({ weight }) => weight.isOutput);
    const sureness = weightByDecades(Math.abs(first.value), thresholds.bias, {
      least: 0.6,
      most: 0.85,
      perDecade: 0.4,
    });
    return [
      {
        problem: first.problem,
        layer: first.weight.activationPath ?? first.weight.path,
        since: 0,
        evidence,
        weight: isOutputOnly ? 0.3 : sureness,
        source: SOURCE,
      },
      {
        problem: "poor-initialisation",
        layer: first.weight.path,
        since: 0,
        evidence,
        weight: isOutputOnly ? 0.25 : sureness - 0.1,
        source: SOURCE,
      },
    ];
  },
};
