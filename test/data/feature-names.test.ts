import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { alignFeatures } from "../../src/data/align-features.ts";
import { fromArrays } from "../../src/data/from-arrays.ts";
import { applyPca, fitPca, parsePca } from "../../src/data/pca.ts";
import { applyScaling, fitMinMax, fitStandardize, parseScaling } from "../../src/data/scaling.ts";
import { type CsvFiles, loadCsv } from "../../src/datasets/from-files.ts";
import { scratchFolder } from "../io/scratch.ts";
import { failure } from "./errors.ts";

const folder = scratchFolder();
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const inputs = [
  [1, 10],
  [2, 30],
  [3, 20],
];
const targets = [0, 1, 1];
const ab = fromArrays({ name: "ab", inputs, targets, featureNames: ["a", "b"] });
const ba = fromArrays({ name: "ba", inputs: inputs.map((row) => row.toReversed()), targets, featureNames: ["b", "a"] });
const ac = fromArrays({ name: "ac", inputs, targets, featureNames: ["a", "c"] });
const unnamed = fromArrays({ name: "unnamed", inputs, targets });
const numbers = (dataset: typeof ab) => [...dataset.toArrays().inputs.data];

describe("features by name", () => {
  const train = file("train.csv", "a,b,y\n1,10,0\n2,20,1\n3,30,2\n");
  const load = (text: string, options: Partial<CsvFiles> = {}) =>
    loadCsv({ train, test: file("test.csv", text), ...options });

  test("a test file's columns and its target may be in any order", () => {
    for (const text of ["b,a,y\n10,1,0\n20,2,1\n", "y,b,a\n0,10,1\n1,20,2\n", ",b,y,a\n0,10,0,1\n7,20,1,2\n"]) {
      const { test } = load(text);
      assert.deepEqual(test?.featureNames, ["a", "b"]);
      assert.deepEqual(numbers(test as typeof ab), [1, 10, 2, 20], text);
      assert.deepEqual(test?.toTargets(), Int32Array.of(0, 1));
    }
  });

  test("missing and unexpected columns are rejected with their names", () => {
    assert.throws(
      () => load("a,c,y\n1,5,0\n"),
      failure("shape-mismatch", { missing: ["b"], foreign: ["c"], expected: ["a", "b"] }),
    );
    assert.throws(() => load("a,y\n1,0\n"), failure("shape-mismatch", { missing: ["b"], foreign: [] }));
    assert.throws(() => load("a,b,name,y\n1,2,x,0\n"), failure("shape-mismatch", { missing: [], foreign: ["name"] }));
    assert.throws(() => load("a,b\n1,2\n"), failure("unknown-field", { field: "y" }));
    assert.throws(() => load("a,b,b,y\n1,2,3,0\n"), failure("bad-data", { name: "b" }));
  });

  test("ignored columns may be present or missing, matched by name", () => {
    const wide = file("wide.csv", "id,a,b,y\n7,1,10,0\n8,2,20,1\n");
    for (const ignore of [["id"], [0]]) {
      for (const text of ["b,a,y\n10,1,0\n", "b,id,y,a\n10,9,0,1\n"]) {
        const { test } = loadCsv({ train: wide, test: file("test.csv", text), ignore });
        assert.deepEqual(numbers(test as typeof ab), [1, 10], text);
      }
    }
  });

  test("files without a header are matched by position", () => {
    assert.deepEqual(numbers(load("5,50,0\n6,60,1\n").test as typeof ab), [5, 50, 6, 60]);
    assert.throws(() => load("5,50,7,0\n"), failure("shape-mismatch"));
    const bare = file("bare.csv", "1,10,0\n2,20,1\n");
    const { train: trainSet, test } = loadCsv({ train: bare, test: file("test.csv", "b,a,y\n10,1,0\n") });
    assert.equal(trainSet.featureNames, undefined);
    assert.deepEqual(numbers(test as typeof ab), [10, 1]);
    const pixels = file("pixels.csv", "label,0,1\n1,5,6\n0,7,8\n");
    const named = loadCsv({ train: pixels, test: file("test.csv", "1,0,label\n6,5,1\n"), target: "label" });
    assert.deepEqual(numbers(named.test as typeof ab), [5, 6], "numeric names are recognised from the training file");
  });

  test("skipped rows and ignored columns are reported", () => {
    const told: string[] = [];
    const gaps = file("gaps.csv", ",a,b,y\n0,1,2,0\n1,?,2,1\n2,3,4,1\n");
    const { notes } = loadCsv({ train: gaps, test: gaps, missing: "skip-row" }, (note) => told.push(note));
    assert.deepEqual(told, notes);
    assert.deepEqual(told.slice(0, 2), [
      `${gaps}: the first column has no name and numbers the rows; it is ignored`,
      `${gaps}: 1 of 3 rows have a missing value and are skipped (line 3)`,
    ]);
    assert.equal(told.length, 3, "the second file's row, but no column that is already known");
  });

  test("features are reordered by name; other names are rejected; without names, position counts", () => {
    assert.deepEqual(numbers(alignFeatures(ba, ["a", "b"])), numbers(ab));
    assert.deepEqual(alignFeatures(ba, ["a", "b"]).featureNames, ["a", "b"]);
    assert.equal(alignFeatures(ab, ["a", "b"]), ab);
    assert.equal(alignFeatures(unnamed, ["a", "b"]), unnamed);
    assert.equal(alignFeatures(ab, undefined), ab);
    assert.throws(() => alignFeatures(ac, ["a", "b"]), failure("shape-mismatch", { missing: ["b"], foreign: ["c"] }));
    assert.throws(() => alignFeatures(ab, ["a"]), failure("shape-mismatch", { missing: [], foreign: ["b"] }));
  });

  test("views keep the names, and are reordered as views", () => {
    const view = ba.subset([2, 0]).transformInputs({ center: Float64Array.of(0, 1), divisor: 2 });
    assert.deepEqual(numbers(alignFeatures(view, ["a", "b"])), [1, 10, 0, 5]);
    const { train, validation } = ba.split({ validation: 1 });
    for (const part of [train, validation, ba.take(1), ba.shuffle(1)]) assert.deepEqual(part.featureNames, ["b", "a"]);
    const steps = fromArrays({ inputs: [1, 2, 3, 4], inputShape: [2, 2], targets: [0], featureNames: ["a", "b"] });
    assert.deepEqual(numbers(alignFeatures(steps, ["b", "a"])), [2, 1, 4, 3], "along the last axis");
  });

  test("scaling and components keep the fitted names, also through JSON", () => {
    for (const scaling of [fitStandardize(ab), fitMinMax(ab)]) {
      const back = parseScaling(JSON.parse(JSON.stringify(scaling)));
      assert.deepEqual(numbers(applyScaling(back, ba)), numbers(applyScaling(back, ab)));
      assert.deepEqual(numbers(applyScaling(back, unnamed)), numbers(applyScaling(back, ab)));
      assert.throws(() => applyScaling(back, ac), failure("shape-mismatch", { missing: ["b"], foreign: ["c"] }));
    }
    const pca = parsePca(JSON.parse(JSON.stringify(fitPca(ab))));
    assert.deepEqual(numbers(applyPca(pca, ba)), numbers(applyPca(pca, ab)));
    assert.throws(() => applyPca(pca, ac), failure("shape-mismatch", { missing: ["b"] }));
    for (const featureNames of [["a"], ["a", "a"], ["a", 1], "ab", []]) {
      if (Array.isArray(featureNames) && featureNames.length === 1) continue;
      assert.throws(() => parseScaling({ ...fitStandardize(ab), featureNames }), failure("bad-data"));
      assert.throws(() => parsePca({ ...pca.toJSON(), featureNames }), failure("bad-data"));
    }
  });

  test("there must be one distinct name per feature", () => {
    assert.throws(() => fromArrays({ inputs, targets, featureNames: ["a"] }), failure("bad-argument"));
    assert.throws(
      () => fromArrays({ inputs, targets, featureNames: ["a", "a"] }),
      failure("bad-argument", { name: "a" }),
    );
  });
});
