import { largest } from "../../../core/extremes.ts";
import { activationFacts, activationKind } from "../../../nn/activations.ts";
import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import type { WeightFacts } from "../facts/weights.ts";
import { type PreflightRule, weightByDecades } from "../preflight-rule.ts";

const SOURCE =
  "He, Zhang, Ren, Sun, Delving Deep into Rectifiers, 2015; Glorot & Bengio, 2010; LeCun et al., Efficient BackProp, 1998";

const thresholds = {
  /** Product over the hidden layers of deviation / (gain / sqrt(fanIn)). He et al. 2015: rectifiers with Glorot's initialisation shrink
   *  the signal by sqrt(2) per layer; 22 layers still learn (5e-4), 30 stall (3e-5). */
  shrinks: 1e-4,
  /** Growth is less harmful, because normal sizes saturate or overflow much later; outputs thirty times too large begin with a
   *  loss that first has to be unlearned. */
  grows: 30,
  /** A single layer before an activation with two bounds: its sums lie in the flat parts. Saturation from 4 deviations on. */
  saturates: 5,
};

/** A layer that sums over its inputs, so that deviations multiply from layer to layer. */
function isChained({ role, isNormalised, isBypassed, deviation }: WeightFacts): boolean {
  return role === "sum" && !isNormalised && !isBypassed && deviation > 0;
}

/** Deviation of a layer's weights over the correct one: 1 within the bounds in the literature for the activation that follows. For
 *  rectifiers only the upper bound keeps the signal; a layer between both bounds may still add up with depth. */
function offBy({ deviation, right: [low, high] }: WeightFacts): number {
  if (deviation < low) return deviation / low;
  return deviation > high ? deviation / high : 1;
}

/** The factor by which a layer scales the signal. Exact for activations without an upper bound: std sqrt(fanIn) / gain. */
function multiplies(weight: WeightFacts): number {
  const { isRectifier } = activationKind(weight.activation);
  if (!isRectifier || weight.fanIn <= 4) return offBy(weight);
  return weight.deviation / Math.sqrt(2 / weight.fanIn);
}

/** Does each unit saturate on both sides? */
function isBounded({ activation }: WeightFacts): boolean {
  const { saturation, gives } = activationFacts(activation);
  return saturation?.below !== undefined && saturation.above !== undefined && gives !== "distribution";
}

/** @param layers that share the product, and so its threshold. */
function finding(
  weight: WeightFacts,
  { product, threshold, layers }: { readonly product: number; readonly threshold: number; readonly layers: number },
  sureness: number,
): Finding {
  const { activation, fanIn, deviation } = weight;
  const ratio = multiplies(weight);
  return {
    problem: "poor-initialisation",
    layer: weight.path,
    since: 0,
    evidence: [
      {
        measure: "initial-deviation",
        value: ratio,
        threshold: threshold ** (1 / layers),
        values: { activation: activation.type, expected: deviation / ratio, measured: deviation, fanIn, product },
      },
    ],
    weight: sureness,
    source: SOURCE,
  };
}

/** The layer that is farthest from correct. */
function worst(weights: readonly WeightFacts[], isFarther: (a: number, b: number) => boolean): WeightFacts | undefined {
  return weights.reduce<WeightFacts | undefined>(
    (found, each) => (found === undefined || isFarther(multiplies(each), multiplies(found)) ? each : found),
    undefined,
  );
}

function product(weights: readonly WeightFacts[]): number {
  return weights.reduce((all, weight) => all * multiplies(weight), 1);
}

/** Deviations of bounded activations do not multiply: the first that is too large causes the harm. */
function saturating({ weights }: Facts): readonly Finding[] {
  const found = weights.filter(
    (weight) => isChained(weight) && !weight.isOutput && isBounded(weight) && offBy(weight) >= thresholds.saturates,
  );
  const [first] = found;
  if (first === undefined) return [];
  const value = largest(found.map(offBy));
  const base = weightByDecades(value, thresholds.saturates, { least: 0.5, most: 0.8, perDecade: 0.3 });
  const sureness = Math.min(0.85, base + (found.length > 1 ? 0.1 : 0));
  return [finding(first, { product: value, threshold: thresholds.saturates, layers: 1 }, sureness)];
}

/** Whether the initial weights keep the size of the signal from layer to layer. Depth multiplies the error of one layer. */
export const initialDeviation: PreflightRule = {
  name: "initial-deviation",
  thresholds,
  source: SOURCE,
  examine(facts): readonly Finding[] {
    const chained = facts.weights.filter(isChained);
    const hidden = chained.filter(({ isOutput }) => !isOutput);
    const shrunk = product(hidden);
    if (shrunk < thresholds.shrinks) {
      const weight = weightByDecades(shrunk, thresholds.shrinks, { least: 0.5, most: 0.85, perDecade: 0.08 });
      const layer = worst(hidden, (a, b) => a < b);
      return layer === undefined
        ? []
        : [finding(layer, { product: shrunk, threshold: thresholds.shrinks, layers: hidden.length }, weight)];
    }
    const unbounded = chained.filter((weight) => !isBounded(weight));
    const grown = product(unbounded);
    if (grown > thresholds.grows) {
      const weight = weightByDecades(grown, thresholds.grows, { least: 0.5, most: 0.85, perDecade: 0.25 });
      const layer = worst(unbounded, (a, b) => a > b);
      return layer === undefined
        ? []
        : [finding(layer, { product: grown, threshold: thresholds.grows, layers: unbounded.length }, weight)];
    }
    return saturating(facts);
  },
};
