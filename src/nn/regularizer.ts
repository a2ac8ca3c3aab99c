import type { Tree } from "../core/tree.ts";
import { treeLeaves } from "../core/tree.ts";
import { type Tensor, toTensor } from "../tensor/tensor.ts";

/** Strengths of the two penalties on the size of weights; 0 or absent is none. */
export interface RegularizerConfig {
  readonly l1?: number;
  readonly l2?: number;
}

/** What is added to a loss to keep weights small.
 *    l1 * sum |w| + l2 * sum w^2       over all weights of rank 2 or more: biases and scales are left alone
 *  Plain sums, without a factor of 1/2 and without division by the batch.
 *  @returns a scalar.
 *  Source: Tikhonov 1963 (L2); Tibshirani, "Regression Shrinkage and Selection via the Lasso", 1996 (L1). */
export function penalty(parameters: Tree<Tensor>, { l1 = 0, l2 = 0 }: RegularizerConfig): Tensor {
  const weights = treeLeaves(parameters).filter(({ leaf }) => leaf.rank >= 2);
  const parts = weights.flatMap(({ leaf }) => [
    ...(l1 === 0 ? [] : [leaf.abs().sum().mul(l1)]),
    ...(l2 === 0 ? [] : [leaf.square().sum().mul(l2)]),
  ]);
  return parts.reduce((sum, part) => sum.add(part), toTensor(0));
}
