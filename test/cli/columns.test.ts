import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadInputs } from "../../src/cli/predict/inputs.ts";
import { loadModel } from "../../src/files/model-file.ts";
import { failure } from "../data/errors.ts";
import { scratchFolder } from "../io/scratch.ts";
import { runCli } from "./run-cli.ts";

const folder = scratchFolder();
const write = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** Rows of a table with columns in the given order: y = a - b / 10. */
function table(columns: string, rows = 20): string {
  const cells = (row: number): Record<string, string> => ({
    a: `${row}`,
    b: `${(row * 7) % 20}`,
    y: `${row - ((row * 7) % 20) / 10}`,
    "": `${100 + row}`,
    id: `r${row}`,
  });
  const names = columns.split(",");
  return [columns, ...Array.from({ length: rows }, (_, row) => names.map((name) => cells(row)[name]).join(","))].join(
    "\n",
  );
}

test("train, test and predict match the columns of CSV files by name", async () => {
  const train = write("train.csv", `${table("id,a,b,y")}\nr20,,1,1`);
  const experiment = {
    data: {
      name: "csv",
      train,
      test: write("test.csv", table("y,b,a,id")),
      target: "y",
      ignore: ["id"],
      missing: "skip-row",
    },
    model: { layers: [{ type: "linear", units: 1 }] },
    loss: "mse",
    optimizer: { type: "adam", learningRate: 0.3 },
    standardize: true,
    epochs: 300,
  };
  const checkpoint = join(folder, "line.safetensors");
  const file = write("line.json", JSON.stringify(experiment));
  const trained = await runCli(["train", file, "--output", checkpoint, "--json"]);
  assert.equal(trained.status, 0, trained.errors);
  assert.match(trained.errors, /1 of 21 rows have a missing value and are skipped \(line 22\)/);
  const { test: score } = trained.json().at(-1) as { test: { loss: number } };
  assert.ok(score.loss < 0.01, `the test file's columns stand in another order; loss ${score.loss}`);
  const { about } = loadModel(checkpoint);
  assert.deepEqual((about as { featureNames: unknown }).featureNames, ["a", "b"]);

  const predicted = await runCli(["predict", checkpoint, "--data", write("new.csv", table(",b,a")), "--json"]);
  assert.equal(predicted.status, 0, predicted.errors);
  for (const [row, each] of predicted.json().entries()) {
    const { outputs } = each as { outputs: readonly number[] };
    assert.ok(Math.abs((outputs[0] as number) - (row - ((row * 7) % 20) / 10)) < 0.5, JSON.stringify(each));
  }
});

test("a file for predict may have the columns in any order, and other columns only if they are known", async () => {
  const wanted = { features: 2, inputShape: [2], featureNames: ["a", "b"], targetName: "y", ignoredNames: ["id"] };
  const read = async (text: string, more = {}) => {
    const told: string[] = [];
    const dataset = await loadInputs(write("in.csv", text), { ...wanted, ...more }, (note) => told.push(note));
    return [...dataset.toArrays().inputs.data];
  };
  for (const columns of ["a,b", "b,a", "b,y,a", "y,a,b", ",a,b", ",b,y,id,a", "id,b,a"]) {
    assert.deepEqual(await read(table(columns, 2)), [0, 0, 1, 7], columns);
  }
  assert.deepEqual(await read("a,b,y\n1,2,setosa\n3,4,\n"), [1, 2, 3, 4], "the target is not read");
  assert.deepEqual(await read("a,b,\n1,2,\n"), [1, 2]);
  assert.deepEqual(await read("5,6\n7,8\n"), [5, 6, 7, 8], "without a header by position");
  assert.deepEqual(await read("5,6,1\n7,8,0\n"), [5, 6, 7, 8], "with the target at the end");
  await assert.rejects(read("a,c\n1,2\n"), failure("shape-mismatch", { missing: ["b"], foreign: ["c"] }));
  await assert.rejects(read("a,b,c\n1,2,3\n"), failure("shape-mismatch", { missing: [], foreign: ["c"] }));
  await assert.rejects(read("1,2,3,4\n"), failure("shape-mismatch"));
  await assert.rejects(read("a,b\n1,2\n", { featureNames: ["a", "b", "c"] }), failure("bad-data"));
  await assert.rejects(read("a,b\n1,1e39\n"), failure("not-finite", { line: 2, column: 2 }));
  const older = { featureNames: undefined, targetName: undefined, ignoredNames: undefined };
  assert.deepEqual(await read("b,a,y\n1,2,0\n", older), [1, 2], "a checkpoint without names goes by position");
});
