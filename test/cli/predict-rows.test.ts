import assert from "node:assert/strict";
import { test } from "node:test";
import { predictionRows, renderRows } from "../../src/cli/predict/rows.ts";
import { createModel } from "../../src/nn/model.ts";

test("a sequence model names the class of each step", async () => {
  const model = createModel({ inputShape: [2, 1], layers: [{ type: "linear", units: 3 }] });
  const context = { classNames: ["a", "b", "c"], experiment: { loss: "softmaxCrossEntropy" } };
  // two samples of two steps, already probabilities
  const data = Float32Array.of(0.1, 0.7, 0.2, 0.5, 0.3, 0.2, 0, 0, 1, 0.25, 0.5, 0.25);
  const mean = { shape: [2, 2, 3], dtype: "float32", data } as const;
  const rows = await predictionRows(model, context, async () => ({ mean }));
  assert.deepEqual(
    rows.map(({ predictions }) => predictions),
    [
      ["b", "a"],
      ["c", "b"],
    ],
  );
  assert.equal([...renderRows(rows, "csv")].join(""), "row,prediction 0,prediction 1\n0,b,a\n1,c,b\n");
  const line = JSON.parse([...renderRows(rows, "jsonl")][0] as string);
  assert.deepEqual(line.probabilities, [0.1, 0.7, 0.2, 0.5, 0.3, 0.2]);
});

test("if the classes are not on the last axis, outputs stay unchanged", async () => {
  const model = createModel({ inputShape: [2, 1], layers: [{ type: "linear", units: 3 }] });
  const context = { experiment: { loss: { type: "softmaxCrossEntropy", axis: 1 } } };
  const mean = { shape: [1, 2, 3], dtype: "float32", data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const;
  assert.deepEqual(await predictionRows(model, context, async () => ({ mean })), [
    { row: 0, outputs: [1, 2, 3, 4, 5, 6] },
  ]);
});
