import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, GradusError } from "../../src/core/errors.ts";
import * as build from "../../src/nn/construct.ts";
import type { LayerConfig, LayerInput } from "../../src/nn/layers.ts";
import { createModel, type ModelInput, sequential } from "../../src/nn/model.ts";
import type { ModelState } from "../../src/nn/state.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { listed, scattered } from "../autodiff/arrays.ts";
import { literal, PREDICTION } from "./support.ts";

const MISTAKES: readonly {
  readonly what: string;
  readonly layers: readonly unknown[];
  readonly code: ErrorCode;
  readonly says: RegExp;
  readonly values?: Record<string, unknown>;
}[] = [
  {
    what: "a misspelt type",
    layers: ["relu", "leakyReul"],
    code: "unknown-field",
    says: /in layers\.1: .*"leakyReul".*Did you mean "leakyRelu"/,
  },
  {
    what: "a misspelt field",
    layers: [{ type: "linear", unitz: 3 }],
    code: "unknown-field",
    says: /in layers\.0 \(linear\): .*Did you mean "units"/,
    values: { field: "unitz", suggestion: "units" },
  },
  {
    what: "a misspelt field inside",
    layers: [build.block([{ type: "elu", alfa: 3 } as unknown as LayerConfig])],
    code: "unknown-field",
    says: /in layers\.0\.layers\.0 \(elu\)/,
  },
  {
    what: "a misspelt initialiser",
    layers: [{ type: "linear", units: 3, init: "heNromal" }],
    code: "unknown-field",
    says: /in layers\.0 \(linear\), init: .*"heNormal"/,
  },
  {
    what: "a misspelt field of an initialiser",
    layers: [{ type: "linear", units: 3, init: { type: "normal", sdd: 1 } }],
    code: "unknown-field",
    says: /Did you mean "std"/,
  },
  { what: "no type", layers: [{ units: 3 }], code: "unknown-field", says: /in layers\.0/ },
  {
    what: "a missing field",
    layers: [{ type: "linear" }],
    code: "bad-argument",
    says: /units must be an integer of at least 1, got nothing/,
  },
  {
    what: "a field of the wrong type",
    layers: [{ type: "linear", units: "3" }],
    code: "bad-argument",
    says: /got "3"/,
    values: { field: "units", value: "3" },
  },
  { what: "units of 0", layers: [{ type: "linear", units: 0 }], code: "bad-argument", says: /at least 1, got 0/ },
  { what: "a layer that is a number", layers: [5], code: "bad-argument", says: /in layers\.0/ },
  {
    what: "a layer that is not an activation",
    layers: [{ type: "activation", function: "linear" }],
    code: "bad-argument",
    says: /function must be/,
  },
  {
    what: "inner layers that are not a list",
    layers: [{ type: "skip", layers: "relu" }],
    code: "bad-argument",
    says: /layers must be a list/,
  },
  {
    what: "slopes in the wrong order",
    layers: [{ type: "rrelu", low: 0.5, high: 0.2 }],
    code: "bad-argument",
    says: /in layers\.0 \(rrelu\)/,
  },
  {
    what: "an axis that is the batch's",
    layers: [{ type: "softmax", axis: 0 }],
    code: "bad-argument",
    says: /in layers\.0 \(softmax\)/,
  },
  {
    what: "inputs that differ",
    layers: ["relu", { type: "linear", units: 3, inputs: 5 }],
    code: "shape-mismatch",
    says: /in layers\.1 \(linear\): expects 5 inputs, got \(4,\)/,
    values: { layer: "1", expected: 5, got: 4 },
  },
  {
    what: "an image into linear",
    layers: [
      { type: "reshape", shape: [1, 2, 2] },
      { type: "linear", units: 3 },
    ],
    code: "bad-argument",
    says: /flatten/,
  },
  {
    what: "a reshape to another size",
    layers: [{ type: "reshape", shape: [3, -1] }],
    code: "shape-mismatch",
    says: /in layers\.0 \(reshape\)/,
  },
  {
    what: "a skip that changes size",
    layers: [{ type: "skip", layers: [{ type: "linear", units: 3 }] }],
    code: "shape-mismatch",
    says: /projection/,
  },
  {
    what: "a mistake inside a skip",
    layers: [{ type: "skip", layers: ["relu", { type: "linear", units: 3, inputs: 9 }] }],
    code: "shape-mismatch",
    says: /^in layers\.0\.layers\.1 \(linear\): expects/,
    values: { layer: "0.1" },
  },
  {
    what: "too many axes to normalise",
    layers: [{ type: "layerNorm", axes: 2 }],
    code: "bad-argument",
    says: /in layers\.0 \(layerNorm\)/,
  },
  { what: "no layers", layers: [], code: "bad-argument", says: /at least one layer/ },
];

for (const { what, layers: list, code, says, values = {} } of MISTAKES) {
  test(`refused with the layer's name: ${what}`, () => {
    assert.throws(
      () => createModel({ inputShape: [4], layers: list as readonly LayerInput[] }),
      (error: unknown) => {
        assert.ok(error instanceof GradusError, String(error));
        assert.equal(error.code, code, error.message);
        assert.match(error.message, says);
        for (const [name, value] of Object.entries(values)) assert.deepEqual(error.values[name], value, name);
        return true;
      },
    );
  });
}

test("a model's own fields are checked", () => {
  const refused = (given: unknown, code: ErrorCode) =>
    assert.throws(
      () => createModel(given as ModelInput),
      (error: unknown) => error instanceof GradusError && error.code === code,
    );
  refused({ inputshape: [4], layers: ["relu"] }, "unknown-field");
  refused({ inputShape: [4, 0], layers: ["relu"] }, "bad-argument");
  refused({ inputShape: 4, layers: ["relu"] }, "bad-argument");
  refused({ inputShape: [4] }, "bad-argument");
  refused([], "bad-argument");
});

test("inputs and states of another model are refused", () => {
  const small = sequential([build.linear(2)], { inputShape: [3] });
  const state = small.initialize(0);
  const refused = (given: ModelState, x: Tensor, code: ErrorCode) =>
    assert.throws(
      () => small.apply(given, x, PREDICTION),
      (error: unknown) => error instanceof GradusError && error.code === code,
    );
  refused(state, literal(scattered([2, 4])), "shape-mismatch");
  refused(state, literal(scattered([3])), "shape-mismatch");
  refused(state, literal(listed([1, 3], [1, 2, 3], "int32")), "dtype-mismatch");
  refused({ parameters: {}, buffers: {} }, literal(scattered([2, 3])), "bad-argument");
  refused(
    sequential([build.linear(3)], { inputShape: [3] }).initialize(0),
    literal(scattered([2, 3])),
    "shape-mismatch",
  );
});
