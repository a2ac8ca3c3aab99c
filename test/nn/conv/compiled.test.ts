import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { HostArray } from "../../../src/core/dtype.ts";
import { type Tree, treeLeaves } from "../../../src/core/tree.ts";
import * as build from "../../../src/nn/construct.ts";
import type { LayerInput } from "../../../src/nn/layers.ts";
import type { ModelState } from "../../../src/nn/state.ts";
import type { Backend } from "../../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../../src/runtime/reference/interpreter.ts";
import { compile } from "../../../src/tensor/compile.ts";
import { valueAndGrad } from "../../../src/tensor/grad.ts";
import { randomKey } from "../../../src/tensor/random.ts";
import type { Tensor } from "../../../src/tensor/tensor.ts";
import { scattered } from "../../autodiff/arrays.ts";
import { compiledBackends } from "../../engine/backends.ts";
import { literal, modelOf } from "../support.ts";
import { SPATIAL_CASES } from "./cases.ts";

interface NetworkCase {
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerInput[];
}

/** Sizes that fill vectors and leave remainders, and layers in sequence. */
const NETWORKS: Readonly<Record<string, readonly NetworkCase[]>> = {
  "convolutions of odd sizes": [
    { inputShape: [5, 9, 11], layers: [build.conv2d(19, 3, { padding: "same" })] },
    { inputShape: [1, 13, 13], layers: [build.conv2d(32, 3, { padding: 1 }), build.relu()] },
    { inputShape: [17, 6, 7], layers: [build.conv2d(33, [1, 2], { stride: [2, 1] })] },
    { inputShape: [12, 8, 8], layers: [build.conv2d(24, 3, { groups: 3, dilation: 2, padding: 2 })] },
    { inputShape: [7, 31], layers: [build.conv1d(10, 5, { stride: 3, padding: [[1, 2]] })] },
    { inputShape: [3, 5, 6, 7], layers: [build.conv3d(9, [2, 3, 2], { padding: 1 })] },
    { inputShape: [18, 7, 9], layers: [build.depthwiseConv2d(3, { padding: "same" }), build.conv2d(20, 1)] },
    { inputShape: [9, 5, 6], layers: [build.convTranspose2d(13, 3, { stride: 2, padding: 1, outputPadding: 1 })] },
  ],
  "pooling of odd sizes": [
    { inputShape: [19, 13, 9], layers: [build.maxPool2d(2)] },
    { inputShape: [19, 13, 9], layers: [build.maxPool2d(3, { stride: 2, padding: 1 })] },
    { inputShape: [33, 8, 9], layers: [build.avgPool2d(3, { stride: 2, padding: 1, countIncludePad: false })] },
    { inputShape: [19, 13, 9], layers: [build.adaptiveAvgPool2d([4, 3])] },
  ],
  networks: [
    {
      inputShape: [3, 12, 12],
      layers: [
        build.conv2d(16, 3, { padding: "same", bias: false }),
        build.batchNorm(),
        build.relu(),
        build.maxPool2d(2),
        build.conv2d(20, 3),
        build.groupNorm(5),
        build.relu(),
        build.spatialDropout(0.3),
        build.flatten(),
        build.linear(4),
      ],
    },
    {
      inputShape: [4, 8, 8],
      layers: [
        build.skip(
          [
            build.conv2d(8, 3, { stride: 2, padding: 1 }),
            build.batchNorm(),
            build.relu(),
            build.conv2d(8, 3, { padding: 1 }),
          ],
          { projection: true, projectionNorm: true },
        ),
        build.relu(),
        build.globalAvgPool(),
        build.linear(3),
      ],
    },
    {
      inputShape: [2, 4, 4],
      layers: [
        build.upsampling(2, { mode: "bilinear" }),
        build.conv2d(6, 3),
        build.localResponseNorm(3),
        build.globalMaxPool(),
      ],
    },
  ],
};

const backends = compiledBackends({ threads: 2 });
after(() => {
  for (const backend of backends) backend.dispose();
});

/** Output, and the gradient of its weighted sum with respect to input and parameters. */
async function run(backend: Backend, { inputShape, layers }: NetworkCase): Promise<number[][]> {
  const model = modelOf(inputShape, ...layers);
  const { parameters, buffers } = model.initialize(4);
  const step = await compile(
    ({ leaves }: { leaves: Tree<Tensor> }, { x }: { x: Tensor }) => {
      const context = { training: true, key: randomKey(3) };
      const weighted = (given: { parameters: Tree<Tensor>; x: Tensor }) => {
        const { output } = model.apply({ parameters: given.parameters, buffers } as ModelState, given.x, context);
        return { value: output.mul(literal(scattered(output.shape, 7))).sum(), auxiliary: output };
      };
      const { auxiliary, gradient } = valueAndGrad(weighted)({ parameters: leaves, x });
      return { outputs: { output: auxiliary, gradient }, state: { leaves } };
    },
    { state: { leaves: parameters as Tree<Tensor> }, backend },
  );
  const { output, gradient } = step.runSync({ x: scattered([3, ...inputShape]) });
  step.dispose();
  return [output, ...treeLeaves<HostArray>(gradient).map(({ leaf }) => leaf)].map(({ data }) => Array.from(data));
}

const EXACT = createReferenceBackend();

async function assertAgree(backend: Backend, network: NetworkCase): Promise<void> {
  const what = JSON.stringify(network.layers);
  const exact = await run(EXACT, network);
  (await run(backend, network)).forEach((values, index) => {
    const expected = exact[index] as number[];
    const largest = Math.max(...expected.map(Math.abs));
    values.forEach((found, k) => {
      const difference = Math.abs(found - (expected[k] as number));
      assert.ok(
        difference <= 1e-5 * Math.max(largest, 1),
        `${what}: leaf ${index}, element ${k}: off by ${difference}`,
      );
    });
  });
}

const ALL: Readonly<Record<string, readonly NetworkCase[]>> = {
  ...Object.fromEntries(
    Object.entries(SPATIAL_CASES).map(([type, cases]) => [
      type,
      cases.map(({ inputShape, layer }) => ({ inputShape, layers: [layer] })),
    ]),
  ),
  ...NETWORKS,
};

for (const backend of backends) {
  for (const [name, networks] of Object.entries(ALL)) {
    test(`${name}: values and gradients are the reference's: ${backend.description}`, async () => {
      for (const network of networks) await assertAgree(backend, network);
    });
  }
}
