import assert from "node:assert/strict";
import { test } from "node:test";
import { overfitOneBatch } from "../../../src/doctor/preflight/one-batch.ts";
import { createReferenceBackend } from "../../../src/runtime/reference/interpreter.ts";
import { curve, dense, labelled, training, yesOrNo } from "./support.ts";

const options = { backend: createReferenceBackend(), seconds: 20 };

test("sound networks memorise one batch", async () => {
  const sound = [
    training([...dense(8, "relu"), ...dense(3, "softmax")], { type: "categoricalCrossEntropy" }, labelled()),
    training([...dense(8, "tanh"), ...dense(1, "sigmoid")], { type: "binaryCrossEntropy" }, yesOrNo()),
    training([...dense(8, "relu"), ...dense(1)], { type: "mse" }, curve()),
    training([...dense(8, "relu"), ...dense(1)], { type: "mae" }, curve(300, 100, 40), { standardizeTargets: true }),
  ];
  for (const given of sound) assert.equal(await overfitOneBatch(given, options), undefined);
});

test("networks that cannot at any rate are found; the evidence is the remaining loss", async () => {
  const constant = await overfitOneBatch(
    training([...dense(8, "relu"), ...dense(1, "softmax")], { type: "mse" }, curve()),
    options,
  );
  assert.deepEqual([constant?.problem, constant?.evidence[0]?.measure], ["underfitting", "one-batch"]);
  assert.ok((constant?.evidence[0]?.value ?? 0) >= (constant?.evidence[0]?.threshold ?? 1));
  const dead = dense(8, "relu", { biasInit: { type: "constant", value: -50 } });
  const silent = training([...dead, ...dense(3, "softmax")], { type: "categoricalCrossEntropy" }, labelled());
  assert.equal((await overfitOneBatch(silent, options))?.problem, "underfitting");
});

test("without enough time there is no finding", async () => {
  const given = training([...dense(8, "relu"), ...dense(1, "softmax")], { type: "mse" }, curve());
  assert.equal(await overfitOneBatch(given, { ...options, seconds: 0 }), undefined);
});
