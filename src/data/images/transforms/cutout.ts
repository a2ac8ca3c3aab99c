import { requireArgument } from "../../../core/errors.ts";
import { required } from "../../../core/fields.ts";
import { real, whole } from "../../options.ts";
import { type MaybeApplied, probabilityField, type TransformRule } from "../transform.ts";

export interface CutoutConfig extends MaybeApplied {
  readonly type: "cutout";
  /** Side of the square in pixels, 1 or more; 16 for CIFAR-10, 8 for CIFAR-100. */
  readonly size: number;
  /** Squares per image. Default 1. */
  readonly count?: number;
  /** Value of the square. Default 0, the mean of standardised images. */
  readonly fill?: number;
}

/** Erases a square of the image in all channels. Its centre is uniform over all pixels, so part of the square may lie outside.
 *    rows   from max(0, y - size / 2) up to, but not including, min(height, y + size / 2); columns alike
 *  Source: DeVries & Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017. */
export const cutout: TransformRule<CutoutConfig> = {
  fields: {
    size: required(whole("side of the square in pixels", 1)),
    count: whole("squares per image (default: 1)", 1),
    fill: real("value of the square (default: 0)", "a number", () => true),
    probability: probabilityField,
  },
  create({ size: side, count = 1, fill = 0, probability = 1 }, { channels, height, width }, where) {
    requireArgument(
      side < 2 * Math.max(height, width),
      `${where}: a square of ${side} covers images of ${height} x ${width} at any position. Give a smaller size.`,
      { size: side, height, width },
    );
    const half = Math.floor(side / 2);
    return (images, start, draws) => {
      if (draws.uniform() >= probability) return;
      for (let square = 0; square < count; square++) {
        const top = draws.below(height) - half;
        const left = draws.below(width) - half;
        const right = Math.min(width, left + side);
        for (let channel = 0; channel < channels; channel++) {
          for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
            const row = start + (channel * height + y) * width;
            images.fill(fill, row + Math.max(0, left), row + right);
          }
        }
      }
    };
  },
};
