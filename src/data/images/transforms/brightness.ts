import { real, required } from "../../options.ts";
import { type MaybeApplied, probabilityField, type TransformRule } from "../transform.ts";

export interface BrightnessConfig extends MaybeApplied {
  readonly type: "brightness";
  /** Farthest from 1 that the factor lies, in (0, 1]. */
  readonly maximum: number;
}

/** All values of a picture multiplied by one factor, uniform from 1 - maximum to 1 + maximum. */
export const brightness: TransformRule<BrightnessConfig> = {
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
      for (let i = start; i < start + length; i++) images[i] = (images[i] as number) * factor;
    };
  },
};
