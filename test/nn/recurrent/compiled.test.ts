import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { HostArray } from "../../../src/core/dtype.ts";
import { type Tree, treeLeaves } from "../../../src/core/tree.ts";
import { embedding, gru, linear, lstm, rnn } from "../../../src/nn/construct.ts";
import type { LayerInput } from "../../../src/nn/layers.ts";
import type { ModelState } from "../../../src/nn/state.ts";
import type { Backend } from "../../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../../src/runtime/reference/interpreter.ts";
import { compile } from "../../../src/tensor/compile.ts";
import { valueAndGrad } from "../../../src/tensor/grad.ts";
import { randomKey } from "../../../src/tensor/random.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { arrayOf, scattered } from "../../autodiff/arrays.ts";
import { compiledBackends } from "../../engine/backends.ts";
import { modelOf } from "../support.ts";

const BATCH = 5;
const STEPS = 7;
const VOCABULARY = 6;

/** Padded sequences: the last steps of every second sample hold 9 everywhere. */
const PADDED = arrayOf([BATCH, STEPS, 3], (index) => {
  const [sample, t] = [Math.floor(index / (STEPS * 3)), Math.floor(index / 3) % STEPS];
  return sample % 2 === 1 && t >= STEPS - sample ? 9 : Math.sin(index * 1.7);
});

/** Sequences of indices; 0 is padding. */
const INDICES = arrayOf([BATCH, STEPS], (index) => (index % STEPS > 4 ? 0 : 1 + ((index * 7) % (VOCABULARY - 1))));

const CASES: readonly { readonly name: string; readonly x: HostArray; readonly layers: readonly LayerInput[] }[] = [
  { name: "rnn", x: scattered([BATCH, STEPS, 3]), layers: [rnn(6, { activation: "relu", layers: 2 }), linear(2)] },
  {
    name: "lstm of two layers with every dropout",
    x: scattered([BATCH, STEPS, 3]),
    layers: [lstm(8, { layers: 2, dropout: 0.3, inputDropout: 0.2, recurrentDropout: 0.2 }), linear(2)],
  },
  {
    name: "lstm with peepholes in both directions over padded sequences",
    x: PADDED,
    layers: [lstm(5, { peepholes: true, bidirectional: true, mask: 9, returnSequences: true }), linear(2)],
  },
  {
    name: "gru over embedded indices",
    x: INDICES,
    layers: [embedding(VOCABULARY, 4, { padding: 0 }), gru(9, { mask: 0, recurrentBias: true }), linear(2)],
  },
  {
    name: "gru that resets before the product, reversed",
    x: scattered([BATCH, STEPS, 3]),
    layers: [gru(6, { resetAfter: false, reverse: true, returnSequences: true }), linear(1)],
  },
];

const backends = compiledBackends({ threads: 2 });
after(() => {
  for (const backend of backends) backend.dispose();
});

/** Value and gradients of a mean square. */
async function run(backend: Backend, layers: readonly LayerInput[], x: HostArray): Promise<number[][]> {
  const model = modelOf(x.shape.slice(1), ...layers);
  const { parameters: first } = model.initialize(4);
  const step = await compile(
    ({ parameters }: { parameters: Tree<Tensor> }, inputs: { x: Tensor }) => {
      const { value, gradient } = valueAndGrad((leaves: Tree<Tensor>) =>
        model
          .apply({ parameters: leaves, buffers: {} } as ModelState, inputs.x, { training: true, key: randomKey(3) })
          .output.add(0.5)
          .square()
          .mean(),
      )(parameters);
      return { outputs: { value, gradient }, state: { parameters } };
    },
    { state: { parameters: first as Tree<Tensor> }, backend },
  );
  const { value, gradient } = step.runSync({ x });
  step.dispose();
  return [value, ...treeLeaves<HostArray>(gradient).map(({ leaf }) => leaf)].map(({ data }) => Array.from(data));
}

for (const backend of backends) {
  for (const { name, x, layers } of CASES) {
    test(`${name}: value and gradients are the reference's: ${backend.description}`, async () => {
      const exact = await run(createReferenceBackend(), layers, x);
      (await run(backend, layers, x)).forEach((values, index) => {
        const expected = exact[index] as number[];
        const largest = Math.max(...expected.map(Math.abs));
        assert.ok(largest > 0, `leaf ${index} is not zero everywhere`);
        values.forEach((found, k) => {
          const difference = Math.abs(found - (expected[k] as number));
          assert.ok(difference <= 1e-5 * Math.max(largest, 1e-2), `leaf ${index}, element ${k}: off by ${difference}`);
        });
      });
    });
  }
}
