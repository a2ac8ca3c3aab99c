import { isActivation } from "../../nn/activations.ts";
import type { BatchNormConfig } from "../../nn/batch-norm.ts";
import {
  hasRecurrent,
  isConvolution,
  isNormalisation,
  isSum,
  type LayerSite,
  rewriteLayers,
  untilNextWeight,
  without,
} from "./layers.ts";
import type { RemedyRule } from "./remedy.ts";

/** Whether it is a hidden sum of features or channels, with an activation and no normalisation yet. */
function wantsNormalisation({ layer, info, after, isOutput }: LayerSite): boolean {
  if (isOutput || !isSum(layer)) return false;
  // axis 1 of a batch must be features or channels; in sequences (N, T, F) it is time
  if (!isConvolution(layer) && info.outputShape.length !== 1) return false;
  const following = untilNextWeight(after);
  return following.some(isActivation) && !following.some(isNormalisation);
}

/** Batch normalisation between each hidden sum and its activation. The sum's bias is removed, because the normalisation cancels it. Not
 *  with one sample per step, which has no variance, and not in recurrent networks, whose steps have separate statistics. */
export const batchNorm: RemedyRule = {
  source:
    "Ioffe & Szegedy, Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift, 2015",
  rewrite(settings, { patient }) {
    const samples = patient.training?.data.train.length ?? settings.batchSize;
    if (Math.min(settings.batchSize, samples) < 2 || hasRecurrent(settings.model)) return undefined;
    let count = 0;
    const next = rewriteLayers(settings, (site) => {
      const { layer } = site;
      if (!wantsNormalisation(site) || !isSum(layer)) return undefined;
      count++;
      const inserted: BatchNormConfig = { type: "batchNorm" };
      return [
        { ...without(layer as typeof layer & { biasInit?: unknown }, "biasInit"), bias: false } as typeof layer,
        inserted,
      ];
    });
    if (next === settings) return undefined;
    // a single remaining sample would be normalised alone
    const leavesOne = settings.dropLast === false && samples > settings.batchSize && samples % settings.batchSize === 1;
    return { settings: leavesOne ? { ...next, dropLast: true } : next, values: { normalisedLayers: count } };
  },
};
