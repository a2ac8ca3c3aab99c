import type { HostArray } from "../../src/core/dtype.ts";
import { mapTree, type Tree } from "../../src/core/tree.ts";
import type { LossConfig } from "../../src/nn/losses/losses.ts";
import { computeLoss } from "../../src/nn/losses/losses.ts";
import type { Model } from "../../src/nn/model.ts";
import { penalty } from "../../src/nn/regularizer.ts";
import type { NamedTree } from "../../src/nn/state.ts";
import { createClip } from "../../src/optim/clip.ts";
import { globalNorm } from "../../src/optim/norms.ts";
import { createOptimizer } from "../../src/optim/optimizers.ts";
import { createSchedule } from "../../src/optim/schedules.ts";
import { applyUpdates, chain, type Transform } from "../../src/optim/transform.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { type CompiledStep, compile } from "../../src/tensor/compile.ts";
import { tensor } from "../../src/tensor/create.ts";
import { valueAndGrad } from "../../src/tensor/grad.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { hostArrayOf, numbersOf, type StoredTensor } from "./arrays.ts";
import { type Case, type Kind, toleranceOf, Unsupported } from "./case.ts";
import type { Comparison } from "./compare.ts";
import { arrayAt, modelOf, placeOf, type StateArrays, type TorchLayer } from "./torch-model.ts";
import { clipOf, optimizerOf, type TorchArguments, type TorchClip } from "./torch-optimizer.ts";
import { type SchedulerArguments, scheduleOf } from "./torch-schedule.ts";

type Named = Readonly<Record<string, StoredTensor>>;

interface Measured {
  readonly loss: readonly number[];
  readonly final: Named;
  readonly evalOutputBatch0: StoredTensor;
}

interface MeasuredInFull extends Measured {
  readonly gradNorm: readonly number[];
  readonly lr: readonly number[];
  readonly momentum: readonly (number | null)[] | null;
  readonly firstOutput: StoredTensor;
  readonly firstGrads: Named;
  readonly afterStep1: Named;
}

interface Trajectory {
  readonly name: string;
  readonly model: readonly TorchLayer[];
  readonly loss: { readonly type: string; readonly reduction: string; readonly [field: string]: unknown };
  readonly regularizer: { readonly l1: number; readonly l2: number } | null;
  readonly optimizer: { readonly type: string };
  readonly optimizerResolved: TorchArguments;
  readonly clip: TorchClip | null;
  readonly schedule: ({ readonly type: string } & SchedulerArguments) | null;
  readonly steps: number;
  readonly batches: readonly { readonly x: StoredTensor; readonly y: StoredTensor }[];
  readonly init: Named;
  readonly float64: MeasuredInFull;
  readonly float32: Measured;
}

const LOSS_NAMES: Readonly<Record<string, LossConfig["type"]>> = {
  softmaxCrossEntropy: "softmaxCrossEntropy",
  mse: "mse",
  mae: "mae",
  huber: "huber",
  smoothL1: "smoothL1",
  bceWithLogits: "binaryCrossEntropyWithLogits",
};

function lossOf({ type, ...options }: Trajectory["loss"]): LossConfig {
  const name = LOSS_NAMES[type];
  if (!name) throw new Unsupported(`loss ${type}`);
  return { ...options, type: name } as LossConfig;
}

type State = { readonly parameters: NamedTree; readonly buffers: NamedTree; readonly optimizer: Tree<Tensor> };
type Batch = { readonly x: Tensor; readonly y: Tensor; readonly learningRate: Tensor; readonly momentum?: Tensor };
type Outputs = {
  readonly loss: Tensor;
  readonly gradientNorm: Tensor;
  readonly output: Tensor;
  readonly gradients: NamedTree;
};

/** The initial state of the model with the values of the file. */
function initialState(
  model: Model,
  { model: layers, init }: Trajectory,
): { readonly parameters: NamedTree; readonly buffers: NamedTree } {
  const state = model.initialize(0);
  const values = new Map(
    Object.entries(init).map(([key, stored]) => {
      const { kind, layer, name } = placeOf(key, layers);
      return [`${kind}.${layer}.${name}`, hostArrayOf(stored)] as [string, HostArray];
    }),
  );
  return mapTree({ parameters: state.parameters, buffers: state.buffers } as Tree<Tensor>, (_, path) => {
    const value = values.get(path);
    if (value === undefined) throw new Error(`the file has no first value for ${path}`);
    return tensor(value);
  }) as State;
}

async function trainingStep(trajectory: Trajectory, model: Model, transform: Transform, backend: Backend) {
  const loss = lossOf(trajectory.loss);
  const { regularizer } = trajectory;
  const first = initialState(model, trajectory);
  return compile<State, Batch, Outputs>(
    ({ parameters, buffers, optimizer }, { x, y, learningRate, momentum }) => {
      const { value, gradient, auxiliary } = valueAndGrad((weights: NamedTree) => {
        const applied = model.apply({ parameters: weights, buffers }, x, { training: true });
        const plain = computeLoss(loss, applied.output, y);
        return {
          value: regularizer ? plain.add(penalty(weights, { l1: regularizer.l1, l2: regularizer.l2 })) : plain,
          auxiliary: applied,
        };
      })(parameters);
      const { updates, state } = transform.update(gradient, optimizer, parameters, { learningRate, momentum });
      return {
        outputs: { loss: value, gradientNorm: globalNorm(gradient), output: auxiliary.output, gradients: gradient },
        state: { parameters: applyUpdates(parameters, updates), buffers: auxiliary.buffers, optimizer: state },
      };
    },
    { state: { ...first, optimizer: transform.init(first.parameters) }, backend },
  );
}

async function evaluationStep(model: Model, training: CompiledStep<State, Batch, Outputs>) {
  return compile<State, { readonly x: Tensor }, { readonly output: Tensor }>(
    (state, { x }) => ({ outputs: { output: model.apply(state, x, { training: false }).output } }),
    { state: training.state },
  );
}

/** Every array that the file names and our state holds. */
function checkState(
  comparison: Comparison,
  label: string,
  arrays: StateArrays,
  expected: Named,
  layers: readonly TorchLayer[],
): void {
  for (const [key, stored] of Object.entries(expected)) {
    const place = placeOf(key, layers);
    const found = arrayAt(arrays, place);
    if (found) comparison.check(`${label} ${key}`, found.data, numbersOf(stored));
    else if (place.name !== "count") throw new Error(`the model has no ${key}`);
  }
}

async function runTrajectory(trajectory: Trajectory, backend: Backend, comparison: Comparison): Promise<void> {
  const { batches, schedule: scheduleConfig, float64 } = trajectory;
  const exact = backend.name === "reference";
  const expected = exact ? float64 : trajectory.float32;
  const [firstBatch] = batches;
  if (!firstBatch) throw new Error("the file has no batch");
  const model = modelOf(trajectory.model, firstBatch.x.shape.slice(1));
  const optimizer = createOptimizer(optimizerOf(trajectory.optimizer.type, trajectory.optimizerResolved));
  const transform = trajectory.clip ? chain(createClip(clipOf(trajectory.clip)), optimizer) : optimizer;
  const base = optimizer.defaultLearningRate;
  const schedule = createSchedule(scheduleConfig ? scheduleOf(scheduleConfig.type, scheduleConfig) : "constant", base);
  const step = await trainingStep(trajectory, model, transform, backend);
  const evaluation = await evaluationStep(model, step);

  for (let t = 0; t < trajectory.steps; t++) {
    const { x, y } = batches[t % batches.length] as { x: StoredTensor; y: StoredTensor };
    const learningRate = schedule.valueAt(t, 0);
    const momentum = optimizer.usesMomentum ? schedule.momentumAt?.(t, 0) : undefined;
    const fed = { x: hostArrayOf(x), y: hostArrayOf(y), learningRate, ...(momentum === undefined ? {} : { momentum }) };
    const { loss, gradientNorm, output, gradients } = step.runSync(fed);
    comparison.check(`lr at step ${t}`, [learningRate], [float64.lr[t] as number]);
    const expectedMomentum = float64.momentum?.[t];
    if (momentum !== undefined && typeof expectedMomentum === "number") {
      comparison.check(`momentum at step ${t}`, [momentum], [expectedMomentum]);
    }
    comparison.check(`loss at step ${t}`, loss.data, [expected.loss[t] as number]);
    comparison.check(`gradient norm at step ${t}`, gradientNorm.data, [float64.gradNorm[t] as number]);
    if (t > 0) continue;
    comparison.check("first output", output.data, numbersOf(float64.firstOutput));
    const asState = { parameters: gradients, buffers: {} } as unknown as StateArrays;
    checkState(comparison, "first gradient", asState, float64.firstGrads, trajectory.model);
    checkState(
      comparison,
      "after step 1",
      (await step.state.read()) as unknown as StateArrays,
      float64.afterStep1,
      trajectory.model,
    );
  }
  checkState(
    comparison,
    "final",
    (await step.state.read()) as unknown as StateArrays,
    expected.final,
    trajectory.model,
  );
  const { output } = evaluation.runSync({ x: hostArrayOf(firstBatch.x) }) as { readonly output: HostArray };
  comparison.check("evaluation output", output.data, numbersOf(expected.evalOutputBatch0));
  step.dispose();
  evaluation.dispose();
  step.state.dispose();
}

/** PyTorch computes its hard sigmoid with a sixth in float32. */
function toleranceFor({ model }: Trajectory): number {
  return model.some(({ type }) => type === "hardsigmoid") ? 1e-7 : 1e-10;
}

/** Training runs in PyTorch: model, batches, initial values, and every loss, norm and weight of the run. */
export const torchTrajectory: Kind = {
  name: "torch-trajectory/1",
  recognises: ({ schema }) => schema === "torch-trajectory/1",
  cases(content, { backend }): readonly Case[] {
    const trajectory = content as Trajectory;
    return [
      {
        name: trajectory.name,
        tolerance: toleranceOf(backend.name, toleranceFor(trajectory)),
        run: async (comparison) => runTrajectory(trajectory, backend, comparison),
      },
    ];
  },
};
