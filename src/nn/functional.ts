// The functions behind the layers, on tensors: gelu(x), dropout(x, key, rate), logSumExp(x, axis).

export { celu, elu, exponential, selu, softplus } from "./activations/exponentials.ts";
export { gelu, hardSwish, mish, silu } from "./activations/gated.ts";
export { leakyRelu, relu, relu6, thresholdedRelu } from "./activations/rectifiers.ts";
export { hardShrink, softShrink, tanhShrink } from "./activations/shrink.ts";
export { hardSigmoid, hardTanh, logSigmoid, sigmoid, softsign, tanh } from "./activations/sigmoids.ts";
export { identity, logSoftmax, softmax } from "./activations/softmax.ts";
export { adaptiveAvgPool, adaptiveMaxPool } from "./conv/adaptive-pool.ts";
export { conv } from "./conv/conv.ts";
export { convTranspose } from "./conv/conv-transpose.ts";
export { globalAvgPool, globalMaxPool } from "./conv/global-pool.ts";
export { avgPool, lpPool, maxPool } from "./conv/pool.ts";
export { spatialDropout } from "./conv/spatial-dropout.ts";
export { upsample } from "./conv/upsampling.ts";
export { alphaDropout, dropout, gaussianDropout, gaussianNoise } from "./dropout.ts";
export { localResponseNorm } from "./local-response-norm.ts";
export { expm1, log1p, logSumExp } from "./numerics.ts";
