import assert from "node:assert/strict";
import { type ErrorCode, GradusError } from "../../src/core/errors.ts";
import { treeLeaves } from "../../src/core/tree.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { blobs } from "../../src/data/synthetic/blobs.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { createModel, type Model } from "../../src/nn/model.ts";
import type { ModelState } from "../../src/nn/state.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import type { FitOptions } from "../../src/train/options.ts";

/** 30 points in three clouds that a few epochs separate. */
export function clouds(samples = 30): Dataset {
  return blobs({ samples, classes: 3, spread: 0.4, seed: 5 });
}

export function classifier(
  layers: readonly LayerInput[] = [{ type: "linear", units: 6 }, { type: "tanh" }],
  classes = 3,
): Model {
  return createModel({ inputShape: [2], layers: [...layers, { type: "linear", units: classes }] });
}

/** y = 2 a - b, exactly. */
export function line(samples = 12): Dataset {
  const inputs = Array.from({ length: samples }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
  return fromArrays({ name: "line", inputs, targets: inputs.map(([a = 0, b = 0]) => [2 * a - b]) });
}

/** Options that run in milliseconds on the interpreter. */
export const tiny = {
  loss: "softmaxCrossEntropy",
  optimizer: { type: "adam", learningRate: 0.05 },
  batchSize: 8,
  epochs: 3,
  seed: 1,
  backend: createReferenceBackend(),
} as const satisfies Omit<FitOptions, "data">;

/** All values of a state, by path. */
export async function valuesOf(state: ModelState): Promise<ReadonlyMap<string, readonly number[]>> {
  const leaves = [...treeLeaves<Tensor>(state.parameters), ...treeLeaves<Tensor>(state.buffers)];
  return new Map(
    await Promise.all(
      leaves.map(async ({ path, leaf }) => [path, [...(await leaf.data())] as readonly number[]] as const),
    ),
  );
}

/** Asserts that a promise fails with this code, and returns the error. */
export async function failsWith(code: ErrorCode, run: () => unknown): Promise<GradusError> {
  let caught: unknown;
  try {
    await run();
  } catch (error) {
    caught = error;
  }
  assert.ok(caught instanceof GradusError, `expected a GradusError ${code}, got ${String(caught)}`);
  assert.equal(caught.code, code, caught.message);
  return caught;
}
