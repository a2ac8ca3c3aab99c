import type { Settings } from "../../train/training.ts";
import { isAgainst, type RemedyContext, type RemedyRule, TOO_LITTLE } from "./remedy.ts";

/** A small batch that trains well in nearly all published comparisons. Source: Masters & Luschi 2018. */
const USUAL = 32;

/** Noise falls with the root of the batch: four times as many samples halve it. */
const FACTOR = 4;

/** Steps per epoch below which a smaller batch is the easiest way to more steps. */
const FEW_STEPS = 10;

/** Least steps per epoch with a larger batch. */
const LEAST_STEPS = 4;

function choose({ batchSize }: Settings, samples: number, context: RemedyContext): number | undefined {
  const isShort = isAgainst(context, TOO_LITTLE) && !isAgainst(context, ["oscillating-loss", "learning-rate-too-high"]);
  if (isShort && batchSize > 1) {
    const steps = samples / batchSize;
    if (steps >= FEW_STEPS || batchSize <= USUAL) return undefined;
    return Math.max(USUAL / 2, Math.min(USUAL, Math.floor(samples / FEW_STEPS)));
  }
  const larger = batchSize < USUAL ? USUAL : FACTOR * batchSize;
  const most = Math.floor(samples / LEAST_STEPS);
  return Math.min(larger, Math.max(most, 2));
}

/** A larger batch if steps contradict each other, a smaller one if there are too few steps. */
export const batchSize: RemedyRule = {
  source:
    "Masters & Luschi, Revisiting Small Batch Training for Deep Neural Networks, 2018; Smith et al., Don't Decay the Learning Rate, Increase the Batch Size, 2018",
  rewrite(settings, context) {
    const own = context.patient.training?.settings ?? settings;
    const samples = context.patient.training?.data.train.length ?? Number.POSITIVE_INFINITY;
    const size = choose(own, samples, context);
    if (size === undefined || size === settings.batchSize || size === own.batchSize) return undefined;
    return { settings: { ...settings, batchSize: size }, values: { batchSizeBefore: own.batchSize, batchSize: size } };
  },
};
