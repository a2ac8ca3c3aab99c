import type { Finding } from "../../finding.ts";
import { type PreflightRule, weightByDecades } from "../preflight-rule.ts";

const SOURCE =
  "LeCun, Bottou, Orr, Müller, Efficient BackProp, 1998, section 4.5; Bishop, Neural Networks for Pattern Recognition, 1995, section 8.2";

const thresholds = {
  /** Size of the targets over that of the untrained network's output, or over 1 if that is less: the output layer must grow by this
   *  factor, and the first gradients are too large by it. Targets up to about ten are learned routinely. */
  large: 10,
  /** Deviation: a constant output already has almost no error, in the units of the loss. */
  small: 0.01,
};

/** Whether regression targets have the size of an untrained network's outputs. */
export const targetScale: PreflightRule = {
  name: "target-scale",
  thresholds,
  source: SOURCE,
  examine({ targets, lossRule, training, start }): readonly Finding[] {
    const { settings } = training;
    const isRegression = targets.kind === "numbers" && lossRule.targets === "values";
    if (!isRegression || targets.notFinite > 0 || targets.distinct < 2 || settings.standardizeTargets === true)
      return [];
    const output = start?.layers.at(-1);
    const given = output === undefined ? 1 : Math.sqrt(output.mean ** 2 + output.variance);
    const scale = Math.max(1, Number.isFinite(given) ? given : 1);
    const ratio = targets.size / scale;
    const found = (value: number, threshold: number, weight: number): readonly Finding[] => [
      {
        problem: "unscaled-target",
        since: 0,
        evidence: [
          { measure: "target-scale", value, threshold, values: { low: targets.lowest, high: targets.highest } },
        ],
        weight,
        source: SOURCE,
      },
    ];
    if (ratio > thresholds.large) {
      // optimisers that divide by the size of gradients tolerate large ones, if slowly
      const growth = { least: settings.optimizer.type === "sgd" ? 0.4 : 0.3, most: 0.85, perDecade: 0.25 };
      return found(targets.size, thresholds.large, weightByDecades(ratio, thresholds.large, growth));
    }
    if (targets.deviation > 0 && targets.deviation < thresholds.small) {
      const growth = { least: 0.35, most: 0.8, perDecade: 0.25 };
      return found(targets.deviation, thresholds.small, weightByDecades(targets.deviation, thresholds.small, growth));
    }
    return [];
  },
};
