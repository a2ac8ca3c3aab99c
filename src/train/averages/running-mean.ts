import { mapTree, type Tree } from "../../core/tree.ts";
import { leavesOf, treeFrom } from "../../optim/trees.ts";
import { full } from "../../tensor/create.ts";
import { type Tensor, toTensor } from "../../tensor/tensor.ts";

/** Averaged weights: what a model needs to predict with them, and how much they are the average of. */
export type Averaged = {
  readonly parameters: Tree<Tensor>;
  /** Running statistics that belong to these weights. */
  readonly buffers: Tree<Tensor>;
  /** float32 (): the sum of the weights of all values averaged so far, where the newest has 1. 0: nothing has been averaged yet. */
  readonly total: Tensor;
};

/** The averages that a run keeps. */
export type Averages = {
  readonly ema?: Averaged;
  readonly swa?: Averaged;
};

/** An average of nothing. */
export function noAverage(of: Pick<Averaged, "parameters" | "buffers">): Averaged {
  const zeros = (tree: Tree<Tensor>) => mapTree(tree, ({ shape, dtype }: Tensor) => full(shape, 0, dtype));
  return { parameters: zeros(of.parameters), buffers: zeros(of.buffers), total: full([], 0) };
}

/** The total after one more value, and the newest value's share in the average:
 *    n <- d n + 1          share = 1 / n
 *  With d = 1, n is the number of values and their average the plain mean. With d < 1, n = (1 - d^t) / (1 - d) after t values: the newest has
 *  the share (1 - d) / (1 - d^t), the one before it d times as much, and so on: an exponential average without a bias to where it began. */
export function nextTotal(total: Tensor, decay: number): { readonly total: Tensor; readonly share: Tensor } {
  // n + (1 - (1 - d) n): in this order the small 1 - d keeps its digits in float32
  const next = total.add(toTensor(1).sub(total.mul(1 - decay)));
  return { total: next, share: toTensor(1).div(next) };
}

/** a <- a + share (w - a), leaf by leaf; leaves of whole numbers are taken over. A share of 1 with a = 0 gives w to the bit. */
export function blend(average: Tree<Tensor>, newest: Tree<Tensor>, share: Tensor): Tree<Tensor> {
  const fresh = leavesOf(newest);
  return treeFrom(
    average,
    leavesOf(average).map((leaf, index) => {
      const value = fresh[index] as Tensor;
      return leaf.dtype === "float32" ? leaf.add(value.sub(leaf).mul(share)) : value;
    }),
  );
}

/** The exponential moving average after one more step. Running statistics are averaged like weights.
 *  Source: Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992. */
export function exponentialAverage(
  average: Averaged,
  newest: Pick<Averaged, "parameters" | "buffers">,
  decay: number,
): Averaged {
  const { total, share } = nextTotal(average.total, decay);
  return {
    parameters: blend(average.parameters, newest.parameters, share),
    buffers: blend(average.buffers, newest.buffers, share),
    total,
  };
}
