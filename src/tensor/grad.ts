import { gradients } from "../autodiff/gradients.ts";
import { GradusError } from "../core/errors.ts";
import { mapTree, type Tree, treeLeaves } from "../core/tree.ts";
import { makeNode } from "../graph/build.ts";
import { Tensor } from "./tensor.ts";

/** A new node for the same value, so that only this use of it is differentiated. */
function fresh(tensor: Tensor): Tensor {
  return new Tensor(makeNode("reshape", [tensor.node], { shape: tensor.shape }));
}

/** Value and gradient of a scalar function with respect to its first argument, a tensor or a tree of them.
 *    const { value, gradient } = valueAndGrad(loss)(parameters, x, y)
 *  To return other results beside the value, return `{ value, auxiliary }`.
 *  Integer and bool leaves get zeros. @throws `not-differentiable` if the value is not a scalar float32. */
export function valueAndGrad<P extends Tree<Tensor>, Rest extends readonly unknown[], A = undefined>(
  fn: (parameters: P, ...rest: Rest) => Tensor | { readonly value: Tensor; readonly auxiliary: A },
): (parameters: P, ...rest: Rest) => { readonly value: Tensor; readonly gradient: P; readonly auxiliary: A } {
  return (parameters, ...rest) => {
    const marked = mapTree(parameters as Tree<Tensor>, fresh);
    const result = fn(marked as P, ...rest);
    const value = result instanceof Tensor ? result : result?.value;
    if (!(value instanceof Tensor)) {
      throw new GradusError(
        "not-differentiable",
        "valueAndGrad: the function must return a scalar tensor, or { value, auxiliary }.",
        {},
      );
    }
    const leaves = treeLeaves(marked).map(({ leaf }) => leaf.node);
    const derivatives = gradients(value.node, leaves);
    let next = 0;
    const gradient = mapTree(
      marked,
      () => new Tensor(derivatives[next++] as NonNullable<(typeof derivatives)[number]>),
    );
    const auxiliary = (result instanceof Tensor ? undefined : result.auxiliary) as A;
    return { value, gradient: gradient as P, auxiliary };
  };
}

/** Gradient of a scalar function with respect to its first argument. See `valueAndGrad`. */
export function grad<P extends Tree<Tensor>, Rest extends readonly unknown[]>(
  fn: (parameters: P, ...rest: Rest) => Tensor,
): (parameters: P, ...rest: Rest) => P {
  const both = valueAndGrad(fn);
  return (parameters, ...rest) => both(parameters, ...rest).gradient;
}
