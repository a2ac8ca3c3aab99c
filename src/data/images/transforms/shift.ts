import { requireArgument } from "../../../core/errors.ts";
import { required } from "../../../core/fields.ts";
import { real } from "../../options.ts";
import { type Fill, fillField, mover } from "../move.ts";
import { type MaybeApplied, probabilityField, type TransformRule } from "../transform.ts";

export interface ShiftConfig extends MaybeApplied {
  readonly type: "shift";
  /** Largest shift: in pixels if 1 or more; below 1, a fraction of height and width. */
  readonly maximum: number;
  /** Fill of the uncovered area. Default 0. */
  readonly fill?: Fill;
}

/** Moves the image by whole pixels, vertically and horizontally, each uniform from -maximum to maximum. */
export const shift: TransformRule<ShiftConfig> = {
  fields: {
    maximum: required(
      real(
        "largest shift: in pixels, or a fraction of the size if below 1",
        "a whole number of pixels, or a fraction between 0 and 1",
        (value) => value > 0 && (value < 1 || Number.isInteger(value)),
      ),
    ),
    fill: fillField,
    probability: probabilityField,
  },
  create({ maximum, fill = 0, probability = 1 }, size, where) {
    const farthest = (side: number) => (maximum < 1 ? Math.round(maximum * side) : maximum);
    const vertical = farthest(size.height);
    const horizontal = farthest(size.width);
    requireArgument(
      vertical < size.height && horizontal < size.width,
      `${where}: maximum ${maximum} moves images of ${size.height} x ${size.width} completely outside. Give less than their size.`,
      { maximum, height: size.height, width: size.width },
    );
    const move = mover(size, fill);
    return (images, start, draws) => {
      if (draws.uniform() >= probability) return;
      const down = draws.below(2 * vertical + 1) - vertical;
      const right = draws.below(2 * horizontal + 1) - horizontal;
      move(images, start, down, right);
    };
  },
};
