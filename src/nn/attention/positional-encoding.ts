import { GradusError, requireArgument } from "../../core/errors.ts";
import { COUNT } from "../../core/fields.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import { literal } from "../../graph/build.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { choiceField } from "../fields.ts";
import { type InitInput, initField } from "../init/init.ts";
import type { LayerRule } from "../layer.ts";

/** Adds to each step of a sequence a vector that encodes its position, which attention alone does not see.
 *    y_t = x_t + p_t
 *    sinusoidal:  p_(t, 2i) = sin(t / 10000^(2i / F)),   p_(t, 2i + 1) = cos(t / 10000^(2i / F)),   t = 0, 1, …
 *    learned:     p = the first T rows of `weight`
 *  Shapes: x (N, T, F) -> (N, T, F); weight (maximumLength, F).
 *  @throws `bad-argument` if the input is not a sequence; `shape-mismatch` if it is longer than the learned positions.
 *  Source: Vaswani et al., "Attention Is All You Need", 2017, section 3.5; learned: Gehring et al., "Convolutional Sequence to
 *  Sequence Learning", 2017. */
export interface PositionalEncodingConfig {
  readonly type: "positionalEncoding";
  /** Default "sinusoidal" */
  readonly kind?: "sinusoidal" | "learned";
  /** number of learned positions, at least T. Default: T */
  readonly maximumLength?: number;
  /** initialiser of the learned positions. Default { type: "normal", std: 0.02 }, as in GPT-2 (Radford et al. 2019) */
  readonly init?: InitInput;
}

const LONGEST_WAVE = 10_000;

/** The sinusoidal positions, (T, F). */
function waves(steps: number, features: number): Tensor {
  const data = new Float64Array(steps * features);
  for (let t = 0; t < steps; t++) {
    for (let feature = 0; feature < features; feature++) {
      const isOdd = feature % 2;
      // 2i is the feature itself, or the even one before it
      const angle = t / LONGEST_WAVE ** ((feature - isOdd) / features);
      data[t * features + feature] = isOdd ? Math.cos(angle) : Math.sin(angle);
    }
  }
  return new Tensor(literal({ shape: [steps, features], dtype: "float32", data }));
}

function sequenceShape(inputShape: Shape): readonly [number, number] {
  requireArgument(
    inputShape.length === 2,
    `expects sequences (T, F), got ${formatShape(inputShape)}. Put an embedding or { "type": "reshape" } before it.`,
    { inputShape },
  );
  return inputShape as readonly [number, number];
}

export const positionalEncodingRule: LayerRule<PositionalEncodingConfig> = {
  facts: { role: "other", passes: "nothing", unitAxis: "last" },
  fields: {
    kind: choiceField(["sinusoidal", "learned"], "sinusoidal"),
    maximumLength: COUNT,
    init: initField({ type: "normal", std: 0.02 }),
  },
  outputShape: ({ kind, maximumLength }, inputShape) => {
    const [steps] = sequenceShape(inputShape);
    if (kind === "learned" && maximumLength !== undefined && steps > maximumLength) {
      throw new GradusError(
        "shape-mismatch",
        `sequences of ${steps} steps are longer than the ${maximumLength} learned positions. Give maximumLength: ${steps}, or kind: "sinusoidal".`,
        { steps, maximumLength },
      );
    }
    return inputShape;
  },
  parameters: ({ kind, maximumLength, init }, inputShape) => {
    const [steps, features] = sequenceShape(inputShape);
    return kind === "learned" ? { weight: { shape: [maximumLength ?? steps, features], init } } : {};
  },
  apply: ({ kind }, x, { parameters }) => {
    const [, steps, features] = x.shape as [number, number, number];
    return x.add(kind === "learned" ? (parameters.weight as Tensor).slice(0, 0, steps) : waves(steps, features));
  },
};
