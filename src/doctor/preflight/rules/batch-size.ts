import { normalizesBatch } from "../../../nn/layers.ts";
import type { Finding } from "../../finding.ts";
import type { PreflightRule } from "../preflight-rule.ts";

const SOURCE =
  "Bengio, Practical Recommendations for Gradient-Based Training, 2012, section 3.1.1; Ioffe & Szegedy, 2015 (batch statistics)";

const thresholds = {
  /** Below, a step is the noise of one sample, and there are no batch statistics. */
  few: 2,
  /** lr / (1 - momentum) at which steps of one sample each no longer average out: a tenth of the limit for batches of ten, because the
   *  noise of a step grows with rate / batch (Smith & Le, 2018). */
  rateOfOne: 0.02,
  /** Steps of a whole run below which no optimiser gets far. */
  steps: 100,
  /** Batches of more than this many samples are large. */
  large: 64,
};

/** Batches of one sample, or of so many that there are hardly any steps. */
export const batchSize: PreflightRule = {
  name: "batch-size",
  thresholds,
  source: SOURCE,
  examine({ training: { settings, data }, model, steps }): readonly Finding[] {
    const { optimizer } = settings;
    const size = Math.min(settings.batchSize, data.train.length);
    const evidence: Finding["evidence"] = [
      { measure: "batch-size", value: size, threshold: thresholds.few, values: { samples: data.train.length } },
    ];
    const common = { since: 0, evidence, source: SOURCE } as const;
    if (size < thresholds.few && data.train.length >= 10) {
      const normalises = model.layers.some(normalizesBatch);
      const momentum = optimizer.type === "sgd" ? (optimizer.momentum ?? 0) : 0;
      const rate = (optimizer.learningRate ?? 0.01) / (1 - momentum);
      if (normalises) return [{ problem: "oscillating-loss", weight: 0.7, ...common }];
      // adaptive optimisers divide by the gradient's size: their steps are as large as the rate for any batch
      const isFast = rate > (optimizer.type === "sgd" ? thresholds.rateOfOne : thresholds.rateOfOne / 4);
      return [{ problem: "oscillating-loss", weight: isFast ? 0.55 : 0.25, ...common }];
    }
    const hasLargeBatch = size > thresholds.large && size > data.train.length / 4;
    if (!hasLargeBatch || steps >= thresholds.steps) return [];
    return [{ problem: "slow-convergence", weight: steps < thresholds.steps / 4 ? 0.45 : 0.3, ...common }];
  },
};
