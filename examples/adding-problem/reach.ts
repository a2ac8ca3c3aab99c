// How much of the gradient reaches back through time.

import type { Backend } from "../../src/index.ts";
import { compile, computeLoss, type Dataset, grad, type Model, type ModelState, type Tensor } from "../../src/index.ts";

/** Number of sequences used. */
const SEQUENCES = 50;

/** Size of the loss's gradient with respect to the first step's input over that with respect to the last step's: 1 if time
 *  does not matter, near 0 if the gradient vanishes, large if it explodes. Root of the mean square over sequences. */
export async function gradientReach(model: Model, state: ModelState, data: Dataset, backend: Backend): Promise<number> {
  const { inputs, targets } = data.take(SEQUENCES).toArrays();
  const lossOf = (x: Tensor, y: Tensor): Tensor =>
    computeLoss("mse", model.apply(state, x, { training: false }).output, y);
  const step = await compile(
    (_: Record<string, never>, { x, y }: { readonly x: Tensor; readonly y: Tensor }) => {
      const gradient = grad((input: Tensor) => lossOf(input, y))(x) as Tensor;
      return { outputs: { first: gradient.slice(1, 0, 1), last: gradient.slice(1, -1) } };
    },
    { state: {}, backend },
  );
  const { first, last } = step.runSync({ x: inputs, y: targets });
  step.dispose();
  return sizeOf(first.data) / sizeOf(last.data);
}

/** In double precision: in float32 the squares of nearly vanished gradients underflow. */
function sizeOf(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}
