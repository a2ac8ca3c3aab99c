import { largest } from "../../core/extremes.ts";
import { createModel } from "../../nn/model.ts";
import type { PenaltyStrengths } from "../../nn/regularizer.ts";
import type { OptimizerConfig } from "../../optim/optimizers.ts";
import type { Settings } from "../../train/training.ts";
import { initialDeviation } from "../preflight/facts/weights.ts";
import { without } from "./layers.ts";
import { endWeightNorm, firstLoss } from "./norms.ts";
import { isAgainst, type RemedyContext, type RemedyRule, rounded, TOO_LITTLE, type Treatment } from "./remedy.ts";

/** The penalty as a share of the first loss: enough to have an effect, not enough to dominate the objective. */
const SHARE = 0.2;

/** A penalty larger than the loss itself dominates the objective. */
const LARGEST_SHARE = 1;

/** Usual bounds (Bengio 2012), which hold for any measurement. */
const LOWEST = 1e-5;
const HIGHEST = 1e-2;

/** Sum of squares of all initial weights: number of weights times variance, summed. */
function drawnSquares(settings: Settings): number {
  return createModel(settings.model).layers.reduce((sum, { initialization }) => {
    const weights = Object.values(initialization).filter(({ shape }) => shape.length >= 2);
    return (
      sum +
      weights.reduce(
        (all, { shape, init, fanIn, fanOut }) =>
          all + shape.reduce((a, b) => a * b, 1) * initialDeviation(init, { fanIn, fanOut }) ** 2,
        0,
      )
    );
  }, 0);
}

/** Sum of squares of the weights: measured at the end, or initial. */
function squares(settings: Settings, { patient }: RemedyContext): number {
  const norm = endWeightNorm(patient);
  return norm === undefined ? drawnSquares(settings) : norm ** 2;
}

/** lambda of lambda |w|^2 = SHARE first loss. */
function usualStrength(settings: Settings, context: RemedyContext): number {
  const loss = Math.abs(firstLoss(context.patient) ?? 1);
  const strength = (SHARE * loss) / squares(settings, context);
  return rounded(Math.min(HIGHEST, Math.max(LOWEST, Number.isFinite(strength) ? strength : 1e-4)), 1);
}

function penaltyOf({ regularizer }: Settings): number {
  const parts: readonly PenaltyStrengths[] =
    regularizer === undefined ? [] : [regularizer, ...Object.values(regularizer.layers ?? {})];
  return Math.max(0, largest(parts.map(({ l1 = 0, l2 = 0 }) => Math.max(l1, l2))));
}

function decayOf(optimizer: OptimizerConfig): number {
  return Math.max(optimizer.l1 ?? 0, optimizer.l2 ?? 0, optimizer.decoupledWeightDecay ?? 0);
}

/** The strongest penalty on the weights, in the loss or in the optimiser. */
export function strongestPenalty(settings: Settings): number {
  return Math.max(penaltyOf(settings), decayOf(settings.optimizer));
}

/** Whether the initial penalty is larger than the loss. The weights then shrink regardless of the data. */
export function isPenaltyTooStrong(settings: Settings, loss = 1): boolean {
  return strongestPenalty(settings) * drawnSquares(settings) > LARGEST_SHARE * Math.max(loss, Number.EPSILON);
}

function strengthen(settings: Settings, context: RemedyContext): Treatment | undefined {
  const present = strongestPenalty(settings);
  const l2 = usualStrength(settings, context);
  if (present >= l2) return undefined;
  return { settings: { ...settings, regularizer: { ...settings.regularizer, l2 } }, values: { l2Before: present, l2 } };
}

/** Removes penalties: one that is too strong by orders of magnitude was not intended. */
function weaken(settings: Settings, { patient, findings }: RemedyContext): Treatment | undefined {
  const before = strongestPenalty(settings);
  const isFound = findings.some(({ evidence }) => evidence.some(({ measure }) => measure === "regularizer-strength"));
  if (before === 0 || !(isFound || isPenaltyTooStrong(settings, firstLoss(patient)))) return undefined;
  const { regularizer: _, ...rest } = settings;
  const optimizer = without(settings.optimizer, "l1", "l2", "decoupledWeightDecay") as OptimizerConfig;
  // adamw decays by default
  const decays =
    settings.optimizer.type === "adamw" && decayOf(settings.optimizer) > 0 ? { decoupledWeightDecay: 0 } : {};
  return {
    settings: { ...rest, optimizer: { ...optimizer, ...decays } as OptimizerConfig },
    values: { l2Before: before, l2: 0 },
  };
}

/** Against overfitting, adds lambda times the sum of squares of all weights to the loss, with lambda such that this is a fifth of the
 *  first loss. For a network that learns too little, removes a penalty that outweighs the loss. */
export const l2: RemedyRule = {
  source:
    "Krogh & Hertz, A Simple Weight Decay Can Improve Generalization, 1992; Bengio, Practical recommendations for gradient-based training of deep architectures, 2012",
  rewrite(settings, context) {
    const isTooMuch = isAgainst(context, TOO_LITTLE) && !isAgainst(context, ["overfitting"]);
    return isTooMuch ? weaken(settings, context) : strengthen(settings, context);
  },
};
