import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GradusError } from "../../src/core/errors.ts";
import { Crossing, decodeError, encodeError } from "../../src/crossing/crossing.ts";
import { datasetFromParts } from "../../src/data/dataset.ts";
import { linear, sequential, spirals, tensor } from "../../src/index.ts";
import { FEATURE_NAMES } from "../../src/nn/state.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

/** What arrives at the other end. */
function across(value: unknown, ends: readonly [Crossing, Crossing] = [new Crossing(0), new Crossing(1)]): unknown {
  const [from, to] = ends;
  return to.receive(structuredClone(from.send("test", value)));
}

describe("a crossing", () => {
  it("brings plain data, typed arrays and what occurs twice", () => {
    const shared = { name: "one" };
    const given = {
      list: [1, Number.NaN, null, undefined],
      shared,
      again: [shared, shared],
      bytes: new Uint8Array([3, 4]),
    };
    const got = across(given) as typeof given;
    assert.deepEqual(got, given);
    assert.equal(got.again[0], got.shared);
  });

  it("brings an object that contains itself", () => {
    const ring: Record<string, unknown> = { name: "ring" };
    ring.self = ring;
    const got = across(ring) as typeof ring;
    assert.equal(got.self, got);
  });

  it("keeps names that mean something to objects as names", () => {
    const given = JSON.parse('{ "__proto__": { "a": 1 }, "constructor": 2 }');
    const got = across(given) as object;
    assert.deepEqual(Object.keys(got), ["__proto__", "constructor"]);
    assert.equal(Object.getPrototypeOf(got), Object.prototype);
  });

  it("brings a data set once, bit for bit, and back as the same object", () => {
    const ends = [new Crossing(0), new Crossing(1)] as const;
    const { train, validation } = spirals({ samples: 40, seed: 1 }).split({ validation: 0.25, seed: 2 });
    const there = across({ train, again: train, validation }, ends) as { train: typeof train; again: typeof train };
    assert.equal(there.again, there.train);
    assert.deepEqual(there.train.toArrays(), train.toArrays());
    assert.equal(across(there.train, [ends[1], ends[0]]), train);
    const second = ends[0].send("test", train) as { readonly parts?: unknown };
    assert.equal(second.parts, undefined);
  });

  it("takes of a view only what it shows, and moves nothing", () => {
    const inputs = new Float32Array(1000).subarray(10, 14);
    const data = datasetFromParts({
      name: "few",
      inputShape: [2],
      targetShape: [],
      storage: { inputs, targets: new Int32Array(2) },
    });
    const sent = new Crossing(0).send("test", data) as { parts: { storage: { inputs: Float32Array } } };
    assert.equal(sent.parts.storage.inputs.buffer.byteLength, 16);
    assert.equal(inputs.length, 4);
  });

  it("brings tensors and the feature names of a state", async () => {
    const state = {
      parameters: { "0": { weight: tensor([[1, 2]]) } },
      buffers: {},
      [FEATURE_NAMES]: ["height", "width"],
    };
    const got = across(state) as { parameters: { "0": { weight: Tensor } }; [FEATURE_NAMES]: unknown };
    assert.deepEqual(await got.parameters["0"].weight.array(), await state.parameters["0"].weight.array());
    assert.deepEqual(got[FEATURE_NAMES], ["height", "width"]);
  });

  it("brings a model as its configuration", () => {
    const model = sequential([linear(3)], { inputShape: [2] });
    assert.deepEqual(across({ model }), { model: model.config });
  });

  it("refuses functions and unknown classes with their path, or describes them in an error", () => {
    class Unknown {}
    const isRefused = (value: unknown, path: string) =>
      assert.throws(
        () => across(value),
        (error) => error instanceof GradusError && error.code === "bad-argument" && error.values.path === path,
      );
    isRefused({ optimizer: { init: () => {} } }, "optimizer.init");
    isRefused([1, new Unknown()], "1");
    isRefused({ x: tensor([1]).add(1) }, "x");
    assert.deepEqual(new Crossing(0).sendLoosely({ value: new Unknown(), name: () => {} }), {
      value: "an object of the class Unknown",
      name: "the function name",
    });
  });
});

describe("an error that crosses", () => {
  const across = (error: unknown) => decodeError(structuredClone(encodeError(error)));

  it("keeps code, values, cause and stack", async () => {
    const cause = new RangeError("too far");
    const state = { parameters: { "0": { bias: tensor([1, 2]) } }, buffers: {} };
    const error = new GradusError("not-finite", "fit: NaN", { layer: "0", step: 7, state }, { cause });
    const got = across(error) as GradusError;
    assert.ok(got instanceof GradusError);
    assert.deepEqual(
      [got.code, got.message, got.stack, got.name],
      [error.code, error.message, error.stack, error.name],
    );
    assert.deepEqual([got.values.layer, got.values.step], ["0", 7]);
    const { bias } = (got.values.state as typeof state).parameters["0"];
    assert.deepEqual(await bias.toArray(), [1, 2]);
    assert.ok(got.cause instanceof RangeError);
    assert.equal(got.cause.message, "too far");
    assert.deepEqual(Object.keys(got).sort(), ["code", "name", "values"]);
  });

  it("keeps the class of the language's errors, and the name of others", () => {
    const odd = Object.assign(new Error("odd"), { name: "OddError", values: { state: 1 } });
    const got = across(odd) as Error & { values?: unknown };
    assert.equal(got.name, "OddError");
    assert.deepEqual(got.values, { state: 1 });
    assert.ok(across(new TypeError("type")) instanceof TypeError);
    assert.equal(across("only text").message, "only text");
  });

  it("may be its own cause", () => {
    const error = new Error("round");
    error.cause = error;
    const got = across(error);
    assert.equal(got.cause, got);
  });
});
