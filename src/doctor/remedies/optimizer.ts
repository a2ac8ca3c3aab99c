import type { OptimizerConfig, OptimizerType } from "../../optim/optimizers.ts";
import { rateOf, usualRate } from "./optimizers.ts";
import type { RemedyRule } from "./remedy.ts";

/** Adam and its descendants: replacing one by another would not be a new treatment. */
const LIKE_ADAM: readonly OptimizerType[] = ["adam", "adamw", "nadam", "adamax", "radam", "lamb"];

/** Options that every optimiser understands, and that are kept because they concern weights, not steps. */
const KEPT = ["l1", "l2", "decoupledWeightDecay", "excludeFromDecay", "maxNorm"] as const;

/** Adam at its authors' rate, in place of plain descent and of optimisers whose rate must be tuned or decays. */
export const optimizer: RemedyRule = {
  source: "Kingma & Ba, Adam: A Method for Stochastic Optimization, 2015",
  rewrite(settings) {
    const { optimizer: present } = settings;
    if (LIKE_ADAM.includes(present.type)) return undefined;
    const kept = Object.fromEntries(
      KEPT.flatMap((name) => (present[name] === undefined ? [] : [[name, present[name]]])),
    );
    const learningRate = usualRate("adam");
    const next = { type: "adam", learningRate, ...kept } as OptimizerConfig;
    return {
      settings: { ...settings, optimizer: next },
      values: { optimizerBefore: present.type, learningRateBefore: rateOf(present), learningRate },
    };
  },
};
