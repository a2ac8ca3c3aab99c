import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { treeLeaves } from "../../src/core/tree.ts";
import { ACTIVATIONS, type ActivationType } from "../../src/nn/activations.ts";
import * as build from "../../src/nn/construct.ts";
import type { LayerConfig, LayerInput } from "../../src/nn/layers.ts";
import { computeLoss } from "../../src/nn/losses/losses.ts";
import { createModel, type ModelInput, sequential } from "../../src/nn/model.ts";
import type { ModelState } from "../../src/nn/state.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compile } from "../../src/tensor/compile.ts";
import { valueAndGrad } from "../../src/tensor/grad.ts";
import { nextKey, randomKey } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { listed, scattered } from "../autodiff/arrays.ts";
import { literal, numbersOf } from "./support.ts";

const model = sequential(
  [
    build.flatten(),
    build.linear(512),
    build.batchNorm(),
    build.leakyRelu(),
    build.dropout(0.25),
    build.skip([build.linear(512, { init: "heUniform" }), build.elu({ alpha: 0.5 })]),
    build.block([build.linear(100, { bias: false }), build.activation("tanh")]),
    build.linear(10),
  ],
  { inputShape: [28, 28] },
);

test("the summary shows each layer, its output and its parameters", () => {
  assert.equal(
    model.summary(),
    `layer                                     output shape  parameters
------------------------------------------------------------------
input                                     (N, 28, 28)
0  flatten                                (N, 784)               0
1  linear(units=512)                      (N, 512)         401,920
2  batchNorm                              (N, 512)           1,024
3  leakyRelu(slope=0.01)                  (N, 512)               0
4  dropout(rate=0.25)                     (N, 512)               0
5  skip                                   (N, 512)               0
  5.0  linear(units=512, init=heUniform)  (N, 512)         262,656
  5.1  elu(alpha=0.5)                     (N, 512)               0
6  sequential                             (N, 100)               0
  6.0  linear(units=100, bias=false)      (N, 100)          51,200
  6.1  tanh                               (N, 100)               0
7  linear(units=10)                       (N, 10)            1,010
------------------------------------------------------------------
717,810 parameters, 1,024 running values`,
  );
});

test("JSON restores the model", () => {
  const text = JSON.stringify(model);
  const back = createModel(JSON.parse(text) as ModelInput);
  assert.equal(JSON.stringify(back), text);
  assert.equal(back.summary(), model.summary());
  assert.deepEqual(back.layers, model.layers);
});

test("JSON shows every default, and shorthands in full", () => {
  const { config } = createModel({
    inputShape: [4],
    layers: [
      { type: "linear", units: 2, init: "orthogonal" },
      "leakyRelu",
      { type: "activation", function: "gelu" },
      { type: "activation", function: { type: "elu", alpha: 2 } },
    ],
  });
  assert.deepEqual(config, {
    inputShape: [4],
    layers: [
      { type: "linear", units: 2, bias: true, init: { type: "orthogonal", gain: 1 }, biasInit: { type: "zeros" } },
      { type: "leakyRelu", slope: 0.01 },
      { type: "gelu", form: "exact" },
      { type: "elu", alpha: 2 },
    ],
  });
});

test("constructors write what JSON would", () => {
  assert.deepEqual(build.linear(3, { bias: false }), { type: "linear", units: 3, bias: false });
  assert.deepEqual(build.batchNorm({ decay: "cumulative" }), { type: "batchNorm", decay: "cumulative" });
  assert.deepEqual(build.gaussianDropout(0.1), { type: "gaussianDropout", rate: 0.1 });
  const constructors = new Map<string, unknown>(Object.entries(build));
  for (const type of Object.keys(ACTIVATIONS)) {
    assert.deepEqual((constructors.get(type) as () => LayerConfig)(), { type });
  }
});

/** Random models of vectors. */
const layers: fc.Arbitrary<LayerInput[]> = fc.letrec<{ layer: LayerInput; list: LayerInput[] }>((tie) => ({
  layer: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ type: fc.constant("linear" as const), units: fc.integer({ min: 1, max: 5 }), bias: fc.boolean() }),
    fc.constantFrom(...(Object.keys(ACTIVATIONS) as ActivationType[])),
    fc.constantFrom<LayerInput>(
      "batchNorm",
      { type: "layerNorm", affine: false },
      { type: "batchNorm", decay: "cumulative" },
    ),
    fc.record({ type: fc.constant("dropout" as const), rate: fc.double({ min: 0, max: 0.9, noNaN: true }) }),
    tie("list").map((inner): LayerInput => ({ type: "skip", layers: inner, projection: true })),
    tie("list").map((inner): LayerInput => ({ type: "sequential", layers: inner })),
  ),
  list: fc.array(tie("layer"), { minLength: 1, maxLength: 4 }),
})).list;

test("whatever the layers, shapes, states and JSON agree", () => {
  fc.assert(
    fc.property(layers, fc.integer({ min: 1, max: 4 }), (list, inputs) => {
      const any = createModel({ inputShape: [inputs], layers: list });
      const again = createModel(JSON.parse(JSON.stringify(any)) as ModelInput);
      assert.deepEqual(again.config, any.config);
      assert.deepEqual(again.layers, any.layers);
      const state = any.initialize(1);
      const leaves = treeLeaves<Tensor>(state.parameters);
      const declared = any.layers.flatMap(({ path, parameters }) =>
        Object.entries(parameters).map(([name, shape]) => [`${path}.${name}`, shape] as const),
      );
      assert.deepEqual(
        Object.fromEntries(leaves.map(({ path, leaf }) => [path, leaf.shape])),
        Object.fromEntries(declared),
      );
      assert.equal(
        leaves.reduce((sum, { leaf }) => sum + leaf.size, 0),
        any.parameterCount,
      );
      const x = literal(scattered([2, inputs]));
      const trained = any.apply(state, x, { training: true, key: randomKey(1) });
      assert.deepEqual(trained.output.shape, [2, ...any.outputShape]);
      assert.deepEqual([...trained.activations.keys()].sort(), any.layers.map(({ path }) => path).sort());
      for (const { path, outputShape } of any.layers)
        assert.deepEqual(trained.activations.get(path)?.shape, [2, ...outputShape]);
      // the buffers keep their names, and prediction does not change them
      assert.deepEqual(
        treeLeaves(trained.buffers).map(({ path }) => path),
        treeLeaves(state.buffers).map(({ path }) => path),
      );
      const predicted = any.apply(state, x, { training: false });
      assert.deepEqual(treeLeaves<Tensor>(predicted.buffers), treeLeaves<Tensor>(state.buffers));
    }),
    { numRuns: 60, seed: 5 },
  );
});

test("a layer without parameters has no key in the trees", () => {
  const small = sequential(["relu", build.linear(2), build.batchNorm(), build.skip(["relu"])], { inputShape: [3] });
  const { parameters, buffers } = small.initialize(0);
  assert.deepEqual(
    treeLeaves(parameters).map(({ path }) => path),
    ["1.weight", "1.bias", "2.weight", "2.bias"],
  );
  assert.deepEqual(
    treeLeaves(buffers).map(({ path }) => path),
    ["2.runningMean", "2.runningVariance"],
  );
  assert.deepEqual(Object.keys(parameters), ["1", "2"]);
});

test("a compiled step trains a model: parameters, running statistics and key move, the loss falls", async () => {
  const net = sequential([build.linear(8), build.batchNorm(), build.relu(), build.dropout(0.1), build.linear(2)], {
    inputShape: [2],
  });
  const step = await compile(
    (state: ModelState & { readonly key: Tensor }, batch: { readonly x: Tensor; readonly y: Tensor }) => {
      const { value, gradient, auxiliary } = valueAndGrad((parameters: ModelState["parameters"]) => {
        const { output, buffers } = net.apply({ parameters, buffers: state.buffers }, batch.x, {
          training: true,
          key: state.key,
        });
        return { value: computeLoss("softmaxCrossEntropy", output, batch.y), auxiliary: buffers };
      })(state.parameters);
      const move = (tree: ModelState["parameters"], by: ModelState["parameters"]): ModelState["parameters"] =>
        Object.fromEntries(
          Object.entries(tree).map(([name, leaf]) => {
            const share = by[name] as Tensor;
            return [
              name,
              "node" in leaf
                ? (leaf as Tensor).sub(share.mul(0.5))
                : move(leaf as ModelState["parameters"], by[name] as ModelState["parameters"]),
            ];
          }),
        );
      return {
        outputs: { loss: value },
        state: { parameters: move(state.parameters, gradient), buffers: auxiliary, key: nextKey(state.key) },
      };
    },
    { state: { ...net.initialize(1), key: randomKey(1) }, backend: createReferenceBackend() },
  );
  // inside and outside the unit circle
  const x = scattered([16, 2]);
  const y = listed(
    [16],
    Array.from({ length: 16 }, (_, i) =>
      Math.hypot(x.data[2 * i] as number, x.data[2 * i + 1] as number) > 1 ? 1 : 0,
    ),
    "int32",
  );
  const losses: number[] = [];
  for (let i = 0; i < 60; i++) losses.push((await step.run({ x, y })).loss.data[0] as number);
  assert.ok(
    (losses.at(-1) as number) < 0.35 * (losses[0] as number),
    `loss went from ${losses[0]} to ${losses.at(-1)}`,
  );
  const values = new Map(
    treeLeaves((await step.state.read()) as Parameters<typeof treeLeaves>[0]).map(({ path, leaf }) => [
      path,
      leaf as { data: ArrayLike<number> },
    ]),
  );
  assert.deepEqual(Array.from(values.get("key")?.data ?? []), [1, 60]);
  assert.ok(
    Array.from(values.get("buffers.1.runningMean")?.data ?? []).some((value) => Math.abs(value) > 0.05),
    "running mean moved",
  );
  assert.equal(step.compilations, 1);
});

test("the same seed gives the same state", () => {
  const small = sequential([build.linear(4), build.relu(), build.linear(2)], { inputShape: [3] });
  const numbers = (seed: number) =>
    treeLeaves<Tensor>(small.initialize(seed).parameters).map(({ leaf }) => numbersOf(leaf));
  assert.deepEqual(numbers(4), numbers(4));
  assert.notDeepEqual(numbers(4), numbers(5));
});
