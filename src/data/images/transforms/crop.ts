import { requireArgument } from "../../../core/errors.ts";
import { required } from "../../../core/fields.ts";
import { whole } from "../../options.ts";
import { type Fill, fillField, mover } from "../move.ts";
import { type MaybeApplied, probabilityField, type TransformRule } from "../transform.ts";

export interface CropConfig extends MaybeApplied {
  readonly type: "crop";
  /** Pixels added on every side, 1 or more; 4 for CIFAR's images of 32 x 32. */
  readonly padding: number;
  /** Value of the added pixels. Default 0. */
  readonly fill?: Fill;
}

/** Pads the image on every side and crops its old size at a random position: each of (2 padding + 1)^2 positions is equally likely.
 *  Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", 2016, section 4.2. */
export const crop: TransformRule<CropConfig> = {
  fields: {
    padding: required(whole("pixels added on every side before the crop", 1)),
    fill: fillField,
    probability: probabilityField,
  },
  create({ padding, fill = 0, probability = 1 }, size, where) {
    requireArgument(
      padding < Math.min(size.height, size.width),
      `${where}: padding ${padding} is not smaller than the images of ${size.height} x ${size.width}. Give less padding.`,
      { padding, height: size.height, width: size.width },
    );
    const move = mover(size, fill);
    return (images, start, draws) => {
      if (draws.uniform() >= probability) return;
      // cropping the padded image at (top, left) moves the old image by (padding - top, padding - left)
      const top = draws.below(2 * padding + 1);
      const left = draws.below(2 * padding + 1);
      move(images, start, padding - top, padding - left);
    };
  },
};
