import type { DType, HostArray } from "../../core/dtype.ts";
import type { Shape } from "../../core/shape.ts";
import type { Attributes, Node, Op } from "../node.ts";

export interface Typed {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Everything the library knows about an operation's values: the number of inputs, the type of the result, and its definition. */
export interface Primitive<O extends Op> {
  /** number of inputs; -1 for any number, at least one */
  readonly arity: number;
  /** shape and type of the result; throws if the inputs do not fit */
  infer(inputs: readonly Node[], attributes: Attributes[O]): Typed;
  /** the definition, slow and obvious: float32 is computed in float64 */
  evaluate(inputs: readonly HostArray[], attributes: Attributes[O], output: Typed): HostArray;
}
