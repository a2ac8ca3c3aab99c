import type { ActivationType } from "../../nn/activations.ts";
import { isActivation } from "../../nn/activations.ts";
import type { LayerConfig } from "../../nn/layers.ts";
import { LOSSES, type LossConfig, type LossType, resolveLoss } from "../../nn/losses/losses.ts";
import { createModel } from "../../nn/model.ts";
import { lossKind } from "../../train/loss-kind.ts";
import { checkMetrics } from "../../train/metrics.ts";
import type { Settings } from "../../train/training.ts";
import { outputFacts } from "../preflight/facts/output.ts";
import type { Task, TaskKind } from "../task.ts";
import { isConvolution, isSum, layerSites, opened, rewriteLayers, without } from "./layers.ts";

/** The output of a model. */
export interface Output {
  readonly activation: ActivationType;
  readonly range: readonly [number, number];
  readonly units: number;
  readonly path: string;
}

export function outputOf(settings: Settings): Output {
  return outputFacts(createModel(settings.model));
}

/** The kinds of targets of losses that suit a task. */
const LOSS_TARGETS = {
  classes: ["classes"],
  binary: ["binary"],
  multilabel: ["binary"],
  values: ["values"],
} satisfies Record<TaskKind, readonly ("classes" | "binary" | "values")[]>;

export function lossSuits(settings: Settings, { kind }: Task): boolean {
  const { targets } = LOSSES[resolveLoss(settings.loss).type];
  return (LOSS_TARGETS[kind] as readonly string[]).includes(targets);
}

/** The usual loss of a task for the present output activation, and the activation that it needs. */
export function pairFor(
  { kind, levels }: Task,
  activation: ActivationType,
): { readonly loss: LossType; readonly activation: ActivationType } {
  const known = PAIRS[kind][activation];
  if (known !== undefined) return { loss: known, activation };
  // -1 and 1 are not probabilities
  if (kind !== "classes" && levels[0] === -1) return { loss: "mse", activation: "tanh" };
  return USUAL[kind];
}

const PAIRS: Readonly<Record<TaskKind, Partial<Record<ActivationType, LossType>>>> = {
  classes: { softmax: "categoricalCrossEntropy", identity: "softmaxCrossEntropy", logSoftmax: "nll" },
  binary: { sigmoid: "binaryCrossEntropy", identity: "binaryCrossEntropyWithLogits" },
  multilabel: { sigmoid: "binaryCrossEntropy", identity: "binaryCrossEntropyWithLogits" },
  values: {},
};

const USUAL: Readonly<Record<TaskKind, { readonly loss: LossType; readonly activation: ActivationType }>> = {
  classes: { loss: "categoricalCrossEntropy", activation: "softmax" },
  binary: { loss: "binaryCrossEntropy", activation: "sigmoid" },
  multilabel: { loss: "binaryCrossEntropy", activation: "sigmoid" },
  values: { loss: "mse", activation: "identity" },
};

/** The activation that a loss needs, by how it interprets outputs; for values, by the task. */
export function activationFor(loss: LossConfig, task: Task): ActivationType {
  const { expects, targets } = LOSSES[loss.type];
  if (expects === "logits") return "identity";
  if (expects === "logProbabilities") return "logSoftmax";
  if (expects === "probabilities") return targets === "classes" ? "softmax" : "sigmoid";
  return task.kind !== "values" && task.levels[0] === -1 ? "tanh" : USUAL[task.kind].activation;
}

/** Settings with this output activation: in place of the present one, or at the end. Identity removes it. */
export function withOutputActivation(settings: Settings, type: ActivationType): Settings {
  const { activation, path } = outputOf(settings);
  if (activation === type) return settings;
  const isLayer = layerSites(settings.model).some((site) => site.path === path && isActivation(site.layer));
  if (isLayer) {
    const isLast = settings.model.layers.length === 1;
    const layer = { type } as LayerConfig;
    return rewriteLayers(settings, (site) => {
      if (site.path !== path) return undefined;
      return type === "identity" && !isLast ? [] : [layer];
    });
  }
  if (type === "identity") return settings;
  return { ...settings, model: { ...settings.model, layers: [...settings.model.layers, { type } as LayerConfig] } };
}

/** Settings whose last sum has this many units, if it is a linear layer. */
export function withOutputUnits(settings: Settings, units: number): Settings {
  const sums = layerSites(settings.model).filter(({ layer }) => isSum(layer) && !isConvolution(layer));
  const last = sums.at(-1);
  if (last === undefined || !last.isOutput) return settings;
  return rewriteLayers(settings, ({ path, layer }) => {
    if (path !== last.path || !isSum(layer) || !("units" in layer) || layer.units === units) return undefined;
    return [{ ...layer, units }];
  });
}

/** Options that losses share, and that a new loss keeps. */
const SHARED = ["reduction", "labelSmoothing", "classWeights", "ignoreIndex", "axis"] as const;

/** Settings with another loss; options of the old one are kept if the new one understands them. */
export function withLoss(settings: Settings, type: LossType): Settings {
  const present = opened(settings.loss as never) as unknown as LossConfig;
  if (present.type === type) return settings;
  const fields = Object.keys(LOSSES[type].fields);
  const kept = Object.entries(present).filter(
    ([name]) => (SHARED as readonly string[]).includes(name) && fields.includes(name),
  );
  return withMetrics({ ...settings, loss: { type, ...Object.fromEntries(kept) } as LossConfig });
}

/** Removes metrics that do not fit the loss. */
function withMetrics(settings: Settings): Settings {
  if (settings.metrics === undefined) return settings;
  const { outputShape } = createModel(settings.model);
  const kind = lossKind(settings.loss);
  const metrics = settings.metrics.filter((name) => {
    try {
      checkMetrics([name], outputShape, kind);
      return true;
    } catch {
      return false;
    }
  });
  if (metrics.length === settings.metrics.length) return settings;
  return metrics.length === 0 ? (without(settings, "metrics") as Settings) : { ...settings, metrics };
}
