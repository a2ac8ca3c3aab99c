import { requireArgument } from "../../../core/errors.ts";
import { required } from "../../../core/fields.ts";
import { whole } from "../../options.ts";
import { type Fill, fillField, mover } from "../move.ts";
import { type MaybeApplied, probabilityField, type TransformRule } from "../transform.ts";

export interface CropConfig extends MaybeApplied {
  readonly type: "crop";
  /** Pixels put on every side, 1 or more; 4 for CIFAR's pictures of 32 x 32. */
  readonly padding: number;
  /** What they are. Default 0. */
  readonly fill?: Fill;
}

/** The picture padded on every side, and a piece of its old size cut out, anywhere: each of (2 padding + 1)^2 places is equally likely.
 *  Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", 2016, section 4.2. */
export const crop: TransformRule<CropConfig> = {
  fields: {
    padding: required(whole("pixels put on every side before the cut", 1)),
    fill: fillField,
    probability: probabilityField,
  },
  create({ padding, fill = 0, probability = 1 }, size, where) {
    requireArgument(
      padding < Math.min(size.height, size.width),
      `${where}: padding ${padding} is as large as pictures of ${size.height} x ${size.width}. Give less.`,
      { padding, height: size.height, width: size.width },
    );
    const move = mover(size, fill);
    return (images, start, draws) => {
      if (draws.uniform() >= probability) return;
      // cut at (top, left) of the padded picture: the old one appears moved by (padding - top, padding - left)
      const top = draws.below(2 * padding + 1);
      const left = draws.below(2 * padding + 1);
      move(images, start, padding - top, padding - left);
    };
  },
};
