import { LOSSES, resolveLoss } from "../../nn/losses/losses.ts";
import { taskOf } from "../task.ts";
import { lossSuits, outputOf, pairFor, withLoss, withOutputActivation, withOutputUnits } from "./output.ts";
import type { RemedyRule } from "./remedy.ts";

/** The loss for task and output: cross-entropy over classes, or for each yes or no, squared error for numbers. If no loss fits the
 *  output activation, that changes as well. */
export const loss: RemedyRule = {
  source:
    "Bishop, Pattern Recognition and Machine Learning, 2006, sections 4.3 and 5.2; Golik, Doetsch & Ney, Cross-Entropy vs. Squared Error Training, 2013",
  rewrite(settings, { patient }) {
    if (patient.training === undefined) return undefined;
    const { train } = patient.training.data;
    const task = taskOf({ settings, data: patient.training.data });
    // numbers that represent classes must first be read as labels, which no setting does
    if (task.kind === "classes" && !task.isOneHot && train.targetKind === "values") return undefined;
    const { activation, units } = outputOf(settings);
    // rows of -1 and 1 are not distributions
    if (task.kind === "classes" && task.isOneHot && task.levels[0] === -1) return undefined;
    if (task.kind === "values" && lossSuits(settings, task)) return undefined;
    const pair = pairFor(task, activation);
    const { expects } = LOSSES[resolveLoss(settings.loss).type];
    const isRight =
      lossSuits(settings, task) && expects === LOSSES[pair.loss].expects && pair.activation === activation;
    if (isRight) return undefined;
    // a loss that suits the task needs at most another output; changing both would go too far
    if (lossSuits(settings, task) && pair.activation !== activation) return undefined;
    const activated = withOutputActivation(settings, pair.activation);
    const needed = task.kind === "classes" && !task.isOneHot ? Math.max(task.classes, 2) : units;
    const sized = units < needed ? withOutputUnits(activated, needed) : activated;
    const next = withLoss(sized, pair.loss);
    if (next.loss.type === settings.loss.type) return undefined;
    return {
      settings: next,
      values: { lossBefore: settings.loss.type, loss: pair.loss, outputActivation: pair.activation },
    };
  },
};
