import { LOSSES, type LossConfig, resolveLoss } from "../../nn/losses/losses.ts";
import type { Settings } from "../../train/training.ts";
import { type Task, taskOf } from "../task.ts";
import {
  activationFor,
  lossSuits,
  outputOf,
  pairFor,
  withLoss,
  withOutputActivation,
  withOutputUnits,
} from "./output.ts";
import type { RemedyRule } from "./remedy.ts";

/** Settings with one output per class, if there are more classes than outputs. */
function withUnitsFor(settings: Settings, { kind, classes, isOneHot }: Task): Settings {
  const { units } = outputOf(settings);
  const isShort = kind === "classes" && !isOneHot && units < classes;
  return isShort ? withOutputUnits(settings, classes) : settings;
}

/** Whether the loss can stay. It need not be the usual one, but must not require another kind of targets. */
function keepsLoss(settings: Settings, task: Task): boolean {
  if (lossSuits(settings, task)) return true;
  const { targets } = LOSSES[resolveLoss(settings.loss).type];
  // a squared error also learns classes, and so does yes or no for each of them
  return task.kind !== "values" && (targets === "values" || (targets === "binary" && task.kind === "classes"));
}

/** The output activation for loss and task: softmax over exclusive classes, the logistic sigmoid for each yes or no, none for numbers
 *  and for losses that take logits. The loss stays, unless it belongs to another task. */
export const outputActivation: RemedyRule = {
  source: "Bishop, Pattern Recognition and Machine Learning, 2006, section 5.2",
  rewrite(settings, { patient }) {
    if (patient.training === undefined) return undefined;
    const task = taskOf({ settings, data: patient.training.data });
    const before = outputOf(settings);
    const isKept = keepsLoss(settings, task);
    const pair = isKept
      ? { loss: settings.loss.type, activation: activationFor(resolveLoss(settings.loss) as LossConfig, task) }
      : pairFor(task, before.activation);
    const next = withUnitsFor(withLoss(withOutputActivation(settings, pair.activation), pair.loss), task);
    if (next === settings || outputOf(next).activation === before.activation) return undefined;
    return { settings: next, values: { outputActivationBefore: before.activation, outputActivation: pair.activation } };
  },
};
