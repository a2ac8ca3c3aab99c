import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeSafetensors } from "../../../src/io/safetensors.ts";
import { createModel } from "../../../src/nn/model.ts";
import type { ModelState } from "../../../src/nn/state.ts";
import { decodeModel, encodeModel } from "../../../src/train/checkpoint.ts";
import { fit } from "../../../src/train/fit.ts";
import { compiledBackends } from "../../engine/backends.ts";
import { memoryStore } from "../../support/memory-store.ts";
import { valuesOf } from "../tiny.ts";
import { normalized as model, settings } from "./averaging.ts";

const [backend] = compiledBackends({ threads: 1 });

test("averages are saved beside the weights, and loaded by name", async () => {
  const { state, ema, swa } = await fit(model, { ...settings, epochs: 2, ema: 0.9, swa: {}, backend });
  assert.ok(ema && swa);
  const bytes = await encodeModel({ model, state, ema, swa });
  const names = [...decodeSafetensors(bytes).arrays.keys()];
  assert.ok(names.includes("averages.ema.parameters.0.weight") && names.includes("averages.swa.buffers.1.runningMean"));
  const [raw, exponential, mean] = await Promise.all([state, ema, swa].map(valuesOf));
  for (const [weights, expected] of [
    ["raw", raw],
    ["ema", exponential],
    ["swa", mean],
  ] as const)
    assert.deepEqual(await valuesOf(decodeModel(bytes, "model", { weights }).state), expected, weights);
  const again = decodeModel(bytes);
  assert.deepEqual(await valuesOf(again.state), raw);
  assert.deepEqual(await encodeModel(again), bytes);
});

test("weights that a file does not have, and names of none, are refused", async () => {
  const bytes = await encodeModel({ model, state: model.initialize(1), ema: model.initialize(2) });
  assert.throws(() => decodeModel(bytes, "model", { weights: "swa" }), /only raw and ema/);
  assert.throws(() => decodeModel(bytes, "model", { weights: "mean" as never }), { code: "bad-argument" });
  assert.throws(() => decodeModel(bytes, "model", { weight: "ema" } as never), { code: "unknown-field" });
  const small = createModel({ inputShape: [2], layers: [{ type: "linear", units: 1 }] });
  await assert.rejects(encodeModel({ model: small, state: small.initialize(1), ema: model.initialize(2) }), {
    code: "shape-mismatch",
  });
});

test("a run's checkpoints can be loaded as models, raw or averaged", async () => {
  const store = memoryStore();
  const checkpoint = { store, every: { epochs: 1 }, keep: 9 };
  const options = { ...settings, epochs: 4, ema: 0.9, swa: { startEpoch: 3 }, backend, checkpoint };
  const result = await fit(model, options);
  const files = [...store.files.keys()].filter((name) => name.startsWith("step-")).sort();
  assert.equal(files.length, 4);
  const [first, last] = [files[0], files[3]].map((name) => store.files.get(name as string) as Uint8Array);
  for (const weights of ["raw", "ema", "swa"] as const) {
    const { state } = decodeModel(last as Uint8Array, "last", { weights });
    assert.deepEqual(
      await valuesOf(state),
      await valuesOf((weights === "raw" ? result.state : result[weights]) as ModelState),
    );
  }
  // the mean has not begun
  assert.equal(decodeModel(first as Uint8Array).swa, undefined);
  assert.throws(() => decodeModel(first as Uint8Array, "first", { weights: "swa" }), { code: "bad-argument" });
  const best = decodeModel(store.files.get("best.safetensors") as Uint8Array, "best", { weights: "ema" });
  assert.ok(best.ema);
});
