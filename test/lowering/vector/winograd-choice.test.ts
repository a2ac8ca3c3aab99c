import assert from "node:assert/strict";
import { test } from "node:test";
import { wasmTarget } from "../../../src/codegen/wasm/features.ts";
import { NATIVE_TARGETS } from "../../../src/codegen/x64/target.ts";
import { planGraph } from "../../../src/compiler/pipeline.ts";
import { makeNode } from "../../../src/graph/build.ts";
import type { ConvAttributes, Graph } from "../../../src/graph/node.ts";
import { chooseWinograd } from "../../../src/lowering/vector/choose-winograd.ts";
import { inputNode } from "../../engine/cases.ts";

const TARGETS = [wasmTarget({ simd: true, relaxed: true }), NATIVE_TARGETS.avx2, NATIVE_TARGETS.avx512];
const SAME: ConvAttributes = {
  window: [3, 3],
  stride: [1, 1],
  dilation: [1, 1],
  before: [1, 1],
  after: [1, 1],
  groups: 1,
};

interface Sizes {
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
  readonly units: number;
}

/** The kinds of kernels on each target, of two convolutions with the same weights. */
function kindsOf({ batch, size, channels, units }: Sizes, attributes: ConvAttributes = SAME): readonly string[][] {
  const x = [0, 1].map((index) => inputNode(`x${index}`, [batch, size, size, channels]));
  const w = inputNode("w", [...attributes.window, channels, units]);
  const outputs = x.map((input) => makeNode("conv", [input, w], attributes));
  const graph: Graph = { inputs: [...x, w], states: [], outputs };
  return TARGETS.map((target) =>
    planGraph(graph, true, (scheduled) => chooseWinograd(scheduled, target)).kernels.map((kernel) =>
      kernel.kind === "conv" && kernel.isWinograd ? "winograd" : kernel.kind,
    ),
  );
}

test("wide 3 x 3 convolutions get Winograd's algorithm, and transform shared weights once", () => {
  for (const [size, channels] of [
    [32, 16],
    [16, 32],
    [8, 64],
    [32, 96],
    [8, 512],
  ] as const) {
    for (const kinds of kindsOf({ batch: 8, size, channels, units: channels })) {
      assert.deepEqual(kinds, ["transform", "winograd", "winograd"], `${size} ${channels}`);
    }
  }
});

test("the first convolution of a network, tiny images, strides and other windows are computed directly", () => {
  const direct = ["conv", "conv"];
  const wide = { batch: 8, size: 16, channels: 64, units: 64 };
  for (const kinds of [
    ...kindsOf({ batch: 32, size: 32, channels: 3, units: 16 }),
    ...kindsOf({ batch: 32, size: 2, channels: 128, units: 128 }),
    ...kindsOf(wide, { ...SAME, stride: [2, 2] }),
    ...kindsOf(wide, { ...SAME, dilation: [1, 2] }),
    ...kindsOf(wide, { ...SAME, window: [5, 5] }),
  ]) {
    assert.deepEqual(kinds, direct);
  }
});

test("the batch does not change the choice", () => {
  for (const size of [4, 8, 16]) {
    for (const channels of [4, 8, 16, 64, 256]) {
      const of = (batch: number) => kindsOf({ batch, size, channels, units: channels });
      assert.deepEqual(of(1), of(100), `${size} ${channels}`);
    }
  }
});
