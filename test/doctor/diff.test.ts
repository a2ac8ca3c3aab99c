import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyChanges, changesBetween, isAlike } from "../../src/doctor/diff.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { formatChanges, groupChanges } from "../../src/telling/format-changes.ts";
import type { Settings } from "../../src/train/training.ts";
import { settingsOf } from "./remedies/patients.ts";

const deep = settingsOf(
  [1, 2, 3, 4, 5].flatMap((): LayerInput[] => [{ type: "linear", units: 4 }, { type: "sigmoid" }]),
);

/** Settings with this list of layers. */
const withLayers = (settings: Settings, layers: readonly LayerInput[]): Settings =>
  ({ ...settings, model: { ...settings.model, layers } }) as Settings;

test("an inserted layer is one line, and the layers that it shifts are none", () => {
  const layers = deep.model.layers.flatMap((layer): LayerInput[] =>
    layer.type === "linear" ? [layer, { type: "batchNorm" }] : [layer],
  );
  const changes = changesBetween(deep, withLayers(deep, layers));
  assert.deepEqual(
    changes.map(({ kind, path }) => `${kind} ${path}`),
    [1, 4, 7, 10, 13].map((place) => `add model.layers.${place}`),
  );
  assert.deepEqual(formatChanges(changes), ["+ model.layers.{1,4,7,…}: batchNorm (5 layers)"]);
});

test("a replaced activation is a change of its type; equal changes are reported together", () => {
  const layers = deep.model.layers.map(
    (layer): LayerInput => (layer.type === "sigmoid" ? { type: "leakyRelu", slope: 0.2 } : layer),
  );
  const changes = changesBetween(deep, withLayers(deep, layers));
  assert.equal(changes.length, 10);
  assert.deepEqual(formatChanges(changes), [
    "~ model.layers.{1,3,5,…}.type: sigmoid -> leakyRelu (5 layers)",
    "+ model.layers.{1,3,5,…}.slope: 0.2 (5 layers)",
  ]);
  assert.deepEqual(groupChanges(changes)[0]?.layers, ["1", "3", "5", "7", "9"]);
  assert.deepEqual(
    formatChanges(changes, { count: (n) => `x${n}` })[0],
    "~ model.layers.{1,3,5,…}.type: sigmoid -> leakyRelu x5",
  );
});

test("fields outside the layers: set, added, removed; shorthands as they were written", () => {
  const before = settingsOf(["relu", { type: "linear", units: 3 }], { clip: { type: "value", value: 1 } });
  const { clip: _, ...rest } = before;
  const after: Settings = {
    ...withLayers(rest as Settings, ["tanh", { type: "linear", units: 3 }]),
    epochs: 30,
    standardize: true,
  };
  assert.deepEqual(formatChanges(changesBetween(before, after)), [
    "~ model.layers.0: relu -> tanh",
    "~ epochs: 10 -> 30",
    "- clip: { type: value, value: 1 }",
    "+ standardize: true",
  ]);
});

test("penalties that name a layer move with it without a line", () => {
  const before = { ...deep, regularizer: { layers: { "2": { l2: 1 } } } };
  const layers: LayerInput[] = [...deep.model.layers];
  layers.splice(1, 0, { type: "batchNorm" });
  const after = { ...withLayers(before, layers), regularizer: { layers: { "3": { l2: 1 } } } };
  const changes = changesBetween(before, after);
  assert.deepEqual(formatChanges(changes), ["+ model.layers.1: batchNorm"]);
  assert.ok(isAlike(applyChanges(before, changes), after));
});

const leaf: fc.Arbitrary<LayerInput> = fc.oneof(
  fc.record({ type: fc.constant("linear" as const), units: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ type: fc.constant("dropout" as const), rate: fc.constantFrom(0.1, 0.5) }),
  fc.constantFrom<LayerInput>("relu", { type: "relu" }, { type: "activation", function: "relu" }, "tanh", "batchNorm"),
  fc.record({ type: fc.constant("leakyRelu" as const), slope: fc.constantFrom(0.1, 0.2) }),
);
const { layer } = fc.letrec<{ layer: LayerInput }>((tie) => ({
  layer: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc.record({ type: fc.constant("skip" as const), layers: fc.array(tie("layer"), { maxLength: 4 }) }),
  ),
}));

const settings: fc.Arbitrary<Settings> = fc
  .record(
    {
      layers: fc.array(layer, { maxLength: 7 }),
      epochs: fc.integer({ min: 1, max: 2 }),
      clip: fc.constantFrom({ type: "value" as const, value: 1 }, { type: "globalNorm" as const, maxNorm: 2 }),
      standardize: fc.boolean(),
      metrics: fc.constantFrom(["accuracy"], []),
      optimizer: fc.constantFrom({ type: "adam" as const, learningRate: 1 }, { type: "sgd" as const, momentum: 0.9 }),
    },
    { requiredKeys: ["layers", "epochs", "optimizer"] },
  )
  .map(({ layers, ...changes }) => settingsOf(layers, changes as Partial<Settings>));

test("changes made to the first settings give the second", () => {
  fc.assert(
    fc.property(settings, settings, (before, after) => {
      const untouched = JSON.stringify(before);
      const changes = changesBetween(before, after);
      assert.deepEqual(withoutShorthands(applyChanges(before, changes)), withoutShorthands(after));
      assert.equal(JSON.stringify(before), untouched);
    }),
    { numRuns: 300 },
  );
});

test("equal settings have no differences", () => {
  fc.assert(fc.property(settings, (one) => assert.deepEqual(changesBetween(one, structuredClone(one)), [])));
});

/** A shorthand and its full form are the same settings. */
function withoutShorthands(value: unknown): unknown {
  if (value === "relu" || value === "tanh" || value === "batchNorm") return { type: value };
  if (Array.isArray(value)) return value.map(withoutShorthands);
  if (typeof value !== "object" || value === null) return value;
  if ("function" in value) return { type: value.function };
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, name === "type" ? each : withoutShorthands(each)]),
  );
}
