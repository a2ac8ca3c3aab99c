import { GradusError, requireArgument } from "../core/errors.ts";
import { COUNT, required } from "../core/fields.ts";
import { formatShape, type Shape } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { booleanField } from "./fields.ts";
import { type InitInput, initField } from "./init/init.ts";
import type { LayerRule } from "./layer.ts";

/** A fully connected layer.
 *    y = x W^T + b
 *  Shapes: x (N, F) or (N, T, F) -> (N, U) or (N, T, U); weight (U, F), bias (U,), as in PyTorch. */
export interface LinearConfig {
  readonly type: "linear";
  /** outputs U, at least 1 */
  readonly units: number;
  /** whether b is learned. Default true */
  readonly bias?: boolean;
  /** initialiser of the weight. Default "auto": depends on the activation that follows */
  readonly init?: InitInput;
  /** initialiser of the bias. Default "zeros" */
  readonly biasInit?: InitInput;
  /** expected inputs F, to have them checked. Default: any number */
  readonly inputs?: number;
}

function inputsOf(inputs: number | undefined, inputShape: Shape): number {
  requireArgument(
    inputShape.length === 1 || inputShape.length === 2,
    `expects vectors (F,) or sequences (T, F), got ${formatShape(inputShape)}. Put { "type": "flatten" } before it.`,
    { inputShape },
  );
  const found = inputShape.at(-1) as number;
  if (inputs !== undefined && inputs !== found) {
    throw new GradusError(
      "shape-mismatch",
      `expects ${inputs} inputs, got ${formatShape(inputShape)}: ${found} != ${inputs}. Give it inputs: ${found}, or change the layer before it.`,
      { expected: inputs, got: found, inputShape },
    );
  }
  return found;
}

export const linearRule: LayerRule<LinearConfig> = {
  facts: { role: "sum", passes: "nothing", unitAxis: "last" },
  fields: {
    units: required(COUNT),
    bias: booleanField(true),
    init: initField("auto"),
    biasInit: initField("zeros"),
    inputs: COUNT,
  },
  outputShape: ({ units, inputs }, inputShape) => {
    inputsOf(inputs, inputShape);
    return [...inputShape.slice(0, -1), units];
  },
  parameters: ({ units, bias, init, biasInit, inputs }, inputShape) => {
    const fanIn = inputsOf(inputs, inputShape);
    const fans = { fanIn, fanOut: units };
    return {
      weight: { shape: [units, fanIn], init, fans },
      ...(bias ? { bias: { shape: [units], init: biasInit, fans } } : {}),
    };
  },
  apply: ({ bias, units }, x, { parameters }) => {
    // one matrix product, for any number of axes before the features
    const rows = x.rank > 2 ? x.reshape([-1, x.shape.at(-1) as number]) : x;
    const product = rows.matmul((parameters.weight as Tensor).transpose());
    const output = bias ? product.add(parameters.bias as Tensor) : product;
    return x.rank > 2 ? output.reshape([...x.shape.slice(0, -1), units]) : output;
  },
};
