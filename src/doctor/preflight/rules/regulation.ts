import { sizeOf } from "../../../core/shape.ts";
import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import { type PreflightRule, weightByDecades } from "../preflight-rule.ts";

const SOURCE =
  "Krogh & Hertz, A Simple Weight Decay Can Improve Generalization, 1992; Srivastava et al., Dropout, 2014, section 7.3";

const thresholds = {
  /** Initial penalty over initial loss. At ten, the gradient of the loss is a tenth of that of the penalty. */
  penalty: 10,
  /** Srivastava et al. tried up to 0.8; with 0.9 one unit in ten remains. */
  dropout: 0.88,
};

/** The initial penalty, from the deviations of the weights. */
function penaltyOf({ weights, model, training }: Facts): number {
  const { l1 = 0, l2 = 0, layers = {} } = training.settings.regularizer ?? {};
  // of nested layers, the innermost with its own strengths
  const named = Object.keys(layers).sort((a, b) => b.length - a.length);
  let sum = 0;
  for (const { path, name, deviation } of weights) {
    const own = named.find((layer) => path === layer || path.startsWith(`${layer}.`));
    const strengths = own === undefined ? { l1, l2 } : { l1: 0, l2: 0, ...layers[own] };
    const shape = model.layers.find((layer) => layer.path === path)?.parameters[name] ?? [];
    // mean of |w| of a normal distribution: deviation * sqrt(2 / pi)
    const each = strengths.l2 * deviation ** 2 + strengths.l1 * deviation * Math.sqrt(2 / Math.PI);
    sum += sizeOf(shape) * each;
  }
  return sum;
}

function penaltyFinding(facts: Facts): readonly Finding[] {
  const { training, start, output, targets, lossRule } = facts;
  const { regularizer } = training.settings;
  if (regularizer === undefined) return [];
  const penalty = penaltyOf(facts);
  const guess =
    lossRule.targets === "values"
      ? targets.deviation ** 2
      : lossRule.targets === "binary"
        ? Math.LN2
        : Math.log(Math.max(2, output.units));
  const loss = start !== undefined && Number.isFinite(start.loss) ? start.loss : guess;
  const ratio = penalty / Math.max(loss, 1e-12);
  if (ratio <= thresholds.penalty) return [];
  const weight = weightByDecades(ratio, thresholds.penalty, { least: 0.7, most: 0.88, perDecade: 0.2 });
  return [
    {
      problem: "underfitting",
      since: 0,
      evidence: [
        { measure: "regularizer-strength", value: ratio, threshold: thresholds.penalty, values: { penalty, loss } },
      ],
      weight,
      source: SOURCE,
    },
  ];
}

function dropoutFindings({ model }: Facts): readonly Finding[] {
  return model.layers.flatMap(({ path, config }): readonly Finding[] => {
    const rate =
      "rate" in config
        ? (config.rate as number)
        : "inputDropout" in config
          ? Math.max(config.inputDropout as number, config.recurrentDropout as number)
          : 0;
    if (rate < thresholds.dropout) return [];
    return [
      {
        problem: "underfitting",
        layer: path,
        since: 0,
        evidence: [{ measure: "dropout-rate", value: rate, threshold: thresholds.dropout }],
        weight: rate >= 0.95 ? 0.75 : 0.6,
        source: SOURCE,
      },
    ];
  });
}

/** Whether regularisation is so strong that the model cannot fit. */
export const regulation: PreflightRule = {
  name: "regulation",
  thresholds,
  source: SOURCE,
  examine: (facts) => [...penaltyFinding(facts), ...dropoutFindings(facts)],
};
