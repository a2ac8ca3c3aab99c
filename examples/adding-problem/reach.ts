// How much of the gradient reaches back through time.

import type { Backend } from "../../src/index.ts";
import { compile, computeLoss, type Dataset, grad, type Model, type ModelState, type Tensor } from "../../src/index.ts";

/** How many sequences are looked at. */
const SEQUENCES = 50;

/** Size of the loss's gradient with respect to the first step's input over that with respect to the last step's: 1 where time
 *  does not matter, near 0 where it vanishes on the way, large where it explodes. Root of the mean square over sequences. */
export function gradientReach(model: Model, state: ModelState, data: Dataset, backend: Backend): number {
  const { inputs, targets } = data.take(SEQUENCES).toArrays();
  const lossOf = (x: Tensor, y: Tensor): Tensor =>
    computeLoss("mse", model.apply(state, x, { training: false }).output, y);
  const step = compile(
    (_: Record<string, never>, { x, y }: { readonly x: Tensor; readonly y: Tensor }) => {
      const squared = (grad((input: Tensor) => lossOf(input, y))(x) as Tensor).square().sum([0, 2]);
      return { outputs: { first: squared.slice(0, 0, 1).sum(), last: squared.slice(0, -1).sum() } };
    },
    { state: {}, backend },
  );
  const { first, last } = step.runSync({ x: inputs, y: targets });
  step.dispose();
  return Math.sqrt((first.data[0] as number) / (last.data[0] as number));
}
