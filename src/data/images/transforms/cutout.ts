import { requireArgument } from "../../../core/errors.ts";
import { required } from "../../../core/fields.ts";
import { real, whole } from "../../options.ts";
import { type MaybeApplied, probabilityField, type TransformRule } from "../transform.ts";

export interface CutoutConfig extends MaybeApplied {
  readonly type: "cutout";
  /** Side of the square in pixels, 1 or more; 16 for CIFAR-10, 8 for CIFAR-100. */
  readonly size: number;
  /** Squares a picture. Default 1. */
  readonly count?: number;
  /** What stands in the square. Default 0, the mean of standardised pictures. */
  readonly fill?: number;
}

/** A square of the picture blotted out in all channels. Its middle is uniform over all pixels, so that part of it may lie outside.
 *    rows   from max(0, y - size / 2) to before min(height, y + size / 2); columns alike
 *  Source: DeVries & Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017. */
export const cutout: TransformRule<CutoutConfig> = {
  fields: {
    size: required(whole("side of the square in pixels", 1)),
    count: whole("squares a picture (default: 1)", 1),
    fill: real("what stands in the square (default: 0)", "a number", () => true),
    probability: probabilityField,
  },
  create({ size: side, count = 1, fill = 0, probability = 1 }, { channels, height, width }, where) {
    requireArgument(
      side < 2 * Math.max(height, width),
      `${where}: a square of ${side} covers pictures of ${height} x ${width} wherever it lies. Give a smaller size.`,
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
