import type { LayerCensus } from "../../../watch/record.ts";
import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import type { PreflightRule } from "../preflight-rule.ts";

const SOURCE = "Lu, Shin, Su, Karniadakis, Dying ReLU and Initialization, 2020; Glorot & Bengio, 2010";

const thresholds = {
  /** Share of a layer's units that give 0 for every sample. In deep rectifier networks samples become more and more alike, so that up to
   *  half of the units of a sound network do; nine of ten leave nothing to learn from. */
  dead: 0.9,
  /** Share of outputs at which the activation's slope is below 4 % of its largest. With sums of deviation 1 it is 2 % (tanh). */
  saturated: 0.6,
};

/** Every layer but the output: a confident output is not a fault. */
function hiddenActivations({ start, output }: Facts): readonly LayerCensus[] {
  return (start?.layers ?? []).filter(({ isActivation, path }) => isActivation && path !== output.path);
}

/** Units that are silent or saturated before training. */
export const initialActivity: PreflightRule = {
  name: "initial-activity",
  thresholds,
  source: SOURCE,
  examine(facts): readonly Finding[] {
    const layers = hiddenActivations(facts);
    const dead = layers.find((layer) => layer.dead >= thresholds.dead);
    if (dead !== undefined) {
      const evidence: Finding["evidence"] = [{ measure: "initial-dead", value: dead.dead, threshold: thresholds.dead }];
      const weight = dead.dead >= 1 ? 0.85 : 0.6;
      return [{ problem: "dead-units", layer: dead.path, since: 0, evidence, weight, source: SOURCE }];
    }
    const saturated = layers.filter((layer) => (layer.saturated ?? 0) >= thresholds.saturated);
    const [first] = saturated;
    if (first === undefined) return [];
    const value = first.saturated as number;
    const evidence: Finding["evidence"] = [{ measure: "initial-saturated", value, threshold: thresholds.saturated }];
    const isMost = saturated.length > layers.length / 2;
    const weight = (isMost ? 0.55 : 0.4) + 0.5 * (value - thresholds.saturated);
    return [{ problem: "saturated-units", layer: first.path, since: 0, evidence, weight, source: SOURCE }];
  },
};
