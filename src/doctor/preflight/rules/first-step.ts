import { largest } from "../../../core/extremes.ts";
import type { OptimizerType } from "../../../optim/optimizers.ts";
import { createOptimizer } from "../../../optim/optimizers.ts";
import type { Settings } from "../../../train/training.ts";
import type { LayerCensus } from "../../../watch/record.ts";
import type { Finding } from "../../finding.ts";
import { median } from "../../rules/learning.ts";
import type { Facts } from "../facts/facts.ts";
import { type PreflightRule, weightByDecades } from "../preflight-rule.ts";

const SOURCE =
  "Karpathy, CS231n: ratio of updates to weights, about 1e-3 per step, 2016; You, Gitman, Ginsburg, Large Batch Training, 2017";

const thresholds = {
  /** Norm of the first update over that of the weights, median over layers: a step as long as the weights themselves destroys
   *  them. Sound trainings have 1e-4 to 1e-1. */
  overwrites: 1,
  /** All steps together, if each were as long as the first and in the same direction, over the weights: a run that cannot move its
   *  weights by a fiftieth ends where it began. */
  reach: 0.02,
};

/** Optimisers whose steps do not depend on the size of the gradient: each weight moves by about the rate. */
const BY_RATE: readonly OptimizerType[] = ["adam", "adamw", "nadam", "adamax", "radam", "rmsprop", "lion"];

function rateOf({ optimizer }: Settings): number {
  return optimizer.learningRate ?? createOptimizer(optimizer).defaultLearningRate;
}

/** Update / weight of one layer in the first step. Undefined if there is no simple formula for the optimiser.
 *    sgd      lr |g| / |w|, and 1 / (1 - momentum) times that once the velocity has grown
 *    Adam's   lr sqrt(n) / |w|, n the layer's weights */
function updateRatio(layer: LayerCensus, parameterCount: number, settings: Settings): number | undefined {
  const { gradientNorm = 0, weightNorm = 0 } = layer;
  if (!(weightNorm > 0) || !Number.isFinite(gradientNorm)) return undefined;
  const { optimizer } = settings;
  const rate = rateOf(settings);
  if (optimizer.type === "sgd") return (rate * gradientNorm) / ((1 - (optimizer.momentum ?? 0)) * weightNorm);
  return BY_RATE.includes(optimizer.type) ? (rate * Math.sqrt(parameterCount)) / weightNorm : undefined;
}

function examine({ start, training, model, steps, inputs }: Facts): readonly Finding[] {
  const { settings } = training;
  const ratios = (start?.layers ?? []).flatMap((layer) => {
    const count = model.layers.find(({ path }) => path === layer.path)?.parameterCount ?? 0;
    // scales and shifts of a normalisation have no fan and no natural scale
    const ratio = layer.weightDeviation === undefined ? undefined : updateRatio(layer, count, settings);
    return ratio === undefined ? [] : [ratio];
  });
  if (ratios.length === 0) return [];
  const value = median(ratios);
  const reach = steps * largest(ratios);
  const evidence = (threshold: number): Finding["evidence"] => [
    { measure: "update-ratio", value, threshold, values: { steps, reach } },
  ];
  const common = { since: 0, source: SOURCE } as const;
  if (value > thresholds.overwrites && settings.clip === undefined) {
    const share = inputs.size > 10 ? 0.8 : 1;
    const weight = weightByDecades(value, thresholds.overwrites, { least: 0.45, most: 0.85, perDecade: 0.3 }) * share;
    return [{ problem: "learning-rate-too-high", evidence: evidence(thresholds.overwrites), weight, ...common }];
  }
  if (reach < thresholds.reach && reach > 0) {
    const weight = weightByDecades(reach, thresholds.reach, { least: 0.5, most: 0.85, perDecade: 0.3 });
    return [{ problem: "learning-rate-too-low", evidence: evidence(thresholds.reach / steps), weight, ...common }];
  }
  return [];
}

/** The effect of the first steps on the initial weights. Free of scale: it holds for any data, loss and depth. */
export const firstStep: PreflightRule = { name: "first-step", thresholds, source: SOURCE, examine };
