import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runCli } from "./run-cli.ts";

const folder = mkdtempSync(join(tmpdir(), "gradus-targets-"));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

/** price = 20000 a - 5000 b + 300000: far from 0, with a spread of thousands. */
const priceOf = (a: number, b: number) => 20000 * a - 5000 * b + 300000;
const rows = Array.from({ length: 80 }, (_, i) => [Math.sin(i), Math.cos(1.7 * i)] as const);
writeFileSync(at("prices.csv"), `a,b,price\n${rows.map(([a, b]) => `${a},${b},${priceOf(a, b)}`).join("\n")}\n`);

function experiment(standardizeTargets: boolean): string {
  const file = at(`prices-${standardizeTargets}.json`);
  const content = {
    data: { name: "csv", train: at("prices.csv"), target: "price", task: "regression" },
    model: { layers: [{ type: "linear", units: 1 }] },
    loss: "mse",
    optimizer: { type: "adam", learningRate: 0.1 },
    epochs: 25,
    batchSize: 16,
    backend: "reference",
    ...(standardizeTargets ? { standardizeTargets } : {}),
  };
  writeFileSync(file, JSON.stringify(content));
  return file;
}

/** Trains, saves, and predicts on the training file. */
async function errorOf(standardizeTargets: boolean, extra: readonly string[] = []): Promise<number> {
  const model = at(`prices-${standardizeTargets}.safetensors`);
  const trained = await runCli(["train", experiment(standardizeTargets), "--output", model, "--json"]);
  assert.equal(trained.status, 0, trained.errors);
  const out = at(`prices-${standardizeTargets}.jsonl`);
  const { status, errors } = await runCli([
    "predict",
    model,
    "--data",
    at("prices.csv"),
    "--json",
    "--output",
    out,
    ...extra,
  ]);
  assert.equal(status, 0, errors);
  const predicted = readFileSync(out, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).outputs[0] as number);
  assert.equal(predicted.length, rows.length);
  return Math.max(...rows.map(([a, b], index) => Math.abs(priceOf(a, b) - (predicted[index] as number))));
}

test("a network trains on scaled targets and predicts in the units of the file", async () => {
  assert.ok((await errorOf(true)) < 1000, "within a thousand of prices around 300,000");
  assert.ok((await errorOf(false)) > 100_000, "which the same training does not learn as they are");
});

test("a mean over several predictions has the same units", async () => {
  assert.ok((await errorOf(true, ["--samples", "2"])) < 1000);
});

test("class labels cannot be scaled", async () => {
  const file = at("labels.json");
  writeFileSync(
    file,
    JSON.stringify({
      data: "blobs",
      model: { layers: [{ type: "linear", units: 3 }] },
      loss: "softmaxCrossEntropy",
      optimizer: "adam",
      standardizeTargets: true,
    }),
  );
  const { status, errors } = await runCli(["train", file]);
  assert.equal(status, 2, errors);
  assert.match(errors, /labels have no scale/);
});
