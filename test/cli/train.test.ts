import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { fitPca } from "../../src/data/pca.ts";
import { applyScaling, fitStandardize, type Scaling } from "../../src/data/scaling.ts";
import { loadDataset } from "../../src/datasets/registry.ts";
import { loadModel } from "../../src/files/model-file.ts";
import { runCli } from "./run-cli.ts";

const sharp = await import("sharp").then(
  (module) => module.default,
  () => undefined,
);
const withoutSharp = sharp === undefined ? "needs the optional package sharp" : false;

const folder = mkdtempSync(join(tmpdir(), "gradus-cli-"));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

/** A small experiment with the changes of a test. */
function experiment(name: string, change: object = {}): string {
  const file = at(name);
  const base = {
    data: { name: "blobs", samples: 60, testSamples: 12, spread: 0.5 },
    model: { layers: [{ type: "linear", units: 6 }, "tanh", { type: "linear", units: 3 }] },
    loss: "softmaxCrossEntropy",
    optimizer: { type: "adam", learningRate: 0.05 },
    epochs: 2,
    batchSize: 16,
  };
  writeFileSync(file, JSON.stringify({ ...base, ...change }));
  return file;
}

/** Expects status 2, one line with the error, no stack trace. */
async function refused(words: readonly string[], code: string, pattern: RegExp): Promise<void> {
  const { status, errors, out } = await runCli(["train", ...words]);
  assert.equal(status, 2, errors + out);
  assert.match(errors, new RegExp(`^error \\(${code}\\)  `));
  assert.match(errors, pattern);
  assert.doesNotMatch(errors, /\n {4}at /);
}

test("trains, shows the network and every epoch, and evaluates the test part", async () => {
  const { status, out } = await runCli(["train", experiment("plain.json")]);
  assert.equal(status, 0, out);
  assert.match(out, /linear\(units=6\)/);
  assert.match(out, /^epoch 1\/2 {2}train loss \d/m);
  assert.match(out, /^epoch 2\/2/m);
  assert.match(out, /^test {2}loss .*accuracy/m);
});

test("flags set any field; events come as JSON lines", async () => {
  const words = [
    "train",
    "--epochs",
    "3",
    experiment("flags.json"),
    "--json",
    "--optimizer.learningRate=0.5",
    "--batch-size",
    "30",
    "--model.layers.0.units",
    "4",
  ];
  const run = await runCli(words);
  assert.equal(run.status, 0, run.errors);
  const events = run.json();
  assert.deepEqual(
    events.map(({ type }) => type),
    ["runStarted", ...Array(3).fill(["epochStarted", "epochEnded"]).flat(), "stopped", "result"],
  );
  const [started] = events;
  assert.deepEqual([started?.epochs, started?.stepsPerEpoch, started?.parameterCount], [3, 2, 3 * 4 + 5 * 3]);
  assert.equal(events.find(({ type }) => type === "epochEnded")?.learningRate, 0.5);
  const { test: scores } = events.at(-1) as { readonly test: { readonly accuracy: number } };
  assert.ok(scores.accuracy > 0);
});

test("a TypeScript experiment", async () => {
  const run = await runCli(["train", "examples/moons.ts", "--epochs", "1", "--data.samples", "40", "--json"]);
  assert.equal(run.status, 0, run.errors);
  assert.equal(run.json().at(-1)?.epochs, 1);
});

test("saves model, weights and experiment; predict reads them", async () => {
  const checkpoint = at("model.safetensors");
  const file = experiment("save.json", { epochs: 8, standardize: true, validationSplit: 20, seed: 4 });
  const trained = await runCli(["train", file, "--output", checkpoint, "--json"]);
  assert.equal(trained.status, 0, trained.errors);
  const { model, about } = loadModel(checkpoint);
  assert.equal(model.parameterCount, 2 * 6 + 6 + 6 * 3 + 3);
  assert.equal((about as { experiment: { epochs: number } }).experiment.epochs, 8);

  const { train: whole } = await loadDataset({ name: "blobs", samples: 60, testSamples: 12, spread: 0.5 });
  const { train: seen } = whole.split({ validation: 20, seed: 4 });
  const { scaling } = about as unknown as { readonly scaling: Scaling };
  assert.deepEqual(
    scaling,
    JSON.parse(JSON.stringify(fitStandardize(seen))),
    "the scaling was fitted on more than the training part",
  );

  const csv = await runCli(["predict", checkpoint, "--data", "blobs"]);
  assert.equal(csv.status, 0, csv.errors);
  const [header, ...rows] = csv.out.trim().split("\n");
  assert.equal(header, "row,prediction,probability");
  assert.equal(rows.length, 12);

  const points = at("points.csv");
  writeFileSync(points, "x,y\n0.5,1\n-2,3\n");
  const lines = await runCli(["predict", checkpoint, "--data", points, "--json"]);
  assert.equal(lines.status, 0, lines.errors);
  const [first, second] = lines.json();
  assert.equal(second?.row, 1);
  const probabilities = first?.probabilities as number[];
  assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
  assert.equal(first?.probability, Math.max(...probabilities));

  const written = at("out.csv");
  const limited = await runCli(["predict", checkpoint, "--data", "blobs", "--limit", "3", "--output", written]);
  assert.equal(limited.status, 0);
  assert.equal(readFileSync(written, "utf8").trim().split("\n").length, 4);

  const wrong = await runCli(["predict", checkpoint, "--data", "nowhere"]);
  assert.equal(wrong.status, 2);
});

test("principal components follow the scaling, are fitted on the training part alone, and predict applies both", async () => {
  const checkpoint = at("pca.safetensors");
  const data = { name: "blobs", samples: 60, testSamples: 12, spread: 0.5, features: 5 };
  const file = experiment("pca.json", { data, epochs: 8, standardize: true, pca: 2, validationSplit: 20, seed: 4 });
  const trained = await runCli(["train", file, "--output", checkpoint]);
  assert.equal(trained.status, 0, trained.errors);
  assert.match(trained.out, /^2 principal components hold \d+\.\d % of the variance$/m);
  const { model, about } = loadModel(checkpoint);
  assert.deepEqual(model.inputShape, [2]);

  const { train: whole } = await loadDataset(data);
  const { train: seen } = whole.split({ validation: 20, seed: 4 });
  const expected = fitPca(applyScaling(fitStandardize(seen), seen), { components: 2 });
  assert.deepEqual((about as { pca: unknown }).pca, JSON.parse(JSON.stringify(expected)));

  const predicted = await runCli(["predict", checkpoint, "--data", "blobs", "--json"]);
  assert.equal(predicted.status, 0, predicted.errors);
  const test = trained.out.match(/^test .*accuracy (\d+\.\d+) %/m);
  const { test: held } = await loadDataset(data);
  const right = predicted.json().filter(({ prediction }, row) => prediction === String(held?.toTargets()[row])).length;
  assert.ok(Math.abs(Number(test?.[1]) - (100 * right) / 12) < 0.01, `${trained.out}: ${right} of 12`);
  await refused([experiment("pca-many.json", { pca: 3 })], "bad-argument", /at most 2 components.*got 3/);
  await refused([experiment("pca-odd.json", { pca: { componets: 1 } })], "unknown-field", /Did you mean "components"/);
});

test("a folder of pictures, augmented; broken files are reported; predict uses its test part", {
  skip: withoutSharp,
}, async () => {
  const checkpoint = at("pictures.safetensors");
  for (const [part, count] of [
    ["train", 6],
    ["test", 2],
  ] as const) {
    for (const [name, value] of [
      ["dark", 40],
      ["light", 210],
    ] as const) {
      mkdirSync(at(`pictures/${part}/${name}`), { recursive: true });
      for (let i = 0; i < count; i++) {
        const raw = { width: 8, height: 8, channels: 1 } as const;
        const png = await sharp?.(new Uint8Array(64).fill(value + i), { raw })
          .png()
          .toBuffer();
        writeFileSync(at(`pictures/${part}/${name}/${i}.png`), png as Buffer);
      }
    }
  }
  writeFileSync(at("pictures/train/dark/zzz.png"), "no picture");
  const data = { name: "images", train: at("pictures/train"), test: at("pictures/test"), channels: 1, broken: "skip" };
  const file = experiment("pictures.json", {
    data,
    augment: ["flip", { type: "crop", padding: 1, fill: "edge" }, { type: "noise", deviation: 0.01 }],
    model: { layers: ["flatten", { type: "linear", units: 2 }] },
    epochs: 30,
  });
  const run = await runCli(["train", file, "--output", checkpoint]);
  assert.equal(run.status, 0, run.errors);
  assert.match(run.out, /zzz\.png: skipped: .*unsupported image format/);
  assert.match(run.out, /^test .*accuracy 100\.00 %/m);
  const predicted = await runCli(["predict", checkpoint, "--data", "images", "--json"]);
  assert.deepEqual(
    predicted.json().map(({ prediction }) => prediction),
    ["dark", "dark", "light", "light"],
  );
  for (const name of ["dark", "light"]) {
    const one = await runCli(["predict", checkpoint, "--data", at(`pictures/test/${name}/1.png`), "--json"]);
    assert.equal(one.json()[0]?.prediction, name, one.errors);
  }
  await refused([file, "--data.broken", "refuse"], "bad-data", /zzz\.png: is not a complete image/);
  const bad = {
    data,
    augment: [{ type: "crop", pading: 1 }],
    model: { layers: ["flatten", { type: "linear", units: 2 }] },
  };
  await refused([experiment("pictures-bad.json", bad)], "unknown-field", /augment\.0 \(crop\).*Did you mean "padding"/);
  await refused([experiment("no-pictures.json", { augment: ["flip"] })], "bad-argument", /expected images/);
});

test("a closed pipe does not stop training", async () => {
  const file = experiment("left.json", { epochs: 30 });
  const checkpoint = at("left.safetensors");
  const { status, errors, out } = await runCli(["train", file, "--output", checkpoint], { leaveAt: /epoch 2\// });
  assert.equal(status, 0, errors);
  assert.doesNotMatch(out, /epoch 30\//);
  assert.equal(loadModel(checkpoint).model.outputShape[0], 3);
});

test("Ctrl-C finishes the step, saves the weights, and exits with 130", async () => {
  const checkpoint = at("interrupted.safetensors");
  const file = experiment("long.json", { epochs: 100_000 });
  const run = await runCli(["train", file, "--output", checkpoint], { interruptAt: /epoch 3\// });
  assert.equal(run.status, 130, run.errors + run.out.slice(-300));
  assert.match(run.out, /interrupted: the step was finished/);
  assert.ok(existsSync(checkpoint));
  assert.equal(loadModel(checkpoint).model.outputShape[0], 3);
});

test("a misspelt field gets a suggestion, at every depth", async () => {
  await refused([experiment("a.json", { epochz: 3 })], "unknown-field", /"epochz".*Did you mean "epochs"/);
  await refused([experiment("b.json"), "--optimizer.learningrate", "0.1"], "unknown-field", /learningRate/);
  const layers = [{ type: "linear", unit: 3 }];
  await refused(
    [experiment("c.json", { model: { layers } })],
    "unknown-field",
    /layers\.0 \(linear\).*Did you mean "units"/,
  );
  await refused(
    [experiment("d.json", { data: { name: "blobs", sample: 9 } })],
    "unknown-field",
    /Did you mean "samples"/,
  );
});

test("values out of range: learning rate -1, dropout 1.5", async () => {
  await refused(
    [experiment("e.json"), "--optimizer.learningRate", "-1"],
    "bad-argument",
    /adam: learningRate must be .*got -1/,
  );
  const layers = [
    { type: "dropout", rate: 1.5 },
    { type: "linear", units: 3 },
  ];
  await refused(
    [experiment("f.json", { model: { layers } })],
    "bad-argument",
    /layers\.0 \(dropout\).*rate must be .*got 1\.5/,
  );
});

test("shapes that do not fit between layers name the layer", async () => {
  const layers = [
    { type: "linear", units: 6 },
    { type: "linear", units: 3, inputs: 5 },
  ];
  await refused([experiment("g.json", { model: { layers } })], "shape-mismatch", /layers\.1 \(linear\).*5 inputs.*6/s);
});

test("labels out of range, an empty file, a truncated IDX file", async () => {
  const few = { layers: [{ type: "linear", units: 2 }] };
  await refused([experiment("h.json", { model: few })], "label-out-of-range", /2/);

  const csv = at("empty.csv");
  writeFileSync(csv, "a,b,label\n");
  await refused([experiment("i.json", { data: { name: "csv", train: csv } })], "empty-dataset", /no rows/);

  // magic 0x0803: three axes of bytes; 10 images of 2 x 2 announced, 9 there
  const images = Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 10, 0, 0, 0, 2, 0, 0, 0, 2]), Buffer.alloc(36)]);
  const labels = Buffer.concat([Buffer.from([0, 0, 8, 1, 0, 0, 0, 10]), Buffer.alloc(10)]);
  writeFileSync(at("images.gz"), gzipSync(images));
  writeFileSync(at("labels"), labels);
  const data = { name: "idx", inputs: at("images.gz"), targets: at("labels") };
  await refused([experiment("j.json", { data })], "truncated-file", /images\.gz.*56.*52/);
});

test("files that are not experiments", async () => {
  await refused([at("absent.json")], "file-not-found", /absent\.json/);
  writeFileSync(at("broken.json"), '{ "data": ');
  await refused([at("broken.json")], "bad-experiment", /not JSON/);
  writeFileSync(at("list.json"), "[1]");
  await refused([at("list.json")], "bad-experiment", /expected an object/);
  await refused([experiment("k.json", { loss: undefined })], "bad-experiment", /"loss" is missing/);
  await refused([], "bad-argument", /expected an experiment file/);
});

test("a run that reaches NaN exits with 3 and says where, also as JSON", async () => {
  const file = experiment("nan.json", {
    model: { layers: [{ type: "linear", units: 1 }] },
    loss: "mse",
    metrics: [],
    optimizer: { type: "sgd", learningRate: 1e200 },
  });
  const run = await runCli(["train", file, "--json", "--epochs", "60", "--output", at("nan.safetensors")]);
  assert.equal(run.status, 3, run.errors);
  const error = run.json().at(-1)?.error as { code: string; values: { step: number } };
  assert.equal(error.code, "not-finite");
  assert.ok(error.values.step >= 1);
  assert.match(run.errors, /first in the /);
  assert.ok(existsSync(at("nan.safetensors")), "the last finite weights were not saved");
});
