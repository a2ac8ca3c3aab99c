import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { WORKLOADS } from "../../bench/workloads.ts";
import { createModel } from "../../src/nn/model.ts";

/** Parameters of the same networks in PyTorch, printed by `python bench/torch_steps.py --describe`. */
const PYTORCH_PARAMETERS: Readonly<Record<string, number>> = {
  "mlp-4x512": 1_199_114,
  "mlp-20x100": 275_410,
  "mlp-3x2048": 10_033_162,
  "cnn-32-64": 421_834,
  "lstm-128": 82_186,
  resnet20: 272_474,
  "vgg-96": 919_210,
  "mobile-24": 80_266,
  "gru-128x200": 63_498,
  "gpt-192": 2_718_816,
  "autoencoder-1024": 1_181_824,
  "tabular-128": 19_329,
};

/** PyTorch adds two biases to the same gates; ours have one, except the candidate of a GRU. The functions are the same. */
const SECOND_BIASES: Readonly<Record<string, number>> = { "lstm-128": 4 * 128, "gru-128x200": 2 * 128 };

const networks = Object.entries(WORKLOADS).flatMap(([name, workload]) =>
  workload.kind === "network" ? [[name, workload] as const] : [],
);

describe("the networks of the benchmarks are those of the peer", () => {
  test("all of them are compared", () => {
    assert.deepEqual(
      networks.map(([name]) => name),
      Object.keys(PYTORCH_PARAMETERS),
    );
  });
  for (const [name, { inputShape, layers }] of networks) {
    test(`${name} has as many parameters as PyTorch's`, () => {
      const { parameterCount } = createModel({ inputShape, layers });
      assert.equal(parameterCount + (SECOND_BIASES[name] ?? 0), PYTORCH_PARAMETERS[name]);
    });
  }
});
