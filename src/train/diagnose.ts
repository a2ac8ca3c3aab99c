import type { HostArray } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import type { Tree } from "../core/tree.ts";
import { treeLeaves } from "../core/tree.ts";
import { applyUpdates } from "../optim/transform.ts";
import { compile, type StepResult } from "../tensor/compile.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { feedArrays, toModelState } from "./feed.ts";
import { countNonFinite, firstNonFinite } from "./finite.ts";
import type { Plan } from "./prepare.ts";
import type { BadStep } from "./replay.ts";
import type { TrainingSession } from "./session.ts";
import { differentiate, layerOf, type StepBatch, type TrainingState } from "./step.ts";

/** The first tensor of a step, in order of computation, that holds a NaN or an infinity. */
export interface Finding {
  /** Layer path; undefined for the batch and the loss. */
  readonly layer: string | undefined;
  /** "output", "weight", "gradient of weight", "updated weight", "optimizer's second.0.weight", … */
  readonly tensor: string;
  readonly count: number;
  readonly size: number;
}

type DiagnosticOutputs = {
  readonly activations: readonly Tensor[];
  readonly loss: Tensor;
  readonly objective: Tensor;
  readonly gradient: Tree<Tensor>;
  readonly parameters: Tree<Tensor>;
  readonly buffers: Tree<Tensor>;
  readonly optimizer: Tree<Tensor>;
};

/** Runs a step again from the state before it, returns every intermediate value, and looks for the first bad one: batch,
 *  weights, outputs layer by layer, loss, gradients from the last layer to the first, weights and moments after the update. */
export async function diagnose(
  session: TrainingSession,
  plan: Plan,
  { record, batch, before }: BadStep,
): Promise<Finding | undefined> {
  const { parts, state } = session;
  const layers: string[] = [];
  const step = await compile<TrainingState, StepBatch, DiagnosticOutputs>(
    (current, fed): StepResult<TrainingState, DiagnosticOutputs> => {
      const activations: Tensor[] = [];
      layers.length = 0;
      const { value, gradient, auxiliary } = differentiate(parts, current, fed, (path, y) => {
        layers.push(path);
        activations.push(y);
        return y;
      });
      const { updates, state: optimizer } = parts.transform.update(gradient, current.optimizer, current.parameters, {
        ...(fed.learningRate === undefined ? {} : { learningRate: fed.learningRate }),
        ...(fed.momentum === undefined ? {} : { momentum: fed.momentum }),
      });
      return {
        outputs: {
          activations,
          loss: auxiliary.loss,
          objective: value,
          gradient,
          parameters: applyUpdates(current.parameters, updates),
          buffers: auxiliary.buffers,
          optimizer,
        },
      };
    },
    { state },
  );
  try {
    const fed = feedArrays(plan.train, batch, record) as Readonly<Record<"x" | "y", HostArray>>;
    const values = await step.run(fed as Parameters<typeof step.run>[0]);
    const activations = values.activations as readonly HostArray[];
    const candidates: readonly {
      readonly layer: string | undefined;
      readonly tensor: string;
      readonly array: HostArray;
    }[] = [
      { layer: undefined, tensor: "inputs of the batch", array: fed.x },
      { layer: undefined, tensor: "targets of the batch", array: fed.y },
      ...named(before.parameters, (name) => name),
      ...named(before.buffers, (name) => name),
      ...activations.map((array, index) => ({ layer: layers[index], tensor: "output", array })),
      { layer: undefined, tensor: "loss", array: values.loss as HostArray },
      { layer: undefined, tensor: "regularizer", array: values.objective as HostArray },
      ...named(values.gradient as Tree<HostArray>, (name) => `gradient of ${name}`).reverse(),
      ...named(values.parameters as Tree<HostArray>, (name) => `updated ${name}`),
      ...named(values.buffers as Tree<HostArray>, (name) => `updated ${name}`),
      ...treeLeaves(values.optimizer as Tree<HostArray>).map(({ path, leaf }) => optimizerValue(path, leaf)),
    ];
    for (const { layer, tensor, array } of candidates) {
      const count = countNonFinite(array);
      if (count > 0) return { layer, tensor, count, size: array.data.length };
    }
    return undefined;
  } finally {
    step.dispose();
  }
}

function named(tree: Tree<HostArray>, describe: (name: string) => string) {
  return treeLeaves(tree).map(({ path, leaf }) => ({
    layer: layerOf(path),
    tensor: describe(path.slice(path.lastIndexOf(".") + 1)),
    array: leaf,
  }));
}

function optimizerValue(path: string, array: HostArray) {
  return { layer: undefined, tensor: `optimizer's ${path}`, array };
}

/** The error that ends such a run. Its values carry step, epoch, layer, tensor and `state`, the last finite weights. */
export async function notFiniteError(
  session: TrainingSession,
  plan: Plan,
  bad: BadStep,
  finding: Finding | undefined,
): Promise<GradusError> {
  const { record, before } = bad;
  const found = finding ?? (await stateFinding(session));
  const where =
    found.layer === undefined ? `the ${found.tensor}` : `the ${found.tensor} of ${layerName(session, found.layer)}`;
  return new GradusError(
    "not-finite",
    `fit: at step ${record.step} (epoch ${record.epoch}) values became NaN or infinite, first in ${where}: ` +
      `${found.count} of ${found.size}. The weights from before that step are kept. ` +
      "Lower the learning rate, clip the gradients, or scale the inputs.",
    { step: record.step, epoch: record.epoch, ...found, state: toModelState(before, plan.train.featureNames) },
  );
}

/** The diagnostic program rounds differently from the fused one. If its values just stay finite, the state shows the fault. */
async function stateFinding(session: TrainingSession): Promise<Finding> {
  const { parameters, optimizer } = await session.read();
  const bad = firstNonFinite(parameters);
  if (bad !== undefined) {
    const tensor = `updated ${bad.path.slice(bad.path.lastIndexOf(".") + 1)}`;
    return { layer: layerOf(bad.path), tensor, count: bad.count, size: bad.size };
  }
  const moment = firstNonFinite(optimizer);
  if (moment === undefined) return { layer: undefined, tensor: "loss", count: 1, size: 1 };
  return { layer: undefined, tensor: `optimizer's ${moment.path}`, count: moment.count, size: moment.size };
}

function layerName(session: TrainingSession, path: string): string {
  const info = session.model.layers.find((layer) => layer.path === path);
  return info === undefined ? `layers.${path}` : `layers.${path} (${info.type})`;
}
