import { field, required } from "../../core/fields.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { choiceField } from "../fields.ts";
import type { LayerRule } from "../layer.ts";
import { countSchema, isCount, listSchema, type PerAxis, perAxis, requireAxes } from "./geometry.ts";
import { multiplyAxis, sparseMatrix } from "./lines.ts";

/** Enlarges each channel by an integer factor f.
 *    nearest    y[i] = x[floor(i / f)]
 *    bilinear   y[i] = (1 - w) x[j] + w x[j + 1],   j + w = max(0, (i + 1/2) / f - 1/2);   x[j] for a missing x[j + 1]
 *  on one spatial axis after the other: linear on one, trilinear on three. Positions are centres of cells: PyTorch's
 *  align_corners=false.
 *  Shapes: x (N, C, ...S), any number of spatial axes, -> (N, C, ...f S).
 *  @throws `bad-argument` if there is no spatial axis, or the list of factors does not have one entry per spatial axis. */
export interface UpsamplingConfig {
  readonly type: "upsampling";
  /** f, at least 1, for all spatial axes or for each */
  readonly factor: PerAxis;
  /** Default "nearest" */
  readonly mode?: UpsamplingMode;
}

type UpsamplingMode = "nearest" | "bilinear";

/** Repeats each element f times: a new axis of size f after its own. */
function repeated(x: Tensor, factors: readonly number[]): Tensor {
  const [lead, spatial] = [x.shape.slice(0, 2), x.shape.slice(2)];
  return x
    .reshape([...lead, ...spatial.flatMap((size) => [size, 1])])
    .broadcastTo([...lead, ...spatial.flatMap((size, axis) => [size, factors[axis] as number])])
    .reshape([...lead, ...spatial.map((size, axis) => size * (factors[axis] as number))]);
}

function interpolated(x: Tensor, axis: number, factor: number): Tensor {
  if (factor === 1) return x;
  const size = x.shape[axis] as number;
  const rows = Array.from({ length: size * factor }, (_, index) => {
    const position = Math.max(0, (index + 0.5) / factor - 0.5);
    const below = Math.floor(position);
    return [
      { at: below, weight: 1 - (position - below) },
      { at: Math.min(below + 1, size - 1), weight: position - below },
    ];
  });
  return multiplyAxis(x, axis, sparseMatrix(size, rows));
}

const MODES: { readonly [M in UpsamplingMode]: (x: Tensor, factors: readonly number[]) => Tensor } = {
  nearest: repeated,
  bilinear: (x, factors) => factors.reduce((y, factor, index) => interpolated(y, index + 2, factor), x),
};

/** x (N, C, ...S) -> (N, C, ...f S). */
export function upsample(x: Tensor, factor: PerAxis, mode: UpsamplingMode = "nearest"): Tensor {
  return MODES[mode](x, perAxis(factor, x.rank - 2));
}

export const upsamplingRule: LayerRule<UpsamplingConfig> = {
  fields: {
    factor: required(
      field(
        "an integer of at least 1, or a list with one for each spatial axis",
        (value) => isCount(value, 1) || (Array.isArray(value) && value.every((item) => isCount(item, 1))),
        { anyOf: [countSchema(1), listSchema(countSchema(1))] },
      ),
    ),
    mode: choiceField(Object.keys(MODES) as UpsamplingMode[], "nearest"),
  },
  facts: { role: "other", passes: "range", unitAxis: "first" },
  outputShape: ({ factor }, inputShape) => {
    const { channels, spatial } = requireAxes("factor", factor, inputShape);
    const factors = perAxis(factor, spatial.length);
    return [channels, ...spatial.map((size, axis) => size * (factors[axis] as number))];
  },
  apply: ({ factor, mode }, x) => upsample(x, factor, mode),
};
