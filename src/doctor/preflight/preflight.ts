import type { Training } from "../../train/training.ts";
import type { Census } from "../../watch/record.ts";
import type { Finding } from "../finding.ts";
import { gatherFacts } from "./facts/facts.ts";
import type { PreflightRule } from "./preflight-rule.ts";
import { batchSize } from "./rules/batch-size.ts";
import { classBalance } from "./rules/class-balance.ts";
import { firstStep } from "./rules/first-step.ts";
import { hiddenActivation } from "./rules/hidden-activation.ts";
import { initialActivity } from "./rules/initial-activity.ts";
import { initialBias } from "./rules/initial-bias.ts";
import { initialDeviation } from "./rules/initial-deviation.ts";
import { initialGradient } from "./rules/initial-gradient.ts";
import { initialLoss } from "./rules/initial-loss.ts";
import { initialRecurrent } from "./rules/initial-recurrent.ts";
import { initialSymmetry } from "./rules/initial-symmetry.ts";
import { inputScale } from "./rules/input-scale.ts";
import { inputValues } from "./rules/input-values.ts";
import { labelValues } from "./rules/label-values.ts";
import { labelsContradict } from "./rules/labels-contradict.ts";
import { labelsUnlearnable } from "./rules/labels-unlearnable.ts";
import { learningRate } from "./rules/learning-rate.ts";
import { lossForTask } from "./rules/loss-for-task.ts";
import { outputActivation } from "./rules/output-activation.ts";
import { outputUnits } from "./rules/output-units.ts";
import { regulation } from "./rules/regulation.ts";
import { targetScale } from "./rules/target-scale.ts";

/** Every rule of the preflight: on the settings, on the data, on the initial weights. To add one, write its file and add one line
 *  here. */
export const PREFLIGHT_RULES: readonly PreflightRule[] = [
  outputActivation,
  outputUnits,
  lossForTask,
  inputValues,
  inputScale,
  targetScale,
  labelValues,
  classBalance,
  labelsContradict,
  labelsUnlearnable,
  learningRate,
  batchSize,
  regulation,
  hiddenActivation,
  initialSymmetry,
  initialDeviation,
  initialRecurrent,
  initialBias,
  initialActivity,
  initialGradient,
  initialLoss,
  firstStep,
];

/** Findings before the first step, in milliseconds: from the settings, from a part of the samples, and from a census of the initial
 *  weights, if there is one. The heaviest first.
 *  @param start census before the first step; without it, rules that need it return nothing.
 *  @throws GradusError as `createModel` and `resolveLoss`, for settings that cannot be built. */
export function preflight(training: Training, start: Census | undefined): readonly Finding[] {
  const facts = gatherFacts(training, start);
  return PREFLIGHT_RULES.flatMap((rule) => rule.examine(facts)).sort((a, b) => b.weight - a.weight);
}
