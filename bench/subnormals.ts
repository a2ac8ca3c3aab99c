import type { HostArray } from "../src/core/dtype.ts";
import { mapTree, type Tree } from "../src/core/tree.ts";
import { linear, relu } from "../src/nn/construct.ts";
import { createModel } from "../src/nn/model.ts";
import type { Backend } from "../src/runtime/backend.ts";
import { compile } from "../src/tensor/compile.ts";
import { tensor } from "../src/tensor/create.ts";
import type { Tensor } from "../src/tensor/tensor.ts";
import { round } from "./numbers.ts";
import { best } from "./timing.ts";
import { BATCH, noise, stepOf } from "./workloads.ts";

const INPUTS = 512;
/** Inputs that stay live: from the sixth step on the others are zero, and their weights have no gradient any more. */
const LIVE_INPUTS = 64;
const FIRST_STEPS = 5;
const DECAY_STEPS = 1500;
const ROUNDS = 15;

/** Cost of numbers below float32's normal range: the same program on values that decayed to that range, and on values that never reach it. */
export interface SubnormalCost {
  /** A step after 1,500 steps in which most weights had no gradient, so that Adam's moments decayed. */
  readonly ms: number;
  /** A step of the same network from its start. */
  readonly fresh_ms: number;
  readonly ratio: number;
  /** A forward pass with half of the weights at 1e-40, over one with zeros in their place. */
  readonly forward_ratio: number;
}

const NETWORK = { inputShape: [INPUTS], layers: [linear(256), relu(), linear(10)], task: "classes" } as const;

/** Runs both in turn; the least time of each counts. */
function interleaved(first: () => void, second: () => void): readonly [number, number] {
  const rounds = Array.from({ length: ROUNDS }, () => [best(first, 5), best(second, 5)] as const);
  return [Math.min(...rounds.map(([a]) => a)), Math.min(...rounds.map(([, b]) => b))];
}

export async function measureSubnormals(backend: Backend): Promise<SubnormalCost> {
  const x = noise([BATCH, INPUTS], 7);
  const mostlyZero: HostArray = { ...x, data: x.data.map((value, at) => (at % INPUTS < LIVE_INPUTS ? value : 0)) };
  const y: HostArray = {
    shape: [BATCH],
    dtype: "int32",
    data: Int32Array.from({ length: BATCH }, (_, at) => (at * 7) % 10),
  };
  const [old, fresh] = [await stepOf(NETWORK, backend), await stepOf(NETWORK, backend)];
  for (let step = 0; step < FIRST_STEPS; step++) old.runSync({ x, y });
  for (let step = 0; step < DECAY_STEPS; step++) old.runSync({ x: mostlyZero, y });
  const [ms, freshMs] = interleaved(
    () => old.runSync({ x: mostlyZero, y }),
    () => fresh.runSync({ x: mostlyZero, y }),
  );
  const [sunk, zero] = [await prepareForward(backend, 1e-40), await prepareForward(backend, 0)];
  const [sunkMs, zeroMs] = interleaved(sunk, zero);
  return { ms: round(ms), fresh_ms: round(freshMs), ratio: round(ms / freshMs), forward_ratio: round(sunkMs / zeroMs) };
}

/** A forward pass in which every second weight has the given value. */
async function prepareForward(backend: Backend, small: number): Promise<() => void> {
  const model = createModel(NETWORK);
  const x = noise([BATCH, INPUTS], 7);
  const parameters = mapTree(model.initialize(1).parameters as Tree<Tensor>, (leaf) => {
    const values = noise(leaf.shape, 3);
    return tensor({ ...values, data: values.data.map((value, at) => (at % 2 === 0 ? small : value)) } as HostArray);
  });
  const step = await compile(
    (state: { parameters: Tree<Tensor> }, batch: { x: Tensor }) => ({
      outputs: {
        y: model.apply({ parameters: state.parameters, buffers: {} } as never, batch.x, { training: false }).output,
      },
      state,
    }),
    { state: { parameters }, backend },
  );
  return () => {
    step.runSync({ x });
  };
}
