import type { Settings } from "../../train/training.ts";
import { gradientNorms, quantile, startWeightNorm } from "./norms.ts";
import { momentumOf, NORMALISING, rateOf } from "./optimizers.ts";
import { type RemedyContext, type RemedyRule, rounded } from "./remedy.ts";

/** Threshold without measurements. Source: Pascanu et al. 2013 and most recipes for recurrent networks since. */
const USUAL = 1;

/** Share of the measured norms below the threshold: in an exploding run most large norms come late. */
const QUANTILE = 0.25;

/** Largest change of the weights in one clipped step, relative to their size. Usual is a thousandth (Bengio 2012); ten times that
 *  still trains a network in hundreds of steps. */
const LARGEST_MOVE = 0.01;

/** c = min(lower quartile of the measured norms, LARGEST_MOVE |w| (1 - momentum) / rate): the second only if steps are proportional to the
 *  gradient. */
function threshold(settings: Settings, { patient }: RemedyContext) {
  const norms = gradientNorms(patient);
  const usual = quantile(norms, QUANTILE);
  const weight = startWeightNorm(patient);
  const { optimizer } = settings;
  const byMove =
    weight === undefined || NORMALISING.includes(optimizer.type)
      ? Number.POSITIVE_INFINITY
      : (LARGEST_MOVE * weight * (1 - momentumOf(optimizer))) / rateOf(optimizer);
  const most = Math.min(usual ?? Number.POSITIVE_INFINITY, byMove);
  return {
    maxNorm: Number.isFinite(most) ? rounded(most) : USUAL,
    values: {
      ...(usual === undefined ? {} : { usualNorm: rounded(usual) }),
      ...(norms.length === 0 ? {} : { largestNorm: rounded(norms.at(-1) as number) }),
    },
  };
}

/** Shortens the whole gradient to a length derived from the run's own gradients; its direction stays. */
export const clip: RemedyRule = {
  source: "Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks, 2013",
  rewrite(settings, context) {
    const { maxNorm, values } = threshold(settings, context);
    const { clip: present } = settings;
    if (present?.type === "globalNorm" && present.maxNorm <= maxNorm) return undefined;
    return { settings: { ...settings, clip: { type: "globalNorm", maxNorm } }, values: { maxNorm, ...values } };
  },
};
