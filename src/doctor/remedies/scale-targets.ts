import { LOSSES, resolveLoss } from "../../nn/losses/losses.ts";
import { taskOf } from "../task.ts";
import { outputOf, withOutputActivation } from "./output.ts";
import type { RemedyRule } from "./remedy.ts";

/** Scales numeric targets to mean 0 and deviation 1; predictions and scores are in the original units. Removes a bounded output
 *  activation. */
export const scaleTargets: RemedyRule = {
  source:
    "LeCun, Bottou, Orr & Müller, Efficient BackProp, 1998; Bishop, Neural Networks for Pattern Recognition, 1995, section 8.2",
  rewrite(settings, { patient }) {
    if (patient.training === undefined || settings.standardizeTargets === true) return undefined;
    const { data } = patient.training;
    const { targets } = LOSSES[resolveLoss(settings.loss).type];
    if (data.train.targetKind !== "values" || targets !== "values" || taskOf({ settings, data }).kind !== "values")
      return undefined;
    const isBounded = outputOf(settings).range.some(Number.isFinite);
    const free = isBounded ? withOutputActivation(settings, "identity") : settings;
    return { settings: { ...free, standardizeTargets: true } };
  },
};
