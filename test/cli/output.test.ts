import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { writeIdx } from "../../src/files/files.ts";
import { loadModel } from "../../src/files/model-file.ts";
import { scratchFolder } from "../io/scratch.ts";
import { runHere } from "./in-process.ts";

const folder = scratchFolder();
const at = (...names: string[]) => join(folder, ...names);
const noFull = fs.existsSync("/dev/full") ? false : "no /dev/full";

/** A small experiment with the changes of a test. */
function experiment(name: string, change: object = {}): string {
  const base = {
    data: { name: "blobs", samples: 60, testSamples: 12, spread: 0.5 },
    model: { layers: [{ type: "linear", units: 6 }, "tanh", { type: "linear", units: 3 }] },
    loss: "softmaxCrossEntropy",
    optimizer: { type: "adam", learningRate: 0.05 },
    epochs: 2,
    batchSize: 16,
  };
  fs.writeFileSync(at(name), JSON.stringify({ ...base, ...change }));
  return at(name);
}

const scoresOf = (file: string) => (loadModel(file).about as { readonly scores: Record<string, unknown> }).scores;

test("an unwritable output is refused with status 2 before any work starts", async () => {
  const file = experiment("refused.json", { data: { name: "csv", train: at("nowhere.csv") } });
  fs.writeFileSync(at("plain"), "x");
  const paths = [folder, at("plain", "x.safetensors"), at("n".repeat(300)), "", `${at("new")}/`, file];
  if (process.platform === "linux") paths.push("/proc/nowhere/model.safetensors", "/sys/model.safetensors");
  for (const path of paths) {
    const run = await runHere(["train", file, "--output", path]);
    assert.equal(run.status, 2, `${path}: ${run.errors}`);
    assert.match(run.errors, /^error \(bad-argument\) {2}train: --output/, path);
  }
  const checkpoint = at("small.safetensors");
  assert.equal((await runHere(["train", experiment("small.json"), "-o", checkpoint])).status, 0);
  const commands = [
    ["predict", checkpoint, "--data", "blobs", "--output", folder],
    ["predict", checkpoint, "--data", "blobs", "--output", checkpoint],
    ["doctor", file, "--html", folder],
    ["doctor", file, "--save", folder],
    ["doctor", file, "--html", at("one"), "--save", at("one")],
    ["demo", "--report", folder],
  ];
  for (const words of commands) {
    const run = await runHere(words);
    assert.equal(run.status, 2, `${words.join(" ")}: ${run.errors}`);
    assert.match(run.errors, /^error \(bad-argument\) {2}(predict: --output|doctor: --(html|save)|demo: --report)/);
  }
});

test("weights that cannot be written to their path are saved elsewhere, and the command says where", {
  skip: noFull,
}, async () => {
  const run = await runHere(["train", experiment("full.json"), "--output", "/dev/full", "--json"]);
  assert.equal(run.status, 4, run.errors);
  const { error } = run.json().at(-1) as {
    readonly error: { code: string; values: { saved: string; reason: string } };
  };
  const { saved, reason } = error.values;
  try {
    assert.deepEqual([error.code, reason], ["io-error", "ENOSPC"]);
    assert.ok(saved.startsWith(tmpdir()));
    assert.equal(loadModel(saved).model.outputShape[0], 3);
    assert.deepEqual(run.json().find(({ type }) => type === "saved")?.path, saved);
    assert.ok(run.errors.includes(`the weights are in ${saved}`));
  } finally {
    fs.rmSync(saved);
  }
});

test("predictions that cannot be written to their path are saved elsewhere", { skip: noFull }, async () => {
  const checkpoint = at("predicting.safetensors");
  assert.equal((await runHere(["train", experiment("predicting.json"), "-o", checkpoint])).status, 0);
  const run = await runHere(["predict", checkpoint, "--data", "blobs", "--output", "/dev/full", "--json"]);
  assert.equal(run.status, 4, run.errors);
  const { error } = run.json().at(-1) as { readonly error: { values: { saved: string } } };
  try {
    assert.equal(fs.readFileSync(error.values.saved, "utf8").trim().split("\n").length, 12);
  } finally {
    fs.rmSync(error.values.saved);
  }
});

test("an output folder that is removed during training is created again", async () => {
  const checkpoint = at("runs", "today", "model.safetensors");
  const run = await runHere(["train", experiment("removed.json"), "--output", checkpoint, "--json"], (text) => {
    if (text.includes('"epochEnded"')) fs.rmSync(at("runs"), { recursive: true, force: true });
  });
  assert.equal(run.status, 0, run.errors);
  assert.ok(scoresOf(checkpoint).test);
});

test("if a file takes the place of the output folder during training, the weights are saved elsewhere", async () => {
  const checkpoint = at("gone", "model.safetensors");
  const run = await runHere(["train", experiment("gone.json"), "--output", checkpoint, "--json"], (text) => {
    if (!text.includes('"epochEnded"')) return;
    fs.rmSync(at("gone"), { recursive: true, force: true });
    fs.writeFileSync(at("gone"), "a file");
  });
  assert.equal(run.status, 4, run.errors);
  const { error } = run.json().at(-1) as { readonly error: { values: { saved: string } } };
  assert.equal(loadModel(error.values.saved).model.outputShape[0], 3);
  fs.rmSync(error.values.saved);
});

test("the weights are saved before the test part is evaluated, and get its scores afterwards", async () => {
  const checkpoint = at("safe.safetensors");
  // the evaluation of the test part finds no backend
  const run = await runHere(["train", experiment("safe.json"), "--output", checkpoint, "--json"], (text) => {
    if (text.includes('"stopped"')) process.env.GRADUS_BACKEND = "abacus";
  });
  assert.equal(run.status, 2, run.errors);
  assert.ok(run.errors.includes(`the weights are in ${checkpoint}`), run.errors);
  const { epoch, test: measured } = scoresOf(checkpoint);
  assert.deepEqual([epoch, measured], [2, undefined]);
  const whole = at("whole.safetensors");
  assert.equal((await runHere(["train", experiment("whole.json"), "-o", whole])).status, 0);
  assert.ok(scoresOf(whole).test);
});

test("a test part that does not fit the network is refused before the first step", async () => {
  const labels = (classes: number) => ({ shape: [6], data: Uint8Array.from({ length: 6 }, (_, i) => i % classes) });
  const points = { shape: [6, 2], data: Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)) };
  const files = { inputs: at("x.idx"), targets: at("y.idx"), testInputs: at("x.idx"), testTargets: at("test-y.idx") };
  writeIdx(files.inputs, points);
  writeIdx(files.targets, labels(2));
  writeIdx(files.testTargets, labels(3));
  const change = { data: { name: "idx", ...files }, model: { layers: [{ type: "linear", units: 2 }] } };
  const run = await runHere(["train", experiment("unfit.json", change), "--json"]);
  assert.equal(run.status, 2, run.errors);
  assert.deepEqual(
    run.json().map(({ type, error }) => type ?? (error as { code: string }).code),
    ["label-out-of-range"],
  );
});

test("if a listener throws after some epochs, the weights so far are saved", async () => {
  const checkpoint = at("fault.safetensors");
  const fault = new Error("the terminal is on fire");
  const run = await runHere(["train", experiment("fault.json"), "--output", checkpoint, "--json"], (text) => {
    if (text.includes('"epoch":2')) throw fault;
  }).catch((error: unknown) => assert.fail(`not reported: ${String(error)}`));
  assert.equal(run.status, 1);
  assert.match(run.errors, /the terminal is on fire/);
  assert.equal((scoresOf(checkpoint) as { epoch?: number }).epoch, 1);
});

test("Ctrl-C before the first step leaves an earlier checkpoint unchanged", async () => {
  const checkpoint = at("earlier.safetensors");
  fs.writeFileSync(checkpoint, "precious");
  const run = await runHere(["train", experiment("early.json"), "--output", checkpoint, "--json"], (text) => {
    if (text.includes('"runStarted"')) process.emit("SIGTERM", "SIGTERM");
  });
  assert.equal(run.status, 143, run.errors);
  assert.equal(fs.readFileSync(checkpoint, "utf8"), "precious");
});

test("a signal: the step is finished, the weights are saved, the status names the signal", async () => {
  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    const checkpoint = at(`${signal}.safetensors`);
    const words = ["train", experiment("signals.json", { epochs: 10_000 }), "--output", checkpoint, "--json"];
    let sent = false;
    const run = await runHere(words, (text) => {
      if (sent || !text.includes('"epochEnded","epoch":2')) return;
      sent = true;
      process.emit(signal, signal);
    });
    assert.equal(run.status, status, run.errors);
    assert.equal(run.json().at(-1)?.reason, "interrupted");
    assert.ok(fs.existsSync(checkpoint));
    assert.equal(process.listenerCount(signal), 0);
  }
});

test("interrupted training with early stopping saves the best weights", async () => {
  const checkpoint = at("best.safetensors");
  const change = {
    epochs: 10_000,
    validationSplit: 20,
    earlyStopping: { patience: 10_000 },
    optimizer: { type: "sgd", learningRate: 3 },
  };
  let bad = 0;
  const run = await runHere(["train", experiment("best.json", change), "--output", checkpoint, "--json"], (text) => {
    if (text.includes('"isBest":false') && ++bad === 3) process.emit("SIGINT", "SIGINT");
  });
  assert.equal(run.status, 130, run.errors);
  const best = run
    .json()
    .filter(({ isBest }) => isBest === true)
    .at(-1);
  assert.equal(run.json().find(({ type }) => type === "stopped")?.restoredEpoch, best?.epoch);
  assert.equal((scoresOf(checkpoint) as { epoch?: number }).epoch, best?.epoch);
});

test("--output - writes the weights to the standard output and everything else to the standard error", {
  skip: process.platform === "win32",
}, () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const words = ["--import", "tsx", "src/cli/main.ts", "train", experiment("stdout.json"), "--output", "-"];
  const env = { ...process.env, GRADUS_BACKEND: "reference" };
  const bytes = execFileSync(process.execPath, words, { cwd: root, env, stdio: ["ignore", "pipe", "ignore"] });
  fs.writeFileSync(at("from-stdout.safetensors"), bytes);
  assert.equal(loadModel(at("from-stdout.safetensors")).model.outputShape[0], 3);
});

test("a full standard output does not stop training, but sets a failure status", { skip: noFull }, () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const checkpoint = at("beside.safetensors");
  const words = ["--import", "tsx", "src/cli/main.ts", "train", experiment("beside.json"), "--output", checkpoint];
  const full = fs.openSync("/dev/full", "w");
  const env = { ...process.env, GRADUS_BACKEND: "reference" };
  const run = spawnSync(process.execPath, words, { cwd: root, env, stdio: ["ignore", full, "pipe"], encoding: "utf8" });
  fs.closeSync(full);
  assert.equal(run.status, 4, run.stderr);
  assert.match(run.stderr, /io-error.*ENOSPC/);
  assert.ok(scoresOf(checkpoint).test);
});

test("two trainings that save to one path at once leave one whole file and nothing else", async () => {
  const checkpoint = at("shared", "model.safetensors");
  const runs = [3, 5].map((units) => {
    const layers = [{ type: "linear", units }, "tanh", { type: "linear", units: 3 }];
    return runHere(["train", experiment(`shared-${units}.json`, { model: { layers } }), "--output", checkpoint]);
  });
  for (const { status, errors } of await Promise.all(runs)) assert.equal(status, 0, errors);
  assert.ok([3, 5].includes(loadModel(checkpoint).model.layers[0]?.outputShape[0] as number));
  assert.deepEqual(fs.readdirSync(at("shared")), ["model.safetensors"]);
});

test("wrong usage with --json is reported as JSON", async () => {
  for (const words of [
    ["predict", "--json"],
    ["trian", "--json"],
    ["predict", "model", "--data", "blobs", "--json", "--limit", "0"],
    ["predict", "model", "--data", "blobs", "--json", "--samples", "0"],
    ["predict", "model", "--data", "blobs", "--json", "--limit", "1.5"],
    ["train", "--json"],
  ]) {
    const run = await runHere(words);
    assert.equal(run.status, 2, words.join(" "));
    const { error } = run.json().at(-1) as { readonly error: { readonly code: string; readonly message: string } };
    assert.equal(error.code, "bad-argument", words.join(" "));
    assert.ok(error.message.length > 10);
  }
});

test("a note says that samples of a network without dropout have no spread", async () => {
  const linear = { type: "linear", units: 3 };
  for (const [name, layers, isShown] of [
    ["sure", [linear], true],
    ["unsure", [{ type: "linear", units: 6 }, { type: "dropout", rate: 0.5 }, linear], false],
  ] as const) {
    const checkpoint = at(`${name}.safetensors`);
    assert.equal(
      (await runHere(["train", experiment(`${name}.json`, { model: { layers } }), "-o", checkpoint])).status,
      0,
    );
    const run = await runHere(["predict", checkpoint, "--data", "blobs", "--samples", "5"]);
    assert.equal(run.status, 0, run.errors);
    assert.equal(/spread is 0 everywhere/.test(run.errors), isShown, run.errors);
  }
});

test("invalid experiments are refused with status 2", async () => {
  fs.writeFileSync(at("broken.ts"), "export const experiment = {\n  data: 'blobs',,\n};\n");
  fs.writeFileSync(at("throws.ts"), "throw new TypeError('not today');\n");
  fs.writeFileSync(at("nothing.ts"), "export const other = 1;\n");
  fs.writeFileSync(at("null.ts"), "throw null;\n");
  fs.writeFileSync(at("imports.ts"), "import { nothing } from './nowhere.ts';\nexport const experiment = nothing;\n");
  fs.closeSync(fs.openSync(at("huge.json"), "w"));
  fs.truncateSync(at("huge.json"), 100 * 2 ** 20);
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["broken.ts", "bad-experiment", /broken\.ts: cannot be loaded/],
    ["throws.ts", "bad-experiment", /not today/],
    ["nothing.ts", "unknown-field", /"other"/],
    ["null.ts", "bad-experiment", /null\.ts: cannot be loaded/],
    ["imports.ts", "bad-experiment", /nowhere/],
    ["huge.json", "limit-exceeded", /16 MiB/],
    ["nowhere.json", "file-not-found", /nowhere\.json/],
    [".", "bad-data", /folder/],
  ];
  for (const [name, code, pattern] of cases) {
    for (const command of ["train", "doctor"]) {
      const run = await runHere([command, at(name), "--json"]);
      assert.equal(run.status, 2, `${command} ${name}: ${run.errors}`);
      const { error } = run.json().at(-1) as { readonly error: { readonly code: string; readonly message: string } };
      assert.equal(error.code, code, `${name}: ${error.message}`);
      assert.match(error.message, pattern);
    }
  }
});
