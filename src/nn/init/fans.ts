import { requireArgument } from "../../core/errors.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";

/** The number of inputs to one output of a layer, and of outputs from one input. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Fan-in and fan-out of a weight in PyTorch's layout.
 *    linear (out, in):                    fanIn = in,                          fanOut = out
 *    convolution (out, in / groups, …k):  fanIn = in / groups * product(k),    fanOut = out / groups * product(k)
 *  A vector (n,) has fanIn = fanOut = n; a scalar has fanIn = fanOut = 1.
 *  @param options.groups groups of a convolution, whose second size already is in / groups. Default 1.
 *  @throws `bad-argument` if groups does not divide the outputs.
 *  Source: Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010. */
export function fansOf(shape: Shape, options: { readonly groups?: number } = {}): Fans {
  const { groups = 1 } = options;
  const [first = 1, second] = shape;
  requireArgument(
    Number.isInteger(groups) && groups >= 1 && first % groups === 0,
    `fansOf: groups must divide the ${first} outputs, got ${groups}.`,
    { shape, groups },
  );
  if (second === undefined) return { fanIn: first, fanOut: first };
  const area = sizeOf(shape.slice(2));
  return { fanIn: second * area, fanOut: (first / groups) * area };
}
