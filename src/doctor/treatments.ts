import { activationKind, isActivation } from "../nn/activations.ts";
import type { Settings } from "../train/training.ts";
import type { Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";
import { strongestDropout } from "./remedies/dropout.ts";
import { isPenaltyTooStrong } from "./remedies/l2.ts";
import { hasRecurrent, layerSites } from "./remedies/layers.ts";
import { firstLoss } from "./remedies/norms.ts";
import { rateOf, usualRate } from "./remedies/optimizers.ts";
import type { Problem, RemedyName } from "./words.ts";

/** What the choice of a remedy depends on, besides the problem. */
export interface Case {
  /** Hidden activations whose slope vanishes on both sides; among them those that give probabilities, or their logarithms. */
  readonly squashes: boolean;
  readonly squashesHard: boolean;
  readonly grows: boolean;
  readonly isRecurrent: boolean;
  /** The initial weights, or biases, were found wrong. */
  readonly isInitOff: boolean;
  /** The rate was found too high, or is far above the optimiser's usual one. */
  readonly isRateHigh: boolean;
  readonly isBatchSmall: boolean;
  readonly dropsTooMuch: boolean;
  readonly shrinksTooMuch: boolean;
}

/** A rate this many times the usual one is seldom intended. */
const FAR = 30;

/** Below it, steps reflect their samples more than the data. */
const SMALL_BATCH = 8;

/** A rate of 0.5 is near the best for hidden layers (Srivastava et al. 2014); a higher one needs a reason. */
const STRONG_DROPOUT = 0.6;

export function caseOf(settings: Settings, patient: Patient, findings: readonly Finding[]): Case {
  const hidden = layerSites(settings.model).flatMap(({ layer, isOutput }) =>
    !isOutput && isActivation(layer) ? [activationKind(layer)] : [],
  );
  const has = (problem: Problem) => findings.some((finding) => finding.problem === problem);
  return {
    squashes: hidden.some(({ inDepth }) => inDepth === "squashes"),
    squashesHard: hidden.some(({ gives }) => gives !== "values"),
    grows: hidden.some(({ inDepth }) => inDepth === "grows"),
    isRecurrent: hasRecurrent(settings.model),
    isInitOff: has("poor-initialisation") || has("symmetric-initialisation"),
    isRateHigh: has("learning-rate-too-high") || rateOf(settings.optimizer) > FAR * usualRate(settings.optimizer.type),
    isBatchSmall: settings.batchSize < SMALL_BATCH,
    dropsTooMuch: strongestDropout(settings) > STRONG_DROPOUT,
    shrinksTooMuch:
      findings.some(({ evidence }) => evidence.some(({ measure }) => measure === "regularizer-strength")) ||
      isPenaltyTooStrong(settings, firstLoss(patient)),
  };
}

type Choice = (about: Case, finding: Finding) => readonly RemedyName[];

/** Puts the removal of excessive regularisation first. */
const unburdened = (
  { dropsTooMuch, shrinksTooMuch }: Case,
  ...others: readonly RemedyName[]
): readonly RemedyName[] => [
  ...(shrinksTooMuch ? (["l2"] as const) : []),
  ...(dropsTooMuch ? (["dropout"] as const) : []),
  ...others,
];

/** Remedies against each problem, the one with the highest expected gain first, depending on the case. */
export const TREATMENTS = {
  "vanishing-gradient": ({ squashes, squashesHard, grows, isInitOff, isRecurrent }, { evidence }) => {
    const isThroughTime = evidence.some(({ measure }) => measure === "gradient-through-time");
    if (isRecurrent && isThroughTime) return ["init", "activation", "optimizer", "architecture"];
    if (squashesHard || grows) return ["activation", "batch-norm", "init", "optimizer"];
    if (isInitOff) return ["init", "batch-norm", "activation", "optimizer"];
    return squashes
      ? ["activation", "batch-norm", "init", "optimizer"]
      : ["activation", "batch-norm", "init", "learning-rate"];
  },
  "exploding-gradient": ({ grows, isInitOff, isRateHigh, isRecurrent }) => {
    if (grows) return ["activation", "batch-norm", "clip", "init"];
    if (isRecurrent) return ["clip", "init", "learning-rate", "optimizer", "activation"];
    if (isInitOff) return ["init", "batch-norm", "clip", "learning-rate"];
    return isRateHigh ? ["learning-rate", "clip", "optimizer"] : ["clip", "init", "learning-rate", "batch-norm"];
  },
  "dead-units": ({ isInitOff, isRateHigh }, { since }) => {
    if (isInitOff) return ["init", "activation", "batch-norm", "learning-rate"];
    // a step killed units that were initially alive
    if (isRateHigh || since > 1) return ["learning-rate", "activation", "batch-norm", "init"];
    return ["activation", "batch-norm", "init", "learning-rate"];
  },
  "saturated-units": ({ squashesHard, isInitOff, isRateHigh }, { since }) => {
    if (isInitOff && !squashesHard) return ["init", "batch-norm", "activation", "learning-rate"];
    if (isRateHigh && since > 1) return ["learning-rate", "activation", "batch-norm", "init"];
    return ["activation", "batch-norm", "init", "learning-rate"];
  },
  "poor-initialisation": ({ grows }) =>
    grows ? ["activation", "init", "batch-norm"] : ["init", "batch-norm", "activation"],
  "symmetric-initialisation": () => ["init"],
  "output-activation-mismatch": () => ["output-activation", "loss"],
  "loss-mismatch": () => ["loss", "output-activation"],
  "unscaled-input": () => ["scale-inputs", "batch-norm", "learning-rate"],
  "unscaled-target": () => ["scale-targets", "learning-rate", "optimizer", "clip"],
  "learning-rate-too-high": ({ isBatchSmall }) =>
    isBatchSmall
      ? ["learning-rate", "batch-size", "optimizer", "clip"]
      : ["learning-rate", "optimizer", "clip", "batch-size"],
  "learning-rate-too-low": () => ["learning-rate", "optimizer", "more-epochs"],
  "slow-convergence": (about, { evidence }) =>
    evidence.some(({ measure }) => measure === "few-steps")
      ? unburdened(about, "more-epochs", "learning-rate", "batch-size", "optimizer", "activation")
      : unburdened(about, "learning-rate", "optimizer", "more-epochs", "batch-size", "activation"),
  "oscillating-loss": ({ isBatchSmall }) =>
    isBatchSmall ? ["batch-size", "learning-rate", "optimizer"] : ["learning-rate", "batch-size", "optimizer"],
  overfitting: () => ["dropout", "early-stopping", "l2", "more-data"],
  underfitting: (about) =>
    unburdened(about, "learning-rate", "optimizer", "activation", "more-epochs", "batch-norm", "architecture"),
  "numerical-error": ({ grows, isRecurrent, isInitOff, isRateHigh }) => {
    if (grows) return ["activation", "batch-norm", "clip", "init"];
    if (isRecurrent) return ["clip", "learning-rate", "init", "optimizer"];
    if (isInitOff) return ["init", "batch-norm", "clip", "learning-rate"];
    return isRateHigh
      ? ["learning-rate", "clip", "optimizer", "init"]
      : ["learning-rate", "clip", "output-activation", "scale-inputs", "init"];
  },
  "label-fault": () => ["data-fault"],
} satisfies Record<Problem, Choice>;

/** Symptoms of each cause: they are not treated separately while it exists. */
export const EXPLAINS: Partial<Record<Problem, readonly Problem[]>> = {
  "output-activation-mismatch": symptoms("loss-mismatch", "learning-rate-too-high", "learning-rate-too-low"),
  "loss-mismatch": symptoms("learning-rate-too-low"),
  "unscaled-input": symptoms("poor-initialisation", "learning-rate-too-high", "learning-rate-too-low"),
  "unscaled-target": symptoms("learning-rate-too-high", "learning-rate-too-low"),
  "symmetric-initialisation": symptoms("poor-initialisation", "learning-rate-too-low"),
  "poor-initialisation": symptoms("learning-rate-too-high", "learning-rate-too-low"),
  "learning-rate-too-high": [
    "exploding-gradient",
    "dead-units",
    "saturated-units",
    "numerical-error",
    "oscillating-loss",
    "underfitting",
    "slow-convergence",
  ],
  "learning-rate-too-low": ["slow-convergence", "underfitting"],
  "exploding-gradient": ["numerical-error", "oscillating-loss", "underfitting", "slow-convergence"],
  "vanishing-gradient": ["learning-rate-too-low", "slow-convergence", "underfitting"],
  "dead-units": ["slow-convergence", "underfitting"],
  "saturated-units": ["slow-convergence", "underfitting"],
  "oscillating-loss": ["underfitting", "slow-convergence"],
};

/** Symptoms of too much regularisation. */
export const BURDENS: readonly Problem[] = symptoms("learning-rate-too-low");

function symptoms(...others: readonly Problem[]): readonly Problem[] {
  return [
    "vanishing-gradient",
    "exploding-gradient",
    "dead-units",
    "saturated-units",
    "numerical-error",
    "oscillating-loss",
    "slow-convergence",
    "underfitting",
    ...others,
  ];
}

/** Remedies that achieve together what neither achieves alone. */
export const COMBINATIONS: readonly (readonly RemedyName[])[] = [
  ["init", "batch-norm"],
  ["activation", "optimizer"],
  ["activation", "batch-norm"],
  ["activation", "learning-rate"],
  ["output-activation", "learning-rate"],
  ["output-activation", "scale-inputs"],
  ["loss", "learning-rate"],
  ["loss", "optimizer"],
  ["scale-inputs", "learning-rate"],
  ["scale-inputs", "optimizer"],
  ["scale-targets", "learning-rate"],
  ["scale-targets", "optimizer"],
  ["init", "learning-rate"],
  ["init", "optimizer"],
  ["init", "clip"],
  ["clip", "learning-rate"],
  ["clip", "optimizer"],
  ["batch-size", "learning-rate"],
  ["batch-size", "optimizer"],
  ["dropout", "early-stopping"],
  ["dropout", "l2"],
  ["dropout", "learning-rate"],
  ["l2", "learning-rate"],
  ["optimizer", "more-epochs"],
  ["learning-rate", "more-epochs"],
];

/** The order of several remedies: the task, the data, the network, its weights, regularisation and batch, then the optimiser and its
 *  rate, which depends on all of them, and the length of the run. */
export const ORDER: readonly RemedyName[] = [
  "output-activation",
  "loss",
  "scale-inputs",
  "scale-targets",
  "activation",
  "init",
  "batch-norm",
  "dropout",
  "l2",
  "batch-size",
  "clip",
  "optimizer",
  "learning-rate",
  "more-epochs",
  "early-stopping",
];
