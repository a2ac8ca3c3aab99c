import type { LayerConfig } from "../../src/nn/layers.ts";
import type { PythonCall } from "./python-call.ts";

/** PyTorch's activation functions, with their arguments, as ours. */
const ACTIVATIONS: Readonly<Record<string, (...given: readonly (number | undefined)[]) => LayerConfig>> = {
  relu: () => ({ type: "relu" }),
  relu6: () => ({ type: "relu6" }),
  leaky_relu: (slope = 0.01) => ({ type: "leakyRelu", slope }),
  rrelu_eval: (low = 1 / 8, high = 1 / 3) => ({ type: "rrelu", low, high }),
  elu: (alpha = 1) => ({ type: "elu", alpha }),
  selu: () => ({ type: "selu" }),
  celu: (alpha = 1) => ({ type: "celu", alpha }),
  gelu: () => ({ type: "gelu" }),
  gelu_tanh: () => ({ type: "gelu", form: "tanh" }),
  silu: () => ({ type: "silu" }),
  mish: () => ({ type: "mish" }),
  softplus: (beta = 1) => ({ type: "softplus", beta }),
  softsign: () => ({ type: "softsign" }),
  tanh: () => ({ type: "tanh" }),
  sigmoid: () => ({ type: "sigmoid" }),
  logsigmoid: () => ({ type: "logSigmoid" }),
  hardsigmoid: () => ({ type: "hardSigmoid" }),
  hardswish: () => ({ type: "hardSwish" }),
  hardtanh: (low = -1, high = 1) => ({ type: "hardTanh", low, high }),
  softshrink: (threshold = 0.5) => ({ type: "softShrink", threshold }),
  hardshrink: (threshold = 0.5) => ({ type: "hardShrink", threshold }),
  tanhshrink: () => ({ type: "tanhShrink" }),
};

/** The layer for an activation written as a call, such as `elu(.5)`; undefined if there is none. */
export function activationOfCall({ name, positional, named }: PythonCall): LayerConfig | undefined {
  const given = [...positional, ...Object.values(named)].map(Number);
  return ACTIVATIONS[name]?.(...given);
}
