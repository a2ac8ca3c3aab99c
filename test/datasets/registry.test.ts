import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { labelHistogram } from "../../src/data/labels.ts";
import { datasets, loadDataset } from "../../src/datasets/registry.ts";
import { writeIdx, writeNpy } from "../../src/files/files.ts";
import { failure } from "../data/errors.ts";
import { scratchFolder } from "../io/scratch.ts";

const scratch = scratchFolder();

function file(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

describe("registry", () => {
  test("lists every dataset, with text in each column", () => {
    assert.deepEqual(Object.keys(datasets), [
      "mnist",
      "fashion-mnist",
      "circles",
      "moons",
      "spirals",
      "xor",
      "blobs",
      "adding",
      "sine",
      "csv",
      "npy",
      "idx",
      "images",
    ]);
    for (const [name, { title, size, shape, classes, source, options }] of Object.entries(datasets)) {
      for (const column of [title, size, shape, classes, source]) assert.notEqual(column, "", name);
      for (const [option, { help }] of Object.entries(options)) assert.notEqual(help, "", `${name}, ${option}`);
    }
  });

  test("an unknown dataset or option is rejected with the nearest name", async () => {
    await assert.rejects(loadDataset("mnits"), failure("unknown-field", { field: "mnits", suggestion: "mnist" }));
    await assert.rejects(loadDataset("toString"), failure("unknown-field", { field: "toString" }));
    await assert.rejects(
      loadDataset({ name: "spirals", tunrs: 2 }),
      failure("unknown-field", { field: "tunrs", suggestion: "turns" }),
    );
    await assert.rejects(loadDataset({ name: "moons", turns: 2 }), failure("unknown-field", { field: "turns" }));
    await assert.rejects(loadDataset({ name: "xor", toString: 1 }), failure("unknown-field"));
  });

  test("a bad value is rejected with what was expected", async () => {
    const bad: readonly [string, string, unknown][] = [
      ["circles", "samples", 1.5],
      ["circles", "noise", -1],
      ["circles", "factor", 1],
      ["mnist", "layout", "square"],
      ["mnist", "train", "all"],
      ["mnist", "folder", 3],
      ["mnist", "download", "no"],
      ["csv", "ignore", ["a", null]],
    ];
    for (const [name, option, value] of bad) {
      const spec = name === "csv" ? { name, train: "x.csv", [option]: value } : { name, [option]: value };
      await assert.rejects(loadDataset(spec), failure("bad-argument", { name: option, value }), `${name}.${option}`);
    }
    await assert.rejects(loadDataset("csv"), failure("bad-argument", { name: "train" }));
    await assert.rejects(loadDataset({ name: "npy", inputs: "x.npy" }), failure("bad-argument", { name: "targets" }));
  });

  test("synthetic datasets: a training and a test part, balanced, from the same clouds, by seed", async () => {
    for (const name of ["circles", "moons", "spirals", "xor", "blobs"]) {
      const { train, test } = await loadDataset({ name, samples: 300, testSamples: 60, seed: 3 });
      assert.equal(train.length, 300, name);
      assert.equal(test?.length, 60, name);
      const counts = labelHistogram(test?.toTargets() ?? [], test?.classes as number);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${name}: ${counts}`);
      const again = await loadDataset({ name, samples: 300, testSamples: 60, seed: 3 });
      assert.deepEqual(again.test?.toArrays(), test?.toArrays(), name);
    }
    const { train, test } = await loadDataset({ name: "blobs", classes: 5, features: 3, spread: 0.01 });
    const firstOf = (set: typeof train) => set.subset([set.toTargets().indexOf(4)]).toArrays().inputs.data;
    assert.ok(Math.abs((firstOf(train)[0] as number) - (firstOf(test as typeof train)[0] as number)) < 0.2);
  });

  test("mnist by name", async () => {
    const { train, test } = await loadDataset({ name: "mnist", train: 500, test: 100 });
    assert.deepEqual([train.length, test?.length, train.classes], [500, 100, 10]);
  });

  test("csv: the test file has the classes of the training file", async () => {
    const train = file("train.csv", "a,b,kind\n1,2,cat\n3,4,dog\n5,6,eel\n");
    const test = file("test.csv", "a,b,kind\n7,8,eel\n");
    const loaded = await loadDataset({ name: "csv", train, test });
    assert.deepEqual([...(loaded.test?.toTargets() ?? [])], [2]);
    assert.equal(loaded.test?.classes, 3);
    assert.deepEqual(loaded.train.featureNames, ["a", "b"]);
    await assert.rejects(
      loadDataset({ name: "csv", train, test: file("odd.csv", "a,kind\n7,eel\n") }),
      failure("shape-mismatch"),
    );
    await assert.rejects(
      loadDataset({ name: "csv", train, test: file("new.csv", "a,b,kind\n7,8,fox\n") }),
      failure("label-out-of-range"),
    );
    const numbers = file("numbers.csv", "1,0\n2,1\n3,2\n");
    const last = await loadDataset({ name: "csv", train: numbers, test: file("last.csv", "4,2\n5,0\n") });
    assert.deepEqual([...(last.test?.toTargets() ?? [])], [2, 0]);
    assert.equal(last.test?.classes, 3);
  });

  test("npy and idx: labels by type, bytes scaled, the test part with the classes of the training part", async () => {
    const at = (name: string) => join(scratch, name);
    writeNpy(at("x.npy"), { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
    writeNpy(at("y.npy"), { shape: [2], data: Int32Array.of(0, 2) });
    writeNpy(at("v.npy"), { shape: [2, 1], data: Float64Array.of(0.5, 1.5) });
    writeNpy(at("tx.npy"), { shape: [1, 3], data: Float32Array.of(7, 8, 9) });
    writeNpy(at("ty.npy"), { shape: [1], data: Int32Array.of(1) });
    const labelled = await loadDataset({
      name: "npy",
      inputs: at("x.npy"),
      targets: at("y.npy"),
      testInputs: at("tx.npy"),
      testTargets: at("ty.npy"),
    });
    assert.deepEqual([labelled.train.classes, labelled.test?.classes], [3, 3]);
    const values = await loadDataset({ name: "npy", inputs: at("x.npy"), targets: at("v.npy") });
    assert.deepEqual([values.train.targetKind, values.train.targetShape, values.test], ["values", [1], undefined]);
    writeNpy(at("steps.npy"), { shape: [2, 2], data: Int32Array.of(0, 1, 1, 4) });
    const steps = { name: "npy", inputs: at("x.npy"), targets: at("steps.npy") };
    assert.equal((await loadDataset(steps)).train.targetKind, "values");
    const { train: sequence } = await loadDataset({ ...steps, targetKind: "labels" });
    assert.deepEqual([sequence.targetKind, sequence.targetShape, sequence.classes], ["labels", [2], 5]);
    writeIdx(at("x.idx"), { shape: [2, 1, 2], data: Uint8Array.of(0, 51, 102, 255) });
    writeIdx(at("y.idx"), { shape: [2], data: Uint8Array.of(1, 0) });
    const { train } = await loadDataset({ name: "idx", inputs: at("x.idx"), targets: at("y.idx"), divisor: 255 });
    assert.deepEqual(train.toArrays().inputs, {
      shape: [2, 1, 2],
      dtype: "float32",
      data: Float32Array.of(0, 0.2, 0.4, 1),
    });
    const half = { name: "npy", inputs: at("x.npy"), targets: at("y.npy"), testInputs: at("tx.npy") };
    await assert.rejects(loadDataset(half), failure("bad-argument"));
    await assert.rejects(
      loadDataset({ name: "npy", inputs: at("none.npy"), targets: at("y.npy") }),
      failure("file-not-found"),
    );
  });
});
