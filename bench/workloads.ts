import type { HostArray } from "../src/core/dtype.ts";
import { type Shape, sizeOf } from "../src/core/shape.ts";
import type { Tree } from "../src/core/tree.ts";
import { cnn32x64 } from "../src/models/cnn.ts";
import { resnet } from "../src/models/resnet.ts";
import { rowLstm } from "../src/models/row-lstm.ts";
import { batchNorm, dropout, leakyRelu, linear } from "../src/nn/construct.ts";
import type { LayerInput, LayerType } from "../src/nn/layers.ts";
import { createModel, type LayerInfo, type ModelInput } from "../src/nn/model.ts";
import { adam } from "../src/optim/adam.ts";
import { clipByGlobalNorm } from "../src/optim/clip.ts";
import { chain } from "../src/optim/transform.ts";
import type { Backend } from "../src/runtime/backend.ts";
import { type CompiledStep, compile } from "../src/tensor/compile.ts";
import { randomKey } from "../src/tensor/random.ts";
import type { Tensor } from "../src/tensor/tensor.ts";
import { type StepBatch, type StepOutputs, type TrainingState, trainingStep } from "../src/train/step.ts";

/** A network trained on random batches. One step is measured, from the forward pass to the update, with the loss read back. */
export interface NetworkWorkload {
  readonly kind: "network";
  readonly layers: readonly LayerInput[];
  readonly inputShape: readonly number[];
  readonly clip?: number;
  /** multiply-adds that a step needs, forward and backward, without the first layer's input gradient */
  readonly multiplyAdds: number;
  /** elements of the weight matrices */
  readonly weights: number;
}

/** One square matrix product. */
export interface ProductWorkload {
  readonly kind: "product";
  readonly size: number;
}

/** A network most of whose weights have long had no gradient, compared with itself at the start: `measureSubnormals`. */
export interface DeadWeightsWorkload {
  readonly kind: "deadWeights";
}

export const BATCH = 128;

/** Multiply-adds of one sample's forward pass: those with the layer's input, and those with its own state. */
interface Products {
  readonly ofInput: number;
  readonly ofState?: number;
}

const weightSize = ({ parameters }: LayerInfo, name = "weight") => sizeOf(parameters[name] as Shape);

/** The layers whose products count: the rest is small in comparison. */
const PRODUCTS: { readonly [T in LayerType]?: (layer: LayerInfo) => Products } = {
  linear: (layer) => ({ ofInput: weightSize(layer) }),
  // every weight works at every position of the output
  conv2d: (layer) => ({ ofInput: weightSize(layer) * sizeOf(layer.outputShape.slice(1)) }),
  // the state before the first step is 0
  lstm: (layer) => {
    const steps = layer.inputShape[0] as number;
    return {
      ofInput: steps * weightSize(layer, "inputWeight"),
      ofState: (steps - 1) * weightSize(layer, "recurrentWeight"),
    };
  },
};

/** A network with the arithmetic of a step: every product once forward, and backward once for each factor, except the gradient of the
 *  first layer's input. */
function network({ inputShape, layers }: ModelInput, clip?: number): NetworkWorkload {
  const built = createModel({ inputShape, layers }).layers;
  const products = built.flatMap((layer) => PRODUCTS[layer.type]?.(layer) ?? []);
  const forward = products.reduce((sum, { ofInput, ofState = 0 }) => sum + ofInput + ofState, 0);
  const matrices = built.flatMap(({ parameters }) => Object.values(parameters)).filter((shape) => shape.length > 1);
  return {
    kind: "network",
    layers,
    inputShape,
    multiplyAdds: BATCH * (3 * forward - (products[0] as Products).ofInput),
    weights: matrices.reduce((sum, shape) => sum + sizeOf(shape), 0),
    ...(clip === undefined ? {} : { clip }),
  };
}

function multilayer(hidden: readonly number[], rate: number, clip?: number): NetworkWorkload {
  const layers = hidden.flatMap((units) => [
    linear(units),
    batchNorm(),
    leakyRelu({ slope: 0.01 }),
    ...(rate > 0 ? [dropout(rate)] : []),
  ]);
  return network({ inputShape: [784], layers: [...layers, linear(10)] }, clip);
}

/** The workloads of the comparison with other libraries; batch 128, Adam 1e-3, softmax cross-entropy over 10 classes. */
export const WORKLOADS = {
  "gemm-256": { kind: "product", size: 256 },
  "gemm-512": { kind: "product", size: 512 },
  "gemm-1024": { kind: "product", size: 1024 },
  "gemm-2048": { kind: "product", size: 2048 },
  "mlp-4x512": multilayer([512, 512, 512, 512], 0.3),
  "mlp-20x100": multilayer(new Array<number>(20).fill(100), 0, 1),
  "mlp-3x2048": multilayer([2048, 2048, 2048], 0.5),
  "cnn-32-64": network(cnn32x64()),
  "lstm-128": network(rowLstm(), 1),
  resnet20: network(resnet()),
  "dead-weights": { kind: "deadWeights" },
} satisfies Record<string, NetworkWorkload | ProductWorkload | DeadWeightsWorkload>;

/** If weights and both of Adam's moments together are larger than this, they do not stay in a cache from step to step. */
const CACHED_BYTES = 64 * 2 ** 20;
const BYTES = 4;

/** Bytes that a step must move between memory and processor: the optimiser reads and writes the weight and two moments once each, and the
 *  weights are read forward and backward. 0 for networks that stay in the cache. */
export function unavoidableTraffic({ weights }: NetworkWorkload): number {
  return 3 * weights * BYTES > CACHED_BYTES ? (6 + 2) * weights * BYTES : 0;
}

/** Numbers that look random and are the same in every run. */
export function noise(shape: readonly number[], seed: number): HostArray {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let state = seed;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = (state / 2 ** 32 - 0.5) * 3.4;
  }
  return { shape, dtype: "float32", data };
}

export interface PreparedStep {
  /** one step; the loss */
  run(): number;
  readonly step: CompiledStep<TrainingState, StepBatch, StepOutputs>;
}

/** A training step of a network with its initial weights: Adam 1e-3, softmax cross-entropy. */
export async function stepOf(
  { inputShape, layers, clip }: Pick<NetworkWorkload, "inputShape" | "layers" | "clip">,
  backend: Backend,
) {
  const model = createModel({ inputShape, layers });
  const optimizer = adam({ learningRate: 1e-3 });
  const transform = clip === undefined ? optimizer : chain(clipByGlobalNorm({ maxNorm: clip }), optimizer);
  const { parameters, buffers } = model.initialize(1);
  const trees = { parameters: parameters as Tree<Tensor>, buffers: buffers as Tree<Tensor> };
  return compile(
    trainingStep({
      model,
      loss: { type: "softmaxCrossEntropy" },
      regularizer: undefined,
      transform,
      metrics: [],
      metricContext: { classes: 10 } as never,
      withLayerNorms: false,
    }),
    { state: { ...trees, optimizer: transform.init(trees.parameters), averages: {}, key: randomKey(1) }, backend },
  );
}

export async function prepareNetwork(workload: NetworkWorkload, backend: Backend): Promise<PreparedStep> {
  const step = await stepOf(workload, backend);
  const x = noise([BATCH, ...workload.inputShape], 7);
  const y: HostArray = {
    shape: [BATCH],
    dtype: "int32",
    data: Int32Array.from({ length: BATCH }, (_, i) => (i * 7) % 10),
  };
  return { step, run: () => step.runSync({ x, y }).loss.data[0] as number };
}
