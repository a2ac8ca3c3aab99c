import { activationFacts } from "../../../nn/activations.ts";
import type { Finding } from "../../finding.ts";
import { type PreflightRule, weightByDecades } from "../preflight-rule.ts";

const SOURCE = "Pascanu, Mikolov, Bengio, On the difficulty of training recurrent neural networks, 2013";

const thresholds = {
  /** rho^T, with rho = std sqrt(units) / gain the factor from step to step: above, the first states and gradients have grown a
   *  thousandfold over any sequence. */
  grows: 1e3,
  /** Below, the information of the first steps has faded. Weights of recurrent layers often begin like this and learn short relations. */
  shrinks: 1e-6,
};

/** Whether the recurrent weights keep the size of the state from step to step. T steps multiply the error of one step. */
export const initialRecurrent: PreflightRule = {
  name: "initial-recurrent",
  thresholds,
  source: SOURCE,
  examine({ weights, model }): readonly Finding[] {
    return weights.flatMap((weight): readonly Finding[] => {
      if (weight.name !== "recurrentWeight" || weight.isGated || weight.deviation === 0) return [];
      const length = model.layers.find(({ path }) => path === weight.path)?.inputShape[0] ?? 1;
      const { range, isRectifier } = activationFacts(weight.activation);
      // a rectified or linear state has no bound that ends its growth
      const isUnbounded = range[1] === Number.POSITIVE_INFINITY;
      // half of a rectifier's units are silent, as in depth; the state itself drives the spectral radius std sqrt(units)
      const gain = isRectifier ? Math.SQRT2 : 1;
      const factor = (weight.deviation * Math.sqrt(weight.fanIn)) / gain;
      const value = factor ** length;
      const evidence = (threshold: number): Finding["evidence"] => [
        {
          measure: "initial-deviation",
          value: factor,
          threshold: threshold ** (1 / length),
          values: {
            activation: weight.activation.type,
            expected: gain / Math.sqrt(weight.fanIn),
            fanIn: weight.fanIn,
            product: value,
          },
        },
      ];
      const common = { layer: weight.path, since: 0, source: SOURCE } as const;
      if (value > thresholds.grows && isUnbounded) {
        const sureness = weightByDecades(value, thresholds.grows, { least: 0.55, most: 0.85, perDecade: 0.05 });
        return [{ problem: "exploding-gradient", evidence: evidence(thresholds.grows), weight: sureness, ...common }];
      }
      if (value < thresholds.shrinks && factor < 0.5) {
        const sureness = weightByDecades(value, thresholds.shrinks, { least: 0.3, most: 0.5, perDecade: 0.02 });
        return [{ problem: "vanishing-gradient", evidence: evidence(thresholds.shrinks), weight: sureness, ...common }];
      }
      return [];
    });
  },
};
