import { requireArgument } from "../core/errors.ts";
import { formatShape, normalizeAxes, type Shape, sizeOf } from "../core/shape.ts";

/** Refuses the largest or the smallest element of nothing. As NumPy: a result without elements needs none.
 *  @throws GradusError `bad-argument` with `{ where, shape, axes }`. */
export function requireSome(where: string, shape: Shape, axes: number | readonly number[] | undefined): void {
  const reduced = normalizeAxes(where, axes, shape.length);
  const isEmpty = reduced.some((axis) => shape[axis] === 0);
  const resultSize = sizeOf(shape.filter((_, axis) => !reduced.includes(axis)));
  requireArgument(
    !isEmpty || resultSize === 0,
    `${where}: there is no element to choose: shape ${formatShape(shape)}, axes [${reduced}]. Give at least one.`,
    { where, shape, axes: reduced },
  );
}
