import { sizeOf } from "../../../src/core/shape.ts";
import { celu, elu, SELU, selu, softplus } from "../../../src/nn/activations/exponentials.ts";
import { gelu, hardSwish, mish, silu } from "../../../src/nn/activations/gated.ts";
import { leakyRelu, relu, thresholdedRelu } from "../../../src/nn/activations/rectifiers.ts";
import { hardSigmoid, sigmoid, softsign, tanh } from "../../../src/nn/activations/sigmoids.ts";
import { logSoftmax, softmax } from "../../../src/nn/activations/softmax.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { type Call, type Operator, positiveAxis } from "./operator.ts";

function plain(fn: (x: Tensor) => Tensor): Operator {
  return (call) => [fn(call.input(0))];
}

/** Until opset 12 the axes from `axis` (default 1) on were joined; from 13 on one axis (default -1) counts. */
function alongAxis(fn: (x: Tensor, axis: number) => Tensor): Operator {
  return (call) => {
    const x = call.input(0);
    if (call.opset >= 13) return [fn(x, call.number("axis", -1))];
    const axis = positiveAxis(call.number("axis", 1), x.rank);
    return [fn(x.reshape([sizeOf(x.shape.slice(0, axis)), -1]), 1).reshape(x.shape)];
  };
}

/** Slopes of rank 1 were given per channel (axis 1) until opset 6; later they broadcast from the right. */
function preluSlopes(call: Call): Tensor {
  const [x, slopes] = [call.input(0), call.input(1)];
  const perChannel = call.opset < 7 && slopes.rank === 1 && slopes.size > 1;
  return perChannel ? slopes.reshape([-1, ...new Array<number>(x.rank - 2).fill(1)]) : slopes;
}

export const ACTIVATIONS: Readonly<Record<string, Operator>> = {
  Relu: plain(relu),
  Sigmoid: plain(sigmoid),
  Tanh: plain(tanh),
  Softplus: plain(softplus),
  Softsign: plain(softsign),
  HardSwish: plain(hardSwish),
  Mish: plain(mish),
  Swish: (call) => {
    const alpha = call.number("alpha", 1);
    return [alpha === 1 ? silu(call.input(0)) : call.input(0).mul(call.input(0).mul(alpha).sigmoid())];
  },
  Elu: (call) => [elu(call.input(0), call.number("alpha", 1))],
  Celu: (call) => [celu(call.input(0), call.number("alpha", 1))],
  Selu: (call) => [selu(call.input(0), call.number("alpha", SELU.alpha), call.number("gamma", SELU.scale))],
  Gelu: (call) => [gelu(call.input(0), call.text("approximate", "none") === "tanh" ? "tanh" : "exact")],
  LeakyRelu: (call) => [leakyRelu(call.input(0), call.number("alpha", 0.01))],
  PRelu: (call) => [leakyRelu(call.input(0), preluSlopes(call))],
  ThresholdedRelu: (call) => [thresholdedRelu(call.input(0), call.number("alpha", 1))],
  HardSigmoid: (call) => [hardSigmoid(call.input(0), call.number("alpha", 0.2), call.number("beta", 0.5))],
  Softmax: alongAxis(softmax),
  LogSoftmax: alongAxis(logSoftmax),
};
