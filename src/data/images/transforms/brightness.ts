import type { TransformRule } from "../transform.ts";
import { FACTOR_FIELDS, type FactorConfig } from "./factor.ts";

export interface BrightnessConfig extends FactorConfig {
  readonly type: "brightness";
}

/** Multiplies all values of an image by one factor, uniform from 1 - maximum to 1 + maximum. */
export const brightness: TransformRule<BrightnessConfig> = {
  fields: FACTOR_FIELDS,
  create({ maximum, probability = 1 }, { channels, height, width }) {
    const length = channels * height * width;
    return (images, start, draws) => {
      if (draws.uniform() >= probability) return;
      const factor = draws.uniform(1 - maximum, 1 + maximum);
      for (let i = start; i < start + length; i++) images[i] = (images[i] as number) * factor;
    };
  },
};
