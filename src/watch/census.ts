import type { HostArray } from "../core/dtype.ts";
import { COUNT, COUNT_OR_ZERO, checkOptions, type Fields, recordField, required } from "../core/fields.ts";
import { sizeOf } from "../core/shape.ts";
import type { Tree } from "../core/tree.ts";
import type { Dataset } from "../data/dataset.ts";
import { factsOf, ruleOf } from "../nn/layers.ts";
import { computeLoss } from "../nn/losses/losses.ts";
import { type LayerInfo, type Model, requireModel } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import { globalNorm, norm } from "../optim/norms.ts";
import type { Backend } from "../runtime/backend.ts";
import { compile, DeviceState } from "../tensor/compile.ts";
import { full } from "../tensor/create.ts";
import { valueAndGrad } from "../tensor/grad.ts";
import { randomKey } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { batchArrays } from "../train/feed.ts";
import { fitInputs } from "../train/prepare.ts";
import { requireTraining, type Training } from "../train/training.ts";
import { describeUnits, hostNorm, weightFacts } from "./census-numbers.ts";
import { isActivation, isRecurrent, saturationOf, unitAxis } from "./probes/layer-facts.ts";
import { byLayer } from "./probes/layer-probe.ts";
import type { Census, LayerCensus } from "./record.ts";

export interface CensusOptions {
  /** Steps done. */
  readonly step: number;
  readonly backend: Backend;
  /** Samples to use; fewer if their outputs would fill memory. Default 256. */
  readonly samples?: number | undefined;
}

const FIELDS: Fields<CensusOptions> = {
  step: required(COUNT_OR_ZERO),
  backend: required(recordField("what openBackend() gives")),
  samples: COUNT,
};

/** Most numbers in the outputs of all observed layers together: 32 MiB. */
const MOST_NUMBERS = 2 ** 23;

/** Whether a layer is inspected: not containers, nor layers that pass their values on. Dropout and noise are off here. */
function isLookedAt({ config }: LayerInfo): boolean {
  const { role } = factsOf(config);
  const { contains, activation } = ruleOf(config);
  return (
    role !== "layout" && role !== "regularization" && activation?.inDepth !== "unchanged" && contains === undefined
  );
}

type State = { readonly parameters: Tree<Tensor>; readonly buffers: Tree<Tensor> };
type Outputs = {
  readonly loss: Tensor;
  readonly outputs: { readonly [path: string]: Tensor };
  readonly normOf: { readonly [path: string]: Tensor };
  readonly meanOf: { readonly [path: string]: Tensor };
  readonly parameterNormOf: { readonly [path: string]: Tensor };
  readonly timeNorms: { readonly [path: string]: Tensor };
};

/** Inspects every layer closely, at one state of the weights, on random training samples: batch statistics as in training,
 *  dropout and noise off. Gradients with respect to outputs are those with respect to zeros added to them.
 *  Values may be NaN or infinite, and are reported unchanged.
 *  @param training prepared: its samples as the network sees them.
 *  @throws GradusError `bad-argument` for anything but a training, a model and options. */
export async function takeCensus(
  training: Training,
  model: Model,
  state: ModelState,
  options: CensusOptions,
): Promise<Census> {
  requireTraining("takeCensus", training);
  requireModel("takeCensus", model);
  checkOptions<CensusOptions>("takeCensus", options, FIELDS);
  const observed = model.layers.filter(isLookedAt);
  const perSample = observed.reduce((sum, { outputShape }) => sum + sizeOf(outputShape), 0);
  const train = fitInputs(training.data.train, model);
  const count = Math.max(2, Math.min(options.samples ?? 256, Math.floor(MOST_NUMBERS / perSample)));
  const some = train.length <= count ? train : train.shuffle(0).take(count);
  const device = await DeviceState.create<State>(state as State, options.backend);
  const step = await compile<State, { x: Tensor; y: Tensor }, Outputs>(
    (current, batch) => ({ outputs: trace(training, model, observed, current, batch) }),
    { state: device },
  );
  try {
    const values = await step.run(samplesOf(some));
    const weights = byLayer((await device.read()).parameters as Tree<HostArray>);
    return {
      step: options.step,
      samples: some.length,
      loss: (values.loss as HostArray).data[0] as number,
      layers: model.layers.flatMap((layer, index) => {
        const found = describeLayer(
          layer,
          model.layers[index - 1],
          values as unknown as HostOutputs,
          weights.get(layer.path),
        );
        return found === undefined ? [] : [found];
      }),
    };
  } finally {
    step.dispose();
    device.dispose();
  }
}

function samplesOf(dataset: Dataset): { readonly x: HostArray; readonly y: HostArray } {
  const { inputs, targets } = dataset.toArrays();
  const batch = { index: 0, size: dataset.length, inputs: inputs.data, targets: targets.data };
  return batchArrays(dataset, batch as Parameters<typeof batchArrays>[1]);
}

function trace(
  { settings }: Training,
  model: Model,
  observed: readonly LayerInfo[],
  { parameters, buffers }: State,
  { x, y }: { readonly x: Tensor; readonly y: Tensor },
): Outputs {
  const outputs: Record<string, Tensor> = {};
  const shapes = new Map<string, readonly number[]>(
    model.layers.map(({ path, outputShape }) => [path, [x.shape[0] as number, ...outputShape]]),
  );
  const zeros = Object.fromEntries([...shapes].map(([path, shape]) => [path, full([...shape], 0)]));
  const { value, gradient } = valueAndGrad(
    (varied: { weights: Tree<Tensor>; zeros: Record<string, Tensor>; input: Tensor }) => {
      const { output } = model.apply({ parameters: varied.weights, buffers } as ModelState, x.add(varied.input), {
        training: true,
        stochastic: false,
        key: randomKey(0),
        tap: (path, given) => {
          outputs[path] = given;
          return given.add(varied.zeros[path] as Tensor);
        },
      });
      return computeLoss(settings.loss, output, y);
    },
  )({ weights: parameters, zeros, input: full([...x.shape], 0) });
  const gradientOf = (path: string): Tensor => gradient.zeros[path] as Tensor;
  const paths = observed.map(({ path }) => path);
  const recurrent = model.layers.flatMap((layer) => {
    const given = isRecurrent(layer) ? inputGradient(layer, gradient) : undefined;
    return given === undefined ? [] : [[layer.path, norm(given, { axes: [0, 2] })] as const];
  });
  return {
    loss: value,
    outputs: Object.fromEntries(paths.map((path) => [path, outputs[path] as Tensor])),
    normOf: Object.fromEntries(paths.map((path) => [path, norm(gradientOf(path))])),
    meanOf: Object.fromEntries(paths.map((path) => [path, gradientOf(path).mean()])),
    parameterNormOf: Object.fromEntries(
      [...byLayer(gradient.weights)].map(([path, leaves]) => [path, globalNorm(leaves)]),
    ),
    timeNorms: Object.fromEntries(recurrent),
  };
}

/** dL/d(input) of a recurrent layer (N, T, F): the gradient of the output of the layer before it, or of the model's input. Undefined for
 *  the first layer inside another. */
function inputGradient(
  { path }: LayerInfo,
  { zeros, input }: { readonly zeros: Readonly<Record<string, Tensor>>; readonly input: Tensor },
): Tensor | undefined {
  const cut = path.lastIndexOf(".") + 1;
  const place = Number(path.slice(cut));
  const given = place > 0 ? zeros[`${path.slice(0, cut)}${place - 1}`] : cut === 0 ? input : undefined;
  return given?.rank === 3 ? given : undefined;
}

interface HostOutputs extends Readonly<Record<Exclude<keyof Outputs, "loss">, Readonly<Record<string, HostArray>>>> {}

function describeLayer(
  layer: LayerInfo,
  before: LayerInfo | undefined,
  values: HostOutputs,
  weights: readonly HostArray[] | undefined,
): LayerCensus | undefined {
  const { path, type } = layer;
  const output = values.outputs[path];
  const scalar = (from: keyof HostOutputs) => values[from][path]?.data[0] as number | undefined;
  if (output === undefined && weights === undefined) return undefined;
  const norm = scalar("normOf") ?? Number.NaN;
  const size = output === undefined ? 1 : sizeOf(output.shape);
  const times = values.timeNorms[path];
  return {
    path,
    type,
    isActivation: isActivation(layer),
    hasParameters: layer.parameterCount > 0,
    ...describeUnits(output, unitAxis(layer, before), saturationOf(layer)),
    outputGradientNorm: norm,
    outputGradientVariance: Math.max(0, norm ** 2 / size - (scalar("meanOf") ?? Number.NaN) ** 2),
    gradientNorm: scalar("parameterNormOf"),
    ...(weights === undefined ? {} : { weightNorm: hostNorm(weights), ...weightFacts(weights) }),
    ...(times === undefined ? {} : { throughTime: [...times.data] }),
  };
}
