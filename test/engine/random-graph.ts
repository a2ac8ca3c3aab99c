import type { DType } from "../../src/core/dtype.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { ATTENTION_MAKERS } from "./attention-makers.ts";
import { Draw, type Maker, mulberry } from "./draw.ts";
import { FLOAT_MAKERS } from "./float-makers.ts";
import { BOOL_MAKERS, INT_MAKERS, otherLeaves, UINT_MAKERS } from "./integer-makers.ts";
import { MOVEMENT_MAKERS, PRODUCT_MAKERS } from "./shape-makers.ts";
import { WINDOW_MAKERS } from "./window-makers.ts";

export { mulberry };

/** What can be made from a tensor of each type: first a list is drawn, then one of it. */
const MAKERS: { readonly [D in DType]: readonly (readonly Maker[])[] } = {
  float32: [FLOAT_MAKERS, FLOAT_MAKERS, MOVEMENT_MAKERS, PRODUCT_MAKERS, WINDOW_MAKERS, ATTENTION_MAKERS],
  int32: [INT_MAKERS, INT_MAKERS, MOVEMENT_MAKERS],
  uint32: [UINT_MAKERS, UINT_MAKERS, MOVEMENT_MAKERS],
  bool: [BOOL_MAKERS, BOOL_MAKERS, MOVEMENT_MAKERS],
};

/** How often an operation is drawn on a float where other types take part. */
const FLOAT_SHARE = 0.6;

export interface RandomGraphOptions {
  /** do integers and truth values take part? Default true. */
  readonly integers?: boolean | undefined;
}

/** A random graph over the given leaves: element-wise operations, reductions, movement, products, tables and random numbers,
 *  with values that stay moderate, so that two precisions can be compared. Every tensor that was made, in order. */
export function randomGraph(
  random: () => number,
  leaves: readonly Tensor[],
  steps: number,
  { integers = true }: RandomGraphOptions = {},
): Tensor[] {
  const draw = new Draw(random, leaves);
  if (integers) draw.pool.push(...otherLeaves(draw));
  const made: Tensor[] = [];
  while (made.length < steps) {
    const dtype: DType = !integers || draw.chance(FLOAT_SHARE) ? "float32" : draw.pick(["int32", "uint32", "bool"]);
    const result = draw.pick(draw.pick(MAKERS[dtype]))(draw.pick(draw.of(dtype)), draw);
    if (result === undefined || result.size === 0 || result.size > 50_000 || result.rank > 4) continue;
    draw.pool.push(result);
    made.push(result);
  }
  return made;
}
