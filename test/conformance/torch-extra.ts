import type { HostArray } from "../../src/core/dtype.ts";
import { createModel } from "../../src/nn/model.ts";
import { createClip } from "../../src/optim/clip.ts";
import { createSchedule } from "../../src/optim/schedules.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { valueAndGrad } from "../../src/tensor/grad.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { flatten, hostArrayOfNested, type Nested } from "./arrays.ts";
import { type Case, type Kind, toleranceOf, Unsupported } from "./case.ts";
import type { Comparison } from "./compare.ts";
import { evaluateOn } from "./evaluate.ts";
import { parseCall } from "./python-call.ts";
import { activationOfCall } from "./torch-activation.ts";
import { TORCH_CLIP_EPSILON } from "./torch-optimizer.ts";
import { scheduleOfCall } from "./torch-schedule.ts";

interface ScheduleVector {
  readonly name: string;
  readonly baseLr: number;
  readonly lr: readonly number[];
  readonly momentum: readonly number[] | null;
  readonly metrics: readonly number[] | null;
}

interface ActivationVector {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly dydx: readonly number[];
}

interface ClipVector {
  readonly maxNorm: number;
  readonly normType: number | "inf";
  readonly grads: readonly Nested[];
  readonly returnedTotalNorm: number;
  readonly clipped: readonly Nested[];
}

interface TorchExtra {
  readonly schedules: readonly ScheduleVector[];
  readonly activations: readonly ActivationVector[];
  readonly clipGradNorm: readonly ClipVector[];
}

function runSchedule(vector: ScheduleVector, comparison: Comparison): void {
  const config = scheduleOfCall(parseCall(vector.name));
  const schedule = createSchedule(config, vector.baseLr);
  // past its length PyTorch's cosine rises again; ours keeps its last value, like every other schedule
  const last = config.type === "cosine" ? config.length : vector.lr.length;
  vector.lr.forEach((_, t) => {
    comparison.check(`lr at ${t}`, [schedule.valueAt(t, t)], [vector.lr[Math.min(t, last)] as number]);
    const momentum = vector.momentum?.[t];
    if (momentum !== undefined) {
      comparison.check(`momentum at ${t}`, [schedule.momentumAt?.(t, t) ?? Number.NaN], [momentum]);
    }
    const metric = vector.metrics?.[t];
    if (metric !== undefined) schedule.onEpochEnd?.(metric);
  });
}

async function runActivation(vector: ActivationVector, backend: Backend, comparison: Comparison): Promise<void> {
  const layer = activationOfCall(parseCall(vector.name));
  if (!layer) throw new Unsupported(`activation ${vector.name}`);
  const model = createModel({ inputShape: [vector.x.length], layers: [layer] });
  const { y, dydx } = await evaluateOn(backend, { x: hostArrayOfNested([vector.x]) }, (inputs) => {
    const { gradient, auxiliary } = valueAndGrad((x: Tensor) => {
      const { output } = model.apply({ parameters: {}, buffers: {} }, x, { training: false });
      return { value: output.sum(), auxiliary: output };
    })(inputs.x as Tensor);
    return { y: auxiliary, dydx: gradient };
  });
  comparison.check("y", (y as HostArray).data, vector.y);
  comparison.check("dy/dx", (dydx as HostArray).data, vector.dydx);
}

async function runClip(vector: ClipVector, backend: Backend, comparison: Comparison): Promise<void> {
  const { maxNorm, normType } = vector;
  const clip = createClip({ type: "globalNorm", maxNorm, normType, epsilon: TORCH_CLIP_EPSILON });
  const inputs = Object.fromEntries(vector.grads.map((value, index) => [`g${index}`, hostArrayOfNested(value)]));
  const outputs = await evaluateOn(backend, inputs, (gradients) => {
    const { updates, measures } = clip.update(gradients, {}, gradients);
    return { ...(updates as Readonly<Record<string, Tensor>>), norm: measures?.gradientNorm as Tensor };
  });
  comparison.check("norm", (outputs.norm as HostArray).data, [vector.returnedTotalNorm]);
  vector.clipped.forEach((value, index) => {
    comparison.check(`gradient ${index}`, (outputs[`g${index}`] as HostArray).data, flatten(value));
  });
}

/** PyTorch's hard sigmoid and hard swish divide by six in float32. */
function activationTolerance(name: string): number {
  return name.startsWith("hard") ? 1e-7 : 1e-10;
}

/** Learning-rate schedules, activations with derivatives, and clipping by PyTorch. */
export const torchExtra: Kind = {
  name: "torch-extra",
  recognises: ({ schedules, activations, clipGradNorm }) => [schedules, activations, clipGradNorm].some(Array.isArray),
  cases(content, { backend }): readonly Case[] {
    const { schedules = [], activations = [], clipGradNorm = [] } = content as Partial<TorchExtra>;
    return [
      ...schedules.map((vector) => ({
        name: vector.name,
        // schedules are computed on the host, in float64, regardless of the backend
        tolerance: 1e-10,
        run: (comparison: Comparison) => runSchedule(vector, comparison),
      })),
      ...activations.map((vector) => ({
        name: vector.name,
        tolerance: toleranceOf(backend.name, activationTolerance(vector.name)),
        run: async (comparison: Comparison) => runActivation(vector, backend, comparison),
      })),
      ...clipGradNorm.map((vector) => ({
        name: `clip_grad_norm(max_norm=${vector.maxNorm},norm_type=${vector.normType})`,
        tolerance: toleranceOf(backend.name),
        run: async (comparison: Comparison) => runClip(vector, backend, comparison),
      })),
    ];
  },
};
