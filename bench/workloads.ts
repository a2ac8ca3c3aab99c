import type { HostArray } from "../src/core/dtype.ts";
import { sizeOf } from "../src/core/shape.ts";
import type { Tree } from "../src/core/tree.ts";
import type { Dataset } from "../src/data/dataset.ts";
import { fromArrays } from "../src/data/from-arrays.ts";
import { cnn32x64 } from "../src/models/cnn.ts";
import { resnet } from "../src/models/resnet.ts";
import { rowLstm } from "../src/models/row-lstm.ts";
import { transformer } from "../src/models/transformer.ts";
import {
  batchNorm,
  conv2d,
  depthwiseConv2d,
  dropout,
  globalAvgPool,
  gru,
  leakyRelu,
  linear,
  maxPool2d,
  relu,
} from "../src/nn/construct.ts";
import type { LayerInput } from "../src/nn/layers.ts";
import type { LossConfig } from "../src/nn/losses/losses.ts";
import { createModel, type ModelInput } from "../src/nn/model.ts";
import { adam } from "../src/optim/adam.ts";
import { clipByGlobalNorm } from "../src/optim/clip.ts";
import { chain } from "../src/optim/transform.ts";
import type { Backend } from "../src/runtime/backend.ts";
import { type CompiledStep, compile } from "../src/tensor/compile.ts";
import { randomKey } from "../src/tensor/random.ts";
import type { Tensor } from "../src/tensor/tensor.ts";
import { type StepBatch, type StepOutputs, type TrainingState, trainingStep } from "../src/train/step.ts";
import { multiplyAddsOf, weightsOf } from "./arithmetic.ts";

/** A network trained on random batches. One step is measured, from the forward pass to the update, with the loss read back. */
export interface NetworkWorkload {
  readonly kind: "network";
  readonly layers: readonly LayerInput[];
  readonly inputShape: readonly number[];
  readonly batch: number;
  readonly task: Task;
  readonly clip?: number;
  /** multiply-adds that a step needs, forward and backward, without the first layer's input gradient */
  readonly multiplyAdds: number;
  /** elements of the weight matrices */
  readonly weights: number;
}

/** What is to be learned: one of ten classes, the next of so many symbols at every step, one's own input, or one number. */
export type Task = "classes" | { readonly symbols: number } | "itself" | "number";

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

interface NetworkOptions {
  readonly clip?: number;
  readonly batch?: number;
  readonly task?: Task;
}

function network(model: ModelInput, { clip, batch = BATCH, task = "classes" }: NetworkOptions = {}): NetworkWorkload {
  const { layers } = createModel(model);
  return {
    kind: "network",
    layers: model.layers,
    inputShape: model.inputShape,
    ...{ batch, task },
    multiplyAdds: batch * multiplyAddsOf(layers),
    weights: weightsOf(layers),
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
  return network({ inputShape: [784], layers: [...layers, linear(10)] }, clip === undefined ? {} : { clip });
}

const normalised = (layer: LayerInput): readonly LayerInput[] => [layer, batchNorm(), relu()];
const conv3x3 = (filters: number) => normalised(conv2d(filters, 3, { padding: "same" }));

/** A depthwise convolution, then a 1 x 1 one. */
const separable = (filters: number, stride = 1) => [
  ...normalised(depthwiseConv2d(3, { stride, padding: 1 })),
  ...normalised(conv2d(filters, 1)),
];

const vgg96: ModelInput = {
  inputShape: [3, 32, 32],
  layers: [
    ...[...conv3x3(96), ...conv3x3(96), maxPool2d(2)],
    ...[...conv3x3(192), ...conv3x3(192), maxPool2d(2)],
    ...[...conv3x3(192), globalAvgPool(), linear(10)],
  ],
};

const mobile24: ModelInput = {
  inputShape: [3, 32, 32],
  layers: [
    ...[...conv3x3(24), ...separable(48), ...separable(96, 2), ...separable(96), ...separable(192, 2)],
    ...[...separable(192), globalAvgPool(), linear(10)],
  ],
};

/** Linear layers of so many units with ReLU between them. */
const rectified = (features: number, units: readonly number[]): ModelInput => ({
  inputShape: [features],
  layers: units.flatMap((count, place) => [linear(count), ...(place < units.length - 1 ? [relu()] : [])]),
});

const SYMBOLS = 96;
const gpt192 = transformer({ vocabulary: SYMBOLS, length: 64, units: 192, heads: 6, blocks: 6 });

/** The workloads of the comparison with other libraries; Adam 1e-3; batch 128 and softmax cross-entropy over 10 classes unless they say
 *  otherwise. */
export const WORKLOADS = {
  "gemm-127": { kind: "product", size: 127 },
  "gemm-256": { kind: "product", size: 256 },
  "gemm-512": { kind: "product", size: 512 },
  "gemm-1024": { kind: "product", size: 1024 },
  "gemm-2048": { kind: "product", size: 2048 },
  "mlp-4x512": multilayer([512, 512, 512, 512], 0.3),
  "mlp-20x100": multilayer(new Array<number>(20).fill(100), 0, 1),
  "mlp-3x2048": multilayer([2048, 2048, 2048], 0.5),
  "cnn-32-64": network(cnn32x64()),
  "lstm-128": network(rowLstm(), { clip: 1 }),
  resnet20: network(resnet()),
  "vgg-96": network(vgg96, { batch: 32 }),
  "mobile-24": network(mobile24, { batch: 32 }),
  "gru-128x200": network({ inputShape: [200, 32], layers: [gru(128), linear(10)] }, { batch: 32, clip: 1 }),
  "gpt-192": network(gpt192, { batch: 16, clip: 1, task: { symbols: SYMBOLS } }),
  "autoencoder-1024": network(rectified(1024, [512, 128, 512, 1024]), { task: "itself" }),
  "tabular-128": network(rectified(20, [128, 128, 1]), { batch: 64, task: "number" }),
  "dead-weights": { kind: "deadWeights" },
} satisfies Record<string, NetworkWorkload | ProductWorkload | DeadWeightsWorkload>;

/** If weights and both of Adam's moments together are larger than this, they do not stay in a cache from step to step. */
const CACHED_BYTES = 64 * 2 ** 20;
const BYTES = 4;

/** Bytes that a step must move between memory and processor: the optimiser reads and writes the weight and two moments once each, and the
 *  weights are read forward and backward. 0 for networks that stay in the cache. */
export function unavoidableTraffic({ weights }: Pick<NetworkWorkload, "weights">): number {
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
  /** one step; the loss, a mean over the batch */
  run(): number;
  readonly step: CompiledStep<TrainingState, StepBatch, StepOutputs>;
}

const CLASSES = 10;

/** A training step of a network with its initial weights: Adam 1e-3. */
export async function stepOf(
  { inputShape, layers, clip, task }: Pick<NetworkWorkload, "inputShape" | "layers" | "clip" | "task">,
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
      loss: lossOf(task),
      regularizer: undefined,
      transform,
      metrics: [],
      metricContext: { classes: classesOf(task) } as never,
      withLayerNorms: false,
    }),
    { state: { ...trees, optimizer: transform.init(trees.parameters), averages: {}, key: randomKey(1) }, backend },
  );
}

export async function prepareNetwork(workload: NetworkWorkload, backend: Backend): Promise<PreparedStep> {
  const step = await stepOf(workload, backend);
  const samples = samplesOf(workload, workload.batch);
  return { step, run: () => step.runSync(samples).objective.data[0] as number };
}

export const lossOf = (task: Task): LossConfig => ({ type: isOfClasses(task) ? "softmaxCrossEntropy" : "mse" });
interface Samples {
  readonly x: HostArray;
  readonly y: HostArray;
}

const isOfClasses = (task: Task) => task === "classes" || typeof task === "object";
const classesOf = (task: Task) => (typeof task === "object" ? task.symbols : CLASSES);

/** Samples that look random, with their targets. */
export function samplesOf({ inputShape, task }: Pick<NetworkWorkload, "inputShape" | "task">, count: number): Samples {
  const symbols = (shape: readonly number[], of: number, dtype: "int32" | "float32"): HostArray => {
    const all = Array.from({ length: sizeOf(shape) }, (_, at) => (at * 7 + ((at * at) % 11)) % of);
    return { shape, dtype, data: dtype === "int32" ? Int32Array.from(all) : Float32Array.from(all) };
  };
  if (typeof task === "object") {
    const shape = [count, ...inputShape];
    return { x: symbols(shape, task.symbols, "float32"), y: symbols(shape, task.symbols, "int32") };
  }
  const x = noise([count, ...inputShape], 7);
  if (task === "itself") return { x, y: x };
  return { x, y: task === "number" ? noise([count, 1], 8) : symbols([count], CLASSES, "int32") };
}

/** A data set of noise: the times do not depend on what is learned. */
export function noiseSamples(workload: NetworkWorkload, samples: number): Dataset {
  const { x, y } = samplesOf(workload, samples);
  const classes = isOfClasses(workload.task) ? { classes: classesOf(workload.task) } : {};
  return fromArrays({ inputs: x, targets: y, ...classes });
}
