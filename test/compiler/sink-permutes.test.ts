import assert from "node:assert/strict";
import { test } from "node:test";
import { simplify } from "../../src/compiler/simplify.ts";
import { makeNode } from "../../src/graph/build.ts";
import type { Graph } from "../../src/graph/node.ts";
import { topologicalOrder } from "../../src/graph/walk.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { concat } from "../../src/tensor/create.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { difference, inputNode, randomValues, runOn } from "../engine/cases.ts";
import { mulberry } from "../engine/draw.ts";

// Permutations of samples are computed behind what does not care about the order of axes; there and back they vanish.

const image = inputNode("image", [2, 3, 4, 5]);
const last = inputNode("last", [2, 4, 5, 3]);
const channel = inputNode("channel", [3]);
const whole = inputNode("whole", [4, 5, 3]);
const key = inputNode("key", [2], "uint32");
const INPUTS = [image, last, channel, whole, key];

const toLast = (x: Tensor): Tensor => x.transpose([0, 2, 3, 1]);
const toFirst = (x: Tensor): Tensor => x.transpose([0, 3, 1, 2]);
const bits = (shape: readonly number[]): Tensor => new Tensor(makeNode("randomBits", [key], { shape }));

type Build = (x: Tensor, last: Tensor, channel: Tensor, whole: Tensor) => Tensor;

/** What is left of each expression: its operations, inputs first, without leaves and reshapes. */
const CASES: Readonly<Record<string, readonly [Build, string]>> = {
  "a function": [(x) => toLast(x).tanh(), "tanh permute"],
  "there and back": [(x) => toFirst(toLast(x).tanh().abs()), "tanh abs"],
  "two in the same order": [(x) => toLast(x).mul(toLast(x.abs())), "abs mul permute"],
  "one in another order stays": [(x, other) => toLast(x).mul(other), "permute mul"],
  "a channel's number, spread: it is turned itself": [
    (x, _, each) => toFirst(toLast(x).mul(each)),
    "permute broadcast mul",
  ],
  "what is spread over few stays": [(x, _, __, all) => toLast(x.slice(0, 0, 1)).mul(all), "slice permute mul"],
  "a sum over channels": [(x) => toLast(x).sum(3), "reduce"],
  "a sum over positions": [(x) => toLast(x).sum([1, 2]), "reduce"],
  "a sum over all": [(x) => toLast(x).sum(), "reduce"],
  "a sum whose other axes stay in another order": [(x) => toLast(x).sum(1), "reduce permute"],
  "a part": [(x) => toFirst(toLast(x).slice(1, 1, 3)), "slice"],
  padding: [
    (x) =>
      toFirst(
        toLast(x).pad([
          [0, 0],
          [1, 2],
          [0, 0],
          [3, 0],
        ]),
      ),
    "pad",
  ],
  "side by side": [(x) => toFirst(concat([toLast(x), toLast(x.abs())], 3)), "abs concat"],
  "side by side with another order stays": [
    (x, other) => toFirst(concat([toLast(x), other], 3)),
    "permute concat permute",
  ],
  "samples that move stay where they are": [(x) => x.transpose([1, 0, 2, 3]).tanh(), "permute tanh"],
};

function remains({ outputs }: Graph): string {
  const hidden = ["input", "constant", "literal", "iota", "reshape"];
  return topologicalOrder(outputs)
    .map(({ op }) => op)
    .filter((op) => !hidden.includes(op))
    .join(" ");
}

const reference = createReferenceBackend();
const random = mulberry(3);
const values = INPUTS.map(({ shape, dtype }) => randomValues(random, shape, dtype));

for (const [name, [build, expected]] of Object.entries(CASES)) {
  test(`permutations: ${name}`, async () => {
    const [x, other, each, all] = [image, last, channel, whole].map((node) => new Tensor(node)) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const graph = { inputs: INPUTS, states: [], outputs: [build(x, other, each, all).node] };
    const simple = simplify(graph);
    assert.equal(remains(simple), expected);
    const [before, after] = [
      await runOn(reference, { graph, values }),
      await runOn(reference, { graph: simple, values }),
    ];
    assert.equal(difference(before, after, 1e-14, graph), undefined);
  });
}

test("random words in two orders are read in one of them, without an end of moving them about", async () => {
  const outputs = [
    bits([2, 3, 4])
      .transpose([0, 2, 1])
      .add(bits([2, 4, 3])),
    bits([2, 4, 3]).add(bits([2, 3, 4]).transpose([0, 2, 1])),
  ].map(({ node }) => node);
  const graph = { inputs: INPUTS, states: [], outputs };
  const before = await runOn(reference, { graph, values });
  const after = await runOn(reference, { graph: simplify(graph), values });
  assert.equal(difference(before, after, 0, graph), undefined);
});
