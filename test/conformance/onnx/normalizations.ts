import { batchNormRule } from "../../../src/nn/batch-norm.ts";
import { groupNormRule } from "../../../src/nn/group-norm.ts";
import { instanceNormRule } from "../../../src/nn/instance-norm.ts";
import type { LayerResult, LayerScope } from "../../../src/nn/layer.ts";
import { layerNormRule } from "../../../src/nn/layer-norm.ts";
import { localResponseNorm } from "../../../src/nn/local-response-norm.ts";
import { norm } from "../../../src/optim/norms.ts";
import { zeros } from "../../../src/tensor/create.ts";
import { Tensor, where } from "../../../src/tensor/tensor.ts";
import { Unsupported } from "../case.ts";
import { type Operator, positiveAxis } from "./operator.ts";

function scopeOf(
  training: boolean,
  parameters: LayerScope["parameters"],
  buffers: LayerScope["buffers"] = {},
): LayerScope {
  const none = (): never => {
    throw new Unsupported("a normalisation that draws random numbers or has inner layers");
  };
  return { training, stochastic: false, parameters, buffers, key: none, inner: none };
}

function outputOf(result: Tensor | LayerResult): Tensor {
  return result instanceof Tensor ? result : result.output;
}

/** Our batch normalisation; ONNX keeps the population's variance as running variance. */
const batchNormalization: Operator = (call) => {
  const training = call.flag("training_mode", false);
  const scope = scopeOf(
    training,
    { weight: call.input(1), bias: call.input(2) },
    { runningMean: call.input(3), runningVariance: call.input(4) },
  );
  const config = {
    type: "batchNorm",
    epsilon: call.number("epsilon", 1e-5),
    decay: call.number("momentum", 0.9),
    runningVariance: "population",
    affine: true,
  } as const;
  const result = batchNormRule.apply(config, call.input(0), scope);
  if (result instanceof Tensor) return [result];
  return [result.output, result.buffers.runningMean, result.buffers.runningVariance];
};

/** Our layer normalisation; the mean and the inverse deviation, which ONNX also outputs, are computed separately. */
const layerNormalization: Operator = (call) => {
  const x = call.input(0);
  const axis = positiveAxis(call.number("axis", -1), x.rank);
  const axes = x.shape.map((_, index) => index).slice(axis);
  const epsilon = call.number("epsilon", 1e-5);
  const bias = call.optional(2) ?? zeros(x.shape.slice(axis));
  const config = { type: "layerNorm", axes: axes.length, epsilon, affine: true } as const;
  const y = layerNormRule.apply(config, x, scopeOf(true, { weight: call.input(1), bias }));
  if (!(y instanceof Tensor)) throw new Unsupported("a layer normalisation with running values");
  return [y, x.mean(axes, true), x.variance(axes, true).add(epsilon).sqrt().pow(-1)];
};

/** Until opset 20, scale and bias were given per group. */
const groupNormalization: Operator = (call) => {
  const x = call.input(0);
  const channels = x.shape[1] as number;
  const groups = call.number("num_groups", 1);
  const [weight, bias] = [call.input(1), call.input(2)].map((given) =>
    given.size === channels
      ? given
      : given
          .reshape([groups, 1])
          .broadcastTo([groups, channels / groups])
          .flatten(),
  ) as [Tensor, Tensor];
  const config = { type: "groupNorm", groups, epsilon: call.number("epsilon", 1e-5), affine: true } as const;
  return [outputOf(groupNormRule.apply(config, x, scopeOf(true, { weight, bias })))];
};

const instanceNormalization: Operator = (call) => {
  const config = { type: "instanceNorm", epsilon: call.number("epsilon", 1e-5), affine: true } as const;
  const scope = scopeOf(true, { weight: call.input(1), bias: call.input(2) });
  return [outputOf(instanceNormRule.apply(config, call.input(0), scope))];
};

const localResponseNormalization: Operator = (call) => [
  localResponseNorm(call.input(0), call.number("size", 1), {
    alpha: call.number("alpha", 1e-4),
    beta: call.number("beta", 0.75),
    bias: call.number("bias", 1),
  }),
];

/** x / sqrt(mean(x^2) + epsilon) * scale over the axes from `axis` on. */
const rmsNormalization: Operator = (call) => {
  const x = call.input(0);
  const axes = x.shape.map((_, index) => index).slice(positiveAxis(call.number("axis", -1), x.rank));
  const root = x.square().mean(axes, true).add(call.number("epsilon", 1e-5)).sqrt();
  return [x.div(root).mul(call.input(1))];
};

/** x / |x|_p along an axis; a zero vector stays zero. */
const lpNormalization: Operator = (call) => {
  const x = call.input(0);
  const axes = [positiveAxis(call.number("axis", -1), x.rank)];
  const length = norm(x, { normType: call.number("p", 2), axes, keepDims: true });
  return [x.div(where(length.equal(0), 1, length))];
};

export const NORMALIZATIONS: Readonly<Record<string, Operator>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LRN: localResponseNormalization,
  RMSNormalization: rmsNormalization,
  LpNormalization: lpNormalization,
};
