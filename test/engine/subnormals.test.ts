import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { HostArray } from "../../src/core/dtype.ts";
import { type Tree, treeLeaves } from "../../src/core/tree.ts";
import { createWasmBackend } from "../../src/engine/wasm/backend.ts";
import { batchNorm, linear, relu } from "../../src/nn/construct.ts";
import { createModel } from "../../src/nn/model.ts";
import { adadelta } from "../../src/optim/adadelta.ts";
import { adagrad } from "../../src/optim/adagrad.ts";
import { adam } from "../../src/optim/adam.ts";
import { adamax } from "../../src/optim/adamax.ts";
import { adamw } from "../../src/optim/adamw.ts";
import { lamb } from "../../src/optim/lamb.ts";
import { lion } from "../../src/optim/lion.ts";
import { nadam } from "../../src/optim/nadam.ts";
import { radam } from "../../src/optim/radam.ts";
import { rmsprop } from "../../src/optim/rmsprop.ts";
import { sgd } from "../../src/optim/sgd.ts";
import { applyUpdates, type Transform } from "../../src/optim/transform.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { compile, DeviceState } from "../../src/tensor/compile.ts";
import { tensor } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { nativeBackends } from "./backends.ts";

const LEAST = 2 ** -126;

const backends: readonly Backend[] = [
  createReferenceBackend(),
  createWasmBackend({ threads: 1 }),
  createWasmBackend({ threads: 1, simd: false }),
  ...nativeBackends({ threads: 1 }),
];
after(() => {
  for (const backend of backends) backend.dispose();
});

const isSubnormal = (value: number): boolean => value !== 0 && Math.abs(value) < LEAST;

function array(values: readonly number[], shape: readonly number[] = [values.length]): HostArray {
  return { shape, dtype: "float32", data: Float32Array.from(values) };
}

/** Every float of a state, by path. */
async function floatsOf(state: {
  read(): Promise<unknown>;
}): Promise<readonly (readonly [path: string, values: readonly number[]])[]> {
  return treeLeaves((await state.read()) as Tree<HostArray>)
    .filter(({ leaf }) => leaf.dtype === "float32")
    .map(({ path, leaf }) => [path, [...leaf.data]]);
}

async function requireNormal(state: { read(): Promise<unknown> }, where: string): Promise<void> {
  for (const [path, values] of await floatsOf(state)) {
    const found = values.filter(isSubnormal);
    assert.equal(found.length, 0, `${where}: ${path} holds ${found.length} subnormal numbers, ${found[0]} the first`);
    assert.ok(values.every(Number.isFinite), `${where}: ${path} is not finite: ${values}`);
  }
}

/** An optimiser on seven weights, told its gradients from outside. */
async function training(transform: Transform, backend: Backend) {
  const parameters = { w: tensor([0.5, -0.25, 1, 2, -3, 0.1, 0]) };
  return compile(
    (state: { parameters: { w: Tensor }; optimizer: Tree<Tensor> }, gradients: { w: Tensor }) => {
      const result = transform.update(gradients, state.optimizer, state.parameters);
      return {
        outputs: {},
        state: { parameters: applyUpdates(state.parameters, result.updates), optimizer: result.state },
      };
    },
    { state: { parameters, optimizer: transform.init(parameters) }, backend },
  );
}

const GRADIENT = array([1, -2e-3, 3e-6, 1e-12, -1e-18, 5, 0]);
const NO_GRADIENT = array([0, 0, 0, 0, 0, 0, 0]);

const OPTIMIZERS: Readonly<Record<string, Transform>> = {
  adam: adam(),
  "adam, both decays 0.9": adam({ beta2: 0.9 }),
  "adam without epsilon": adam({ beta2: 0.9, epsilon: 0 }),
  "adam, epsilon hat, none": adam({ beta2: 0.9, epsilon: 0, epsilonHat: true }),
  amsgrad: adam({ beta2: 0.9, amsgrad: true }),
  adamw: adamw({ beta2: 0.9, decoupledWeightDecay: 50, learningRate: 1e-3 }),
  adamax: adamax({ beta2: 0.9, epsilon: 0 }),
  "adamax, epsilon inside": adamax({ beta2: 0.9, epsilon: 0, epsilonInside: true }),
  nadam: nadam({ beta2: 0.9, epsilon: 0 }),
  radam: radam({ beta2: 0.9, epsilon: 0 }),
  lamb: lamb({ beta2: 0.9, epsilon: 0 }),
  lion: lion(),
  rmsprop: rmsprop({ epsilon: 0 }),
  "rmsprop, centred, epsilon inside": rmsprop({ centered: true, momentum: 0.9, epsilon: 0, epsilonInside: true }),
  adadelta: adadelta({ rho: 0.9 }),
  adagrad: adagrad({ epsilon: 0 }),
  momentum: sgd({ momentum: 0.9 }),
  nesterov: sgd({ momentum: 0.9, nesterov: true }),
  "l2 that shrinks weights": sgd({ learningRate: 0.5, l2: 0.2 }),
};

for (const [name, transform] of Object.entries(OPTIMIZERS)) {
  test(`${name}: 2,000 steps without gradient leave no subnormal number on any backend`, async () => {
    for (const backend of backends) {
      const step = await training(transform, backend);
      for (let count = 0; count < 3; count++) step.runSync({ w: GRADIENT });
      for (let count = 0; count < 2000; count++) {
        step.runSync({ w: NO_GRADIENT });
        if (count % 50 === 0) await requireNormal(step.state, `${backend.description}, step ${count}`);
      }
      await requireNormal(step.state, backend.description);
      const moments = (await floatsOf(step.state)).filter(([path]) => /first|velocity|mean/.test(path));
      // 0.9^2000 = 3e-92 of anything is 0; Lion's second decay is 0.99
      if (name !== "lion")
        for (const [path, values] of moments)
          assert.deepEqual(
            values.map(Math.abs),
            values.map(() => 0),
            path,
          );
      step.dispose();
    }
  });
}

test("running statistics and dead weights of a network sink to 0", async () => {
  const model = createModel({ inputShape: [4], layers: [linear(5), batchNorm(), relu(), linear(2)] });
  for (const backend of backends) {
    const { parameters, buffers } = model.initialize(1);
    const step = await compile(
      (state: { buffers: Tree<Tensor> }, { x }: { x: Tensor }) => {
        const result = model.apply({ parameters, buffers: state.buffers } as never, x, { training: true });
        return { outputs: { y: result.output }, state: { buffers: result.buffers as Tree<Tensor> } };
      },
      { state: { buffers: buffers as Tree<Tensor> }, backend },
    );
    // outputs of 0: mean and variance decay by 0.9 a step
    for (let count = 0; count < 1000; count++) step.runSync({ x: array(new Array(12).fill(0), [3, 4]) });
    await requireNormal(step.state, backend.description);
    step.dispose();
  }
});

test("any state of any step: what falls below 2^-126 is 0, nothing else is touched", async () => {
  const values = [
    2 ** -125,
    -(2 ** -125),
    2 ** -126,
    1.5 * 2 ** -126,
    0,
    1,
    -3,
    Infinity,
    -Infinity,
    Number.NaN,
    2 ** -120,
  ];
  const halved = values.map((value) => (isSubnormal(value / 2) ? 0 : value / 2));
  for (const backend of backends) {
    const step = await compile(
      ({ a, average, count }: { a: Tensor; average: Tensor; count: Tensor }, { x }: { x: Tensor }) => {
        const next = a.mul(0.5);
        return {
          outputs: { next, sum: average.add(x).sum() },
          state: { a: next, average: average.mul(0.5).add(x), count: count.add(1) },
        };
      },
      { state: { a: tensor(values), average: tensor([1e-38, -1]), count: tensor(7, "int32") }, backend },
    );
    const { next } = step.runSync({ x: array([0, 0]) });
    const state = (await step.state.read()) as { a: HostArray; average: HostArray; count: HostArray };
    assert.deepEqual(
      [...state.a.data].map((value) => value + 0),
      halved,
      backend.description,
    );
    // an output of the reference that no state holds keeps what a double can
    const output = backend.name === "reference" ? values.map((value) => value / 2) : halved;
    assert.deepEqual(
      [...next.data].map((value) => value + 0),
      output,
      backend.description,
    );
    assert.deepEqual([...state.average.data], [0, -0.5]);
    assert.deepEqual([...state.count.data], [8]);
  }
});

test("weights that are subnormal in a file are 0 on the backend", async () => {
  const values = [1e-40, -(2 ** -149), 2 ** -126, 1, Number.NaN, 0];
  for (const backend of backends) {
    const state = await DeviceState.create({ w: tensor(values) }, backend);
    const requireFlushed = async (): Promise<void> => {
      const { data } = (await state.read()).w as HostArray;
      const read = [...data].map((value) => value + 0);
      assert.deepEqual(read, [0, 0, 2 ** -126, 1, Number.NaN, 0], backend.description);
    };
    await requireFlushed();
    state.write({ w: array(values) });
    await requireFlushed();
    state.dispose();
  }
});

test("tails of exponentials, logistic functions and softmax are 0 where they are no normal number", async () => {
  const tails = Float32Array.from({ length: 4000 }, (_, index) => -80 - index / 150);
  for (const backend of backends.slice(1)) {
    const step = await compile(
      (_: { none: Tensor }, { x }: { x: Tensor }) => ({ outputs: { exp: x.exp(), sigmoid: x.sigmoid() } }),
      { state: { none: tensor(0) }, backend },
    );
    const outputs = step.runSync({ x: { shape: [4000], dtype: "float32", data: tails } });
    for (const [name, { data }] of Object.entries(outputs)) {
      assert.equal(data.filter(isSubnormal).length, 0, `${backend.description}: ${name}`);
      data.forEach((value, index) => {
        const wanted = Math.exp(tails[index] as number);
        const isNear = Math.abs(value - wanted) <= (wanted < 1.000001 * LEAST ? LEAST : 4e-7 * wanted);
        assert.ok(isNear, `${backend.description}: ${name}(${tails[index]}) = ${value}, expected ${wanted}`);
      });
    }
  }
});

test("the number of threads does not change a bit where values sink", async () => {
  const makers = [createWasmBackend, (options: { threads: number }) => nativeBackends(options)[0]];
  const length = 50_000;
  const first = Float32Array.from({ length }, (_, index) => 2 ** (-80 - (index % 70)) * (1 + (index % 13) / 13));
  for (const make of makers) {
    const results: { readonly sums: readonly unknown[]; readonly words: Int32Array }[] = [];
    for (const threads of [1, 2, 3]) {
      const backend = make({ threads });
      if (backend === undefined) continue;
      const step = await compile(
        ({ a }: { a: Tensor }, { x }: { x: Tensor }) => ({
          outputs: { sum: a.mul(x).sum() },
          state: { a: a.mul(x).mul(0.7) },
        }),
        { state: { a: tensor({ shape: [length], dtype: "float32", data: first }) }, backend },
      );
      const sums = Array.from(
        { length: 8 },
        () =>
          step.runSync({
            x: array(
              Array.from(first, (_, index) => (index % 5) / 4),
              [length],
            ),
          }).sum.data[0],
      );
      const { data } = (await step.state.read()).a as HostArray;
      backend.dispose();
      results.push({ sums, words: new Int32Array((data as Float32Array).buffer, 0, length) });
    }
    for (const result of results) assert.deepEqual(result, results[0]);
  }
});
