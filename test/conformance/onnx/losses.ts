import { logSoftmax } from "../../../src/nn/activations/softmax.ts";
import type { Reduction } from "../../../src/nn/losses/loss-rule.ts";
import { computeLoss } from "../../../src/nn/losses/losses.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import type { Call, Operator } from "./operator.ts";

function lossOf(type: "nll" | "softmaxCrossEntropy", call: Call): Tensor {
  const classWeights = call.constants(2);
  return computeLoss(
    {
      type,
      axis: 1,
      reduction: call.text("reduction", "mean") as Reduction,
      ...(classWeights ? { classWeights } : {}),
      ...(call.has("ignore_index") ? { ignoreIndex: call.number("ignore_index", -1) } : {}),
    },
    call.input(0),
    call.input(1),
  );
}

export const LOSSES: Readonly<Record<string, Operator>> = {
  NegativeLogLikelihoodLoss: (call) => [lossOf("nll", call)],
  SoftmaxCrossEntropyLoss: (call) => [lossOf("softmaxCrossEntropy", call), logSoftmax(call.input(0), 1)],
};
