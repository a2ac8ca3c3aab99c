import type { OptimizerType } from "../../../optim/optimizers.ts";
import { createOptimizer } from "../../../optim/optimizers.ts";
import type { Settings } from "../../../train/training.ts";
import type { Finding } from "../../finding.ts";
import { type PreflightRule, weightByDecades } from "../preflight-rule.ts";

const SOURCE =
  "Bengio, Practical Recommendations for Gradient-Based Training of Deep Architectures, 2012, section 3.1.1; each optimiser's own paper";

/** Wide ranges of rates in sound trainings: rates outside are unusual, and a decade beyond the range hardly ever learns. */
const RANGES: Readonly<Record<OptimizerType, readonly [number, number]>> = {
  // of lr / (1 - momentum): Bengio 2012 tries 1e-6 to 1 on inputs of size 1, and 0.01 is the usual first guess
  sgd: [3e-4, 1],
  // Kingma & Ba 2015: 1e-3; each step moves every weight by about the rate
  adam: [1e-5, 0.1],
  adamw: [1e-5, 0.1],
  nadam: [1e-5, 0.1],
  adamax: [1e-5, 0.1],
  radam: [1e-5, 0.1],
  // Tieleman & Hinton 2012: 1e-3
  rmsprop: [1e-5, 0.05],
  // Duchi et al. 2011: the rate falls with the root of the steps, so that it must begin high
  adagrad: [2e-3, 1],
  // Zeiler 2012: steps have their own units and no rate, that is 1; with Keras's 0.001 each is a thousandth of its proper length
  adadelta: [0.03, 10],
  // Chen et al. 2023: a third to a tenth of AdamW's
  lion: [1e-6, 0.01],
  // You et al. 2020
  lamb: [1e-5, 0.1],
  // Shazeer & Stern 2018
  adafactor: [1e-5, 0.1],
  // McMahan et al. 2013: per coordinate, falling like Adagrad's
  ftrl: [1e-3, 10],
};

const thresholds = {
  /** One decade beyond the range. */
  decade: 10,
};

/** The rate with momentum: a velocity adds up to 1 / (1 - momentum) gradients. */
function effectiveRate({ optimizer }: Settings): number {
  const rate = optimizer.learningRate ?? createOptimizer(optimizer).defaultLearningRate;
  if (optimizer.type !== "sgd") return rate;
  return (rate * (1 - (optimizer.dampening ?? 0))) / (1 - (optimizer.momentum ?? 0));
}

/** Whether the learning rate is in the range in which this optimiser is known to learn. */
export const learningRate: PreflightRule = {
  name: "learning-rate",
  thresholds,
  source: SOURCE,
  examine({ training: { settings } }): readonly Finding[] {
    const { optimizer, schedule, clip } = settings;
    const [low, high] = RANGES[optimizer.type];
    const value = effectiveRate(settings);
    const isHigh = value > high;
    if (!isHigh && value >= low) return [];
    // a schedule changes the rate, and a clip bounds its effect
    const share = schedule !== undefined || (isHigh && clip !== undefined) ? 0.6 : 1;
    const weight = weightByDecades(value, isHigh ? high : low, { least: 0.4, most: 0.85, perDecade: 0.3 }) * share;
    return [
      {
        problem: isHigh ? "learning-rate-too-high" : "learning-rate-too-low",
        since: 0,
        evidence: [
          {
            measure: "learning-rate-range",
            value,
            threshold: isHigh ? high : low,
            values: { optimizer: optimizer.type, low, high },
          },
        ],
        weight,
        source: SOURCE,
      },
    ];
  },
};
