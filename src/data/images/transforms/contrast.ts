import { real, required } from "../../options.ts";
import { type MaybeApplied, probabilityField, type TransformRule } from "../transform.ts";

export interface ContrastConfig extends MaybeApplied {
  readonly type: "contrast";
  /** Farthest from 1 that the factor lies, in (0, 1]. */
  readonly maximum: number;
}

/** Values drawn together or apart about the mean of their picture: mean + factor (value - mean), the factor uniform from
 *  1 - maximum to 1 + maximum. */
export const contrast: TransformRule<ContrastConfig> = {
  fields: {
    maximum: required(
      real("farthest from 1 that the factor lies", "above 0, and 1 at most", (value) => value > 0 && value <= 1),
    ),
    probability: probabilityField,
  },
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
