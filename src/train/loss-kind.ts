import { requireArgument } from "../core/errors.ts";
import { LOSSES, type LossInput, resolveLoss } from "../nn/losses/losses.ts";
import type { MetricContext } from "./metrics.ts";

/** What a loss states about outputs and targets. */
export interface LossKind extends MetricContext {
  /** One of several classes, yes or no for each output, or numbers. */
  readonly targets: "classes" | "binary" | "values";
  /** Axis of the classes in one sample's output; the last one unless the loss names another. */
  readonly classAxis: number;
}

/** @throws GradusError as `resolveLoss`; `bad-argument` for a loss that is not one number. */
export function lossKind(loss: LossInput): LossKind {
  const config = resolveLoss(loss);
  requireArgument(
    config.reduction !== "none",
    `loss (${config.type}): reduction "none" gives one number per sample, but training needs a single number. Leave it out, or give "sum".`,
    { loss: config.type },
  );
  const { targets, expects } = LOSSES[config.type];
  const axis = "axis" in config ? (config.axis as number) : -1;
  return {
    targets,
    threshold: expects === "logits" ? 0 : 0.5,
    classAxis: axis > 0 ? axis - 1 : axis,
    ...("ignoreIndex" in config && config.ignoreIndex !== undefined ? { ignoreIndex: config.ignoreIndex } : {}),
  };
}
