import assert from "node:assert/strict";
import { test } from "node:test";
import { applyOverrides, parseOverrides } from "../../src/cli/overrides.ts";
import { failure } from "../data/errors.ts";

test("words are files and fields to set; values are JSON where they can be", () => {
  const { operands, overrides } = parseOverrides([
    "a.json",
    "--epochs",
    "3",
    "--optimizer.learningRate=0.01",
    "--batch-size",
    "64",
    "--name",
    "a b",
    "--metrics",
    '["top3"]',
    "--shift",
    "-1",
  ]);
  assert.deepEqual(operands, ["a.json"]);
  assert.deepEqual(overrides, [
    { path: ["epochs"], value: 3 },
    { path: ["optimizer", "learningRate"], value: 0.01 },
    { path: ["batchSize"], value: 64 },
    { path: ["name"], value: "a b" },
    { path: ["metrics"], value: ["top3"] },
    { path: ["shift"], value: -1 },
  ]);
});

test("a flag without a value, and a single dash, are refused", () => {
  assert.throws(() => parseOverrides(["--epochs"]), failure("bad-argument"));
  assert.throws(() => parseOverrides(["--shuffle", "--epochs", "3"]), failure("bad-argument"));
  assert.throws(() => parseOverrides(["-x"]), failure("bad-argument"));
});

test("fields are set in a copy, through objects and lists, made where they are missing", () => {
  const source = { optimizer: "adam", data: "mnist", model: { layers: [{ units: 1 }, { units: 2 }] } };
  const set = (path: string, value: unknown) => ({ path: path.split("."), value });
  const result = applyOverrides(source, [
    set("model.layers.1.units", 9),
    set("optimizer.learningRate", 0.1),
    set("data.train", 100),
    set("clip.maxNorm", 1),
  ]);
  assert.deepEqual(result, {
    optimizer: { type: "adam", learningRate: 0.1 },
    data: { name: "mnist", train: 100 },
    model: { layers: [{ units: 1 }, { units: 9 }] },
    clip: { maxNorm: 1 },
  });
  assert.equal(source.model.layers[1]?.units, 2);
  assert.throws(() => applyOverrides(source, [set("model.layers.2.units", 9)]), failure("bad-argument"));
  assert.throws(() => applyOverrides({ epochs: 3 }, [set("epochs.count", 9)]), failure("bad-argument"));
});

test("functions of a TypeScript experiment survive", () => {
  const optimizer = { init: () => ({}), update: () => ({}) };
  const { optimizer: kept } = applyOverrides({ optimizer, epochs: 1 }, [{ path: ["epochs"], value: 2 }]);
  assert.equal((kept as typeof optimizer).init, optimizer.init);
});
