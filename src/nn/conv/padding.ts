import { field, required } from "../../core/fields.ts";
import type { Shape } from "../../core/shape.ts";
import type { LayerRule } from "../layer.ts";
import { countSchema, givenPadding, isCount, isPair, listSchema, type PerAxis, requireAxes } from "./geometry.ts";

type GivenPadding = PerAxis | readonly (readonly [number, number])[];

/** Zeros around each channel.
 *  Shapes: x (N, C, ...S), any number of spatial axes, -> (N, C, ...(before + S + after)).
 *  @throws `bad-argument` if there is no spatial axis, or the list does not have one entry per spatial axis. */
export interface ZeroPaddingConfig {
  readonly type: "zeroPadding";
  /** one number for all sides, one for each spatial axis, or pairs [before, after] */
  readonly padding: GivenPadding;
}

/** [before, after] for each spatial axis. */
function sidesOf(padding: GivenPadding, spatial: Shape): (readonly [number, number])[] {
  return spatial.map((_, axis) => givenPadding(padding, axis));
}

export const zeroPaddingRule: LayerRule<ZeroPaddingConfig> = {
  fields: {
    padding: required(
      field(
        "an integer of at least 0, or a list with one, or a pair [before, after], for each spatial axis",
        (value) =>
          isCount(value, 0) ||
          (Array.isArray(value) && (value.every((item) => isCount(item, 0)) || value.every(isPair))),
        {
          anyOf: [countSchema(0), listSchema({ anyOf: [countSchema(0), listSchema(countSchema(0), 2)] })],
        },
      ),
    ),
  },
  facts: { role: "other", passes: "signal", unitAxis: "first" },
  outputShape: ({ padding }, inputShape) => {
    const { channels, spatial } = requireAxes("padding", padding, inputShape);
    const sides = sidesOf(padding, spatial);
    return [channels, ...sides.map(([before, after], axis) => before + (spatial[axis] as number) + after)];
  },
  apply: ({ padding }, x) => x.pad([[0, 0], [0, 0], ...sidesOf(padding, x.shape.slice(2))]),
};
