import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestName, requireKnownFields, suggestion } from "../../src/core/suggest.ts";
import { failure } from "../data/errors.ts";

const known = ["learningRate", "batchSize", "epochs"];

test("a misspelt name finds the intended one", () => {
  assert.equal(nearestName("learnigRate", known), "learningRate");
  assert.equal(nearestName("learningrate", known), "learningRate");
  assert.equal(nearestName("bachSize", known), "batchSize");
  assert.equal(nearestName("epoch", known), "epochs");
  assert.equal(nearestName("mnits", ["moons", "mnist", "npy"]), "mnist");
});

test("a name without a near match gets the list instead", () => {
  assert.equal(nearestName("momentum", known), undefined);
  assert.equal(nearestName("x", []), undefined);
  assert.equal(nearestName("idx", ["csv", "npy", "xor"]), undefined);
  assert.match(suggestion("momentum", known), /learningRate, batchSize, epochs/);
});

test("unknown fields are rejected with the nearest name", () => {
  assert.throws(
    () => requireKnownFields("experiment", ["epochs", "bacthSize"], known),
    failure("unknown-field", { field: "bacthSize", suggestion: "batchSize" }),
  );
  requireKnownFields("experiment", ["epochs"], known);
});
