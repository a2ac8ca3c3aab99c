import { checkOptions, type Fields, POSITIVE, required } from "../core/fields.ts";
import { mapTree, type Tree } from "../core/tree.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { shortening, unitLengths } from "./norms.ts";
import { applyUpdates, type Transform } from "./transform.ts";
import { leavesOf, treeFrom } from "./trees.ts";

export interface MaxNormOptions {
  /** largest norm of the weights into one unit; 3 to 4 in the paper */
  readonly maxNorm: number;
}

const CHECKS: Fields<MaxNormOptions> = { maxNorm: required(POSITIVE) };

/** Shortens the weights into each unit to norm c if they are longer:
 *    w_i <- w_i c / max(|w_i|, c),   w_i the weights of output unit i: (out, in) -> all of row i
 *  Parameters of rank < 2 (biases, scales) stay unchanged. The first axis counts the output units, as in PyTorch's layouts.
 *  Source: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014, section 5.1. */
export function projectMaxNorm<P extends Tree<Tensor>>(parameters: P, options: MaxNormOptions): P {
  checkOptions("maxNorm", options, CHECKS);
  const { maxNorm } = options;
  return mapTree(parameters as Tree<Tensor>, (weight) => {
    return weight.rank < 2 ? weight : shortening(unitLengths(weight), maxNorm)(weight);
  }) as P;
}

/** `projectMaxNorm` as the last transform of a chain: changes the updates so that the updated parameters satisfy the limit.
 *    chain(sgd({ learningRate: 0.1, momentum: 0.9 }), maxNorm({ maxNorm: 3 })) */
export function maxNorm(options: MaxNormOptions): Transform {
  checkOptions("maxNorm", options, CHECKS);
  return {
    init: () => ({}),
    update(updates, state, parameters) {
      const projected = leavesOf(projectMaxNorm(applyUpdates(parameters, updates), options));
      const changed = leavesOf(parameters).map((parameter, index) => (projected[index] as Tensor).sub(parameter));
      return { updates: treeFrom(parameters, changed), state };
    },
  };
}
