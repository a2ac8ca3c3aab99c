import { GradusError, requireArgument } from "../../core/errors.ts";
import { requireLabels } from "../../core/labels.ts";
import { formatShape, normalizeAxis, sameShape } from "../../core/shape.ts";
import { knownValues } from "../../tensor/known.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Targets for numbers: of the output's shape, or (N,) for an output (N, 1). Integers and bools become floats.
 *  @throws `shape-mismatch` for anything else: broadcasting (N,) against (N, 1) would compare every sample with every other. */
export function valueTargets(loss: string, output: Tensor, target: Tensor): Tensor {
  const values = target.cast("float32");
  if (sameShape(output.shape, values.shape)) return values;
  if (sameShape(output.shape, [...values.shape, 1])) return values.reshape(output.shape);
  throw new GradusError(
    "shape-mismatch",
    `${loss}: output ${formatShape(output.shape)} and target ${formatShape(target.shape)} differ. Give targets of the output's shape.`,
    { loss, output: output.shape, target: target.shape },
  );
}

/** As `valueTargets`, for binary targets: known values must lie in [0, 1].
 *  @throws also `label-out-of-range` with `{ loss, value }`. */
export function binaryTargets(loss: string, output: Tensor, target: Tensor): Tensor {
  const values = knownValues(target);
  const wrong = values && Array.prototype.find.call(values, (value: number) => !(value >= 0 && value <= 1));
  if (wrong === undefined) return valueTargets(loss, output, target);
  throw new GradusError(
    "label-out-of-range",
    `${loss}: binary targets must be numbers from 0 to 1, got ${wrong}. Correct it, or choose a loss for classes or values.`,
    { loss, value: wrong },
  );
}

export interface ClassTargets {
  /** output with the class axis last */
  readonly output: Tensor;
  /** int32, the output's shape without the class axis */
  readonly labels?: Tensor;
  /** float32, the output's shape: a one-hot row or a distribution over classes */
  readonly distribution?: Tensor;
}

/** Targets for one of several classes: int32 labels, or a distribution of the output's shape.
 *  @param axis of the classes in the output, counted with the batch axis.
 *  @param ignoreIndex the label to ignore; it need not be a class.
 *  @throws `shape-mismatch`, `dtype-mismatch` if the target is neither; `label-out-of-range` if labels are known and one of
 *    them is not a class; `bad-argument` for a distribution with a label to ignore, because it has no labels. */
export function classTargets(
  loss: string,
  output: Tensor,
  target: Tensor,
  { axis, ignoreIndex }: { readonly axis: number; readonly ignoreIndex?: number | undefined },
): ClassTargets {
  const along = normalizeAxis(loss, axis, output.rank);
  const isLast = along === output.rank - 1;
  const order = [...output.shape.keys()].filter((position) => position !== along).concat(along);
  const classLast = (tensor: Tensor): Tensor => (isLast ? tensor : tensor.transpose(order));
  const labelShape = output.shape.filter((_, position) => position !== along);
  if (sameShape(target.shape, output.shape)) {
    requireArgument(
      ignoreIndex === undefined,
      `${loss}: ignoreIndex ${ignoreIndex} names a label, but the targets are distributions ${formatShape(target.shape)}, not labels. Give int32 labels ${formatShape(labelShape)}, or leave ignoreIndex out; a row of zeros adds nothing to the sum, but counts in the mean.`,
      { loss, ignoreIndex, target: target.shape },
    );
    return { output: classLast(output), distribution: classLast(target.cast("float32")) };
  }
  if (!sameShape(target.shape, labelShape)) {
    throw new GradusError(
      "shape-mismatch",
      `${loss}: for output ${formatShape(output.shape)} expected int32 labels ${formatShape(labelShape)} or one-hot targets ${formatShape(output.shape)}, got ${formatShape(target.shape)}.`,
      { loss, output: output.shape, target: target.shape },
    );
  }
  if (target.dtype !== "int32") {
    throw new GradusError(
      "dtype-mismatch",
      `${loss}: labels must be int32, got ${target.dtype}. Convert them with cast("int32").`,
      {
        loss,
        dtype: target.dtype,
      },
    );
  }
  const known = knownValues(target);
  if (known !== undefined) {
    const labels =
      ignoreIndex === undefined ? known : Array.prototype.filter.call(known, (label) => label !== ignoreIndex);
    requireLabels(loss, labels, output.shape[along] as number);
  }
  return { output: classLast(output), labels: target };
}
