import { largest } from "../../core/extremes.ts";
import { activationKind, isActivation } from "../../nn/activations.ts";
import { factsOf, type LayerConfig, type WithField } from "../../nn/layers.ts";
import type { Settings } from "../../train/training.ts";
import {
  activationAfter,
  isConvolution,
  isPool,
  isRecurrent,
  isSum,
  type LayerSite,
  layerSites,
  type RecurrentLayer,
  rewriteLayers,
  untilNextWeight,
} from "./layers.ts";
import { isAgainst, type RemedyContext, type RemedyRule, TOO_LITTLE, type Treatment } from "./remedy.ts";

/** Dropout rates by kind of layer. */
const RATES = {
  /** Srivastava et al. 2014: 0.5 is near the best for a wide range of hidden layers. */
  dense: 0.5,
  /** Srivastava et al. 2014, section 6.1.2: convolutions share their weights and tolerate less. */
  convolution: 0.4,
  /** Gal & Ghahramani, A Theoretically Grounded Application of Dropout in Recurrent Neural Networks, 2016: 0.2 to 0.3. */
  recurrent: 0.25,
  /** Klambauer et al., Self-Normalizing Neural Networks, 2017: 0.05 to 0.1. */
  selfNormalising: 0.1,
};

/** Replacement of a rate that is too high: that of inputs in Srivastava et al. 2014. */
const MILD = 0.2;

/** From this rate on, dropout is not raised. */
const ENOUGH = 0.4;

export function isDropout(layer: LayerConfig): layer is WithField<"rate"> {
  return factsOf(layer).role === "regularization" && "rate" in layer;
}

function isSelfNormalising(layer: LayerConfig | undefined): boolean {
  return layer !== undefined && isActivation(layer) && activationKind(layer).inDepth === "normalizes";
}

const RECURRENT_FIELDS = ["dropout", "inputDropout", "recurrentDropout"] as const;

/** The largest share that any layer drops. */
export function strongestDropout(settings: Settings): number {
  const rates = layerSites(settings.model).flatMap(({ layer }) => {
    if (isDropout(layer)) return [layer.rate];
    return isRecurrent(layer) ? RECURRENT_FIELDS.map((name) => layer[name] ?? 0) : [];
  });
  return Math.max(0, largest(rates));
}

/** Rates of new dropout by path of the layer before it: after the activation of a hidden layer, and after the pooling that ends its
 *  block. Convolutions within a block get none. */
function places(sites: readonly LayerSite[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [index, site] of sites.entries()) {
    const { layer, after, isOutput } = site;
    if (isOutput || !isSum(layer)) continue;
    const following = untilNextWeight(after);
    const next = after[following.length];
    const ends = following.findLastIndex((each) => isActivation(each) || isPool(each));
    if (ends < 0 || following.some(isDropout)) continue;
    const isWithinBlock = isConvolution(layer) && next !== undefined && isConvolution(next) && !following.some(isPool);
    if (isWithinBlock) continue;
    const place = sites[index + 1 + ends] as LayerSite;
    const isNormal = isSelfNormalising(activationAfter(site));
    found.set(place.path, isNormal ? RATES.selfNormalising : isConvolution(layer) ? RATES.convolution : RATES.dense);
  }
  return found;
}

function strengthen(settings: Settings): Treatment | undefined {
  const where = places(layerSites(settings.model));
  let count = 0;
  const next = rewriteLayers(settings, ({ layer, path, isOutput, info }) => {
    if (isRecurrent(layer) && !isOutput) return count++ < 0 ? undefined : recurrent(layer);
    const rate = where.get(path);
    if (rate !== undefined) {
      count++;
      const type = isSelfNormalising(layer) ? "alphaDropout" : "dropout";
      return [layer, { type, rate }];
    }
    const isWeak = layer.type === "dropout" && !isOutput && layer.rate < ENOUGH && info.path !== "0";
    if (!isWeak) return undefined;
    count++;
    return [{ ...layer, rate: RATES.dense }];
  });
  const rates = [...where.values()];
  return next === settings
    ? undefined
    : { settings: next, values: { dropoutLayers: count, dropoutRate: Math.max(RATES.recurrent, largest(rates)) } };
}

function recurrent(layer: RecurrentLayer): readonly LayerConfig[] | undefined {
  const { inputDropout = 0, recurrentDropout = 0, layers = 1, dropout = 0 } = layer;
  const isEnough = inputDropout >= RATES.recurrent && recurrentDropout >= RATES.recurrent;
  const isBetween = layers > 1 && dropout < RATES.recurrent;
  if (isEnough && !isBetween) return undefined;
  return [
    {
      ...layer,
      inputDropout: Math.max(inputDropout, RATES.recurrent),
      recurrentDropout: Math.max(recurrentDropout, RATES.recurrent),
      ...(isBetween ? { dropout: RATES.recurrent } : {}),
    },
  ];
}

function weaken(settings: Settings): Treatment | undefined {
  const strongest = strongestDropout(settings);
  const next = rewriteLayers(settings, ({ layer }) => {
    if (isDropout(layer)) return layer.rate > MILD ? [{ ...layer, rate: MILD }] : undefined;
    if (!isRecurrent(layer)) return undefined;
    const strong = RECURRENT_FIELDS.filter((name) => (layer[name] ?? 0) > MILD);
    if (strong.length === 0) return undefined;
    return [{ ...layer, ...Object.fromEntries(strong.map((name) => [name, MILD])) }];
  });
  return next === settings ? undefined : { settings: next, values: { dropoutBefore: strongest, dropoutRate: MILD } };
}

/** Against overfitting, drops a random share of the outputs of hidden layers at every step, more of dense layers than of convolutions,
 *  and never of the output. For a network that learns too little, reduces its present dropout. */
export const dropout: RemedyRule = {
  source: "Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014",
  rewrite(settings, context: RemedyContext) {
    const isTooMuch = isAgainst(context, TOO_LITTLE) && !isAgainst(context, ["overfitting"]);
    return isTooMuch ? weaken(settings) : strengthen(settings);
  },
};
