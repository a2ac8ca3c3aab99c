import type { TransformRule } from "../transform.ts";
import { FACTOR_FIELDS, type FactorConfig } from "./factor.ts";

export interface ContrastConfig extends FactorConfig {
  readonly type: "contrast";
}

/** Scales the values of an image about its mean: mean + factor (value - mean), with the factor uniform from 1 - maximum to
 *  1 + maximum. */
export const contrast: TransformRule<ContrastConfig> = {
  fields: FACTOR_FIELDS,
  create({ maximum, probability = 1 }, { channels, height, width }) {
    const length = channels * height * width;
    return (images, start, draws) => {
      if (draws.uniform() >= probability) return;
      const factor = draws.uniform(1 - maximum, 1 + maximum);
      let sum = 0;
      for (let i = start; i < start + length; i++) sum += images[i] as number;
      const shift = (sum / length) * (1 - factor);
      for (let i = start; i < start + length; i++) images[i] = (images[i] as number) * factor + shift;
    };
  },
};
