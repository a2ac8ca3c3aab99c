import type { HostArray } from "../../src/core/dtype.ts";
import { batchNorm, dropout, leakyRelu, linear } from "../../src/nn/construct.ts";
import { computeLoss } from "../../src/nn/losses/losses.ts";
import { sequential } from "../../src/nn/model.ts";
import { createOptimizer } from "../../src/optim/optimizers.ts";
import { applyUpdates } from "../../src/optim/transform.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { compile } from "../../src/tensor/compile.ts";
import { valueAndGrad } from "../../src/tensor/grad.ts";
import { nextKey, randomKey } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const [BATCH, FEATURES, CLASSES] = [32, 20, 10];

type Batch<Value> = { readonly x: Value; readonly labels: Value };

/** A training step with batch normalisation, dropout and Adam, at its first state. */
export async function smallNetwork(backend: Backend) {
  const model = sequential([linear(32), batchNorm(), leakyRelu(), dropout(0.2), linear(CLASSES)], {
    inputShape: [FEATURES],
  });
  const optimizer = createOptimizer("adam");
  const { parameters, buffers } = model.initialize(1);
  const first = { parameters, buffers, optimizer: optimizer.init(parameters), key: randomKey(1) };
  return compile(
    (state: typeof first, { x, labels }: Batch<Tensor>) => {
      const { value, gradient, auxiliary } = valueAndGrad((current: typeof parameters) => {
        const applied = model.apply({ parameters: current, buffers: state.buffers }, x, {
          training: true,
          key: state.key,
        });
        return { value: computeLoss("softmaxCrossEntropy", applied.output, labels), auxiliary: applied.buffers };
      })(state.parameters);
      const { updates, state: moments } = optimizer.update(gradient, state.optimizer, state.parameters);
      return {
        outputs: { loss: value },
        state: {
          parameters: applyUpdates(state.parameters, updates),
          buffers: auxiliary as typeof buffers,
          optimizer: moments,
          key: nextKey(state.key),
        },
      };
    },
    { state: first, backend },
  );
}

function batch(turn: number): Batch<HostArray> {
  const x = new Float32Array(BATCH * FEATURES);
  const labels = new Int32Array(BATCH);
  for (let row = 0; row < BATCH; row++) {
    const label = (turn * 7 + row) % CLASSES;
    // one label in eleven is wrong, so that the loss never reaches 0
    labels[row] = (turn + row) % 11 === 0 ? (label + 1) % CLASSES : label;
    for (let k = 0; k < FEATURES; k++) x[row * FEATURES + k] = Math.sin(label * (k + 1)) + ((turn + row * k) % 5) * 0.1;
  }
  return {
    x: { shape: [BATCH, FEATURES], dtype: "float32", data: x },
    labels: { shape: [BATCH], dtype: "int32", data: labels },
  };
}

/** Batches that are already in memory, so that only the engine is measured. */
export const BATCHES: readonly Batch<HostArray>[] = Array.from({ length: 55 }, (_, turn) => batch(turn));
