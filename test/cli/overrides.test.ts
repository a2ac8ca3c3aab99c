import assert from "node:assert/strict";
import { test } from "node:test";
import { checkExperiment } from "../../src/cli/experiment.ts";
import { applyOverrides, parseOverrides } from "../../src/cli/overrides.ts";
import { createAugment } from "../../src/data/images/augment.ts";
import { loadDataset } from "../../src/datasets/registry.ts";
import { openBackend } from "../../src/engine/select-backend.ts";
import { resolveInit } from "../../src/nn/init/init.ts";
import { resolveLoss } from "../../src/nn/losses/losses.ts";
import { createModel, type ModelInput } from "../../src/nn/model.ts";
import { createClip } from "../../src/optim/clip.ts";
import { createOptimizer, type OptimizerConfig } from "../../src/optim/optimizers.ts";
import { createSchedule } from "../../src/optim/schedules.ts";
import { checkMetrics } from "../../src/train/metrics.ts";
import { failure } from "../data/errors.ts";

test("words are files or fields to set; values are parsed as JSON if possible", () => {
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

test("a flag without a value and a single dash are refused", () => {
  assert.throws(() => parseOverrides(["--epochs"]), failure("bad-argument"));
  assert.throws(() => parseOverrides(["--shuffle", "--epochs", "3"]), failure("bad-argument"));
  assert.throws(() => parseOverrides(["-x"]), failure("bad-argument"));
});

test("fields are set in a copy, through objects and lists, which are created if missing", () => {
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

test("no flag and no file changes the prototype of all objects", () => {
  for (const flag of [
    "--optimizer.__proto__.learningRate",
    "--optimizer.constructor.prototype.x",
    "--constructor.x",
    "--a.prototype",
  ]) {
    const { overrides } = parseOverrides([flag, "5"]);
    assert.throws(() => applyOverrides({ optimizer: {} }, overrides), failure("unknown-field"), flag);
  }
  assert.throws(() => parseOverrides(["--__proto__.learningRate", "5"]), failure("bad-argument"));
  assert.equal(Object.hasOwn(Object.prototype, "learningRate"), false);
  // inherited fields count as missing, so they are created
  assert.deepEqual(applyOverrides({}, [{ path: ["toString", "a"], value: 1 }]), { toString: { a: 1 } });
});

test("JSON with a prototype is refused by name, at every depth", () => {
  const base = { data: "xor", model: { layers: ["relu"] }, loss: "mse", optimizer: "adam" };
  const at = (place: "top" | "model" | "optimizer", name: string): object => {
    const bad = JSON.parse(`{ "${name}": { "learningRate": 5 } }`) as object;
    if (place === "top") return joined(base, bad);
    if (place === "model") return { ...base, model: joined(base.model, bad) };
    return { ...base, optimizer: joined({ type: "adam" }, bad) };
  };
  for (const name of ["__proto__", "constructor", "prototype"]) {
    assert.throws(() => checkExperiment("e.json", applyOverrides(at("top", name), [])), failure("unknown-field"), name);
    const { model } = checkExperiment("e.json", applyOverrides(at("model", name), []));
    assert.throws(() => createModel({ inputShape: [2], ...model } as ModelInput), failure("unknown-field"), name);
    const { optimizer } = checkExperiment("e.json", applyOverrides(at("optimizer", name), []));
    assert.throws(() => createOptimizer(optimizer as OptimizerConfig), failure("unknown-field"), name);
  }
});

/** The own fields of both objects, including `__proto__`. */
function joined(a: object, b: object): object {
  return Object.fromEntries([...Object.entries(a), ...Object.entries(b)]);
}

test("tables do not contain the names that all objects share", async () => {
  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    const type = name as never;
    assert.throws(() => createModel({ inputShape: [2], layers: [{ type }] }), failure("unknown-field"), name);
    assert.throws(() => createOptimizer(type), failure("unknown-field"), name);
    assert.throws(() => createSchedule(type, 1), failure("unknown-field"), name);
    assert.throws(() => createClip({ type }), failure("unknown-field"), name);
    assert.throws(() => resolveLoss(type), failure("unknown-field"), name);
    assert.throws(() => resolveInit("init", type), failure("unknown-field"), name);
    assert.throws(() => createAugment([type], [1, 4, 4]), failure("unknown-field"), name);
    assert.throws(() => checkMetrics([name], [3]), failure("unknown-field"), name);
    await assert.rejects(() => openBackend({ backend: type }), failure("bad-argument"), name);
    await assert.rejects(loadDataset(name), failure("unknown-field"), name);
  }
});
