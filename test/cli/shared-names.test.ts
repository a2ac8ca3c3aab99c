import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fill, translated } from "../../src/telling/texts/fill.ts";
import { TEXTS } from "../../src/telling/texts/languages.ts";
import { scratchFolder } from "../io/scratch.ts";
import { runHere } from "./in-process.ts";

/** Names that every JavaScript object has. */
const NAMES = ["constructor", "toString", "__proto__", "hasOwnProperty"];
const folder = scratchFolder();

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const SAMPLES = Array.from({ length: 40 }, (_, index) => [Math.sin(index), Math.cos(3 * index)] as const);

test("columns and classes with these names are trained on and predicted by name", async () => {
  const rows = SAMPLES.map(([a, b]) => `${a},${b},${a > b ? "__proto__" : "hasOwnProperty"}\n`).join("");
  const experiment = {
    data: { name: "csv", train: written("data.csv", `constructor,__proto__,toString\n${rows}`), target: "toString" },
    model: { layers: [{ type: "linear", units: 2 }] },
    loss: "softmaxCrossEntropy",
    optimizer: { type: "adam", learningRate: 0.3 },
    epochs: 20,
    batchSize: 10,
  };
  const checkpoint = join(folder, "model.safetensors");
  const trained = await runHere([
    "train",
    written("experiment.json", JSON.stringify(experiment)),
    "--output",
    checkpoint,
  ]);
  assert.equal(trained.status, 0, trained.errors);
  const lines = `{"__proto__":-1,"constructor":1}\n{"constructor":-1,"__proto__":1}\n`;
  const { status, out, errors } = await runHere(["predict", checkpoint, "--data", written("inputs.jsonl", lines)]);
  assert.equal(status, 0, errors);
  const told = out.split("\n").slice(1, 3);
  const classes = told.map((line) => line.split(",")[1]);
  assert.deepEqual(classes, ["__proto__", "hasOwnProperty"]);
});

test("layers with these names in a log are named in every report", async () => {
  const steps = Array.from({ length: 30 }, (_, step) => {
    const norms = NAMES.map((name) => `"grad_norm/${name}":${10 ** (-step / 2 - 6)},"weight_norm/${name}":1`);
    return `{"step":${step},"loss":2.3,${norms.join(",")}}`;
  });
  const file = written("log.jsonl", steps.join("\n"));
  for (const lang of ["en", "ko"]) {
    const { out, errors } = await runHere(["doctor", "--log", file, "--lang", lang]);
    assert.match(out, /toString/, errors);
    assert.doesNotMatch(out + errors, /native code|\[object|undefined/);
  }
});

test("no language translates these names, and the values of gaps stay literal", () => {
  for (const texts of Object.values(TEXTS)) {
    for (const name of NAMES) {
      assert.equal(translated(name, texts.words), name);
      assert.equal(fill("{what}", { what: name }, texts), name);
    }
    assert.equal(fill("{toString} {constructor}", {}, texts), "? ?");
    assert.equal(fill("{feature}", { feature: "$& $1" }, texts), "$& $1");
  }
  assert.equal(translated("a $& b", { "a * b": "<*>" }), "<$&>");
});
