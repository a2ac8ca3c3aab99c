import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseInterval } from "../../../src/cli/train/interval.ts";
import { GradusError } from "../../../src/core/errors.ts";
import { loadModel } from "../../../src/files/model-file.ts";
import { openRun } from "../../../src/runs/open-run.ts";
import { runHere } from "../in-process.ts";
import { experimentFile, scratchFolder } from "./experiment.ts";

const folder = scratchFolder("train-run");
const runs = join(folder, "runs");
const file = experimentFile(folder);
const train = (name: string, ...more: readonly string[]) =>
  runHere(["train", file, "--run", name, "--runs", runs, ...more]);

test("a run's folder has its settings with what the flags set, tags, environment, measures, epochs, test scores", async () => {
  const output = join(folder, "model.safetensors");
  const words = ["--tag", "small", "--tag", "first", "--epochs", "2", "--checkpoint-every", "5", "--keep", "2"];
  const run = await train("first run", ...words, "--output", output);
  assert.equal(run.status, 0, run.errors);
  assert.match(run.out, /^the run is recorded in .*first-run; gradus watch .*first-run shows it$/m);
  assert.match(run.out, /^the run is in .*first-run$/m);
  assert.doesNotMatch(run.out, /weights were not saved/);
  const reader = openRun(join(runs, "first-run"));
  assert.deepEqual([reader.name, reader.status], ["first run", "finished"]);
  assert.deepEqual(reader.description?.tags, ["small", "first"]);
  assert.equal((reader.settings as { readonly epochs: number }).epochs, 2);
  assert.equal(reader.description?.environment.node, process.versions.node);
  assert.deepEqual(
    reader.events.map(({ type }) => type).filter((type) => type !== "checkpoint"),
    ["started", "epoch", "epoch", "stopped", "test"],
  );
  assert.equal(reader.measures.get("loss")?.length, 12);
  const checkpoints = readdirSync(join(runs, "first-run/checkpoints")).sort();
  assert.deepEqual(checkpoints, ["best.safetensors", "step-000000000010.safetensors", "step-000000000012.safetensors"]);
  // the weights are those of the last checkpoint, and every checkpoint is a model that predict can use
  const last = loadModel(join(runs, "first-run/checkpoints", checkpoints[2] ?? ""));
  assert.deepEqual(last.state, loadModel(output).state);
  const predicted = await runHere(["predict", join(runs, "first-run/checkpoints/best.safetensors"), "--data", "blobs"]);
  assert.equal(predicted.status, 0, predicted.errors);
});

test("recording changes no bit of the weights", async () => {
  const [bare, recorded] = [join(folder, "bare.safetensors"), join(folder, "recorded.safetensors")];
  assert.equal((await runHere(["train", file, "--output", bare])).status, 0);
  assert.equal((await train("recorded", "--output", recorded)).status, 0);
  assert.deepEqual(loadModel(recorded).state, loadModel(bare).state);
});

test("--json says where the run is, and each checkpoint", async () => {
  const run = await train("as-json", "--epochs", "1", "--json");
  const lines = run.json();
  assert.deepEqual(lines[0], { type: "runCreated", name: "as-json", folder: join(runs, "as-json") });
  assert.ok(lines.some(({ type, step }) => type === "checkpointSaved" && step === 6));
});

test("a run that reaches NaN is recorded as failed, with the place", async () => {
  const sick = experimentFile(
    folder,
    {
      model: { layers: [{ type: "linear", units: 1 }] },
      loss: "mse",
      metrics: [],
      optimizer: { type: "sgd", learningRate: 1e200 },
      epochs: 60,
    },
    "sick.json",
  );
  const run = await runHere(["train", sick, "--run", "sick", "--runs", runs]);
  assert.equal(run.status, 3, run.errors);
  const reader = openRun(join(runs, "sick"));
  assert.equal(reader.status, "failed");
  assert.ok(reader.events.some(({ type }) => type === "notFinite"));
});

test("--tensorboard writes an event file that the doctor reads, with or without a run", async () => {
  const logs = join(folder, "logs");
  const run = await runHere(["train", file, "--tensorboard", logs]);
  assert.equal(run.status, 0, run.errors);
  assert.ok(readdirSync(logs).some((name) => name.startsWith("events.out.tfevents.")));
  const read = await runHere(["doctor", "--log", logs, "--json"]);
  const log = read.json()[0]?.log as { readonly epochs: number; readonly steps: number } | undefined;
  assert.deepEqual([log?.epochs, log?.steps], [3, 18]);
});

test("gradus doctor judges what a run recorded", async () => {
  const run = await runHere(["doctor", join(runs, "recorded"), "--json"]);
  const [diagnosis] = run.json();
  assert.deepEqual(diagnosis?.run, {
    folder: join(runs, "recorded"),
    name: "recorded",
    status: "finished",
    steps: 18,
    epochs: 3,
  });
  const text = await runHere(["doctor", join(runs, "recorded"), "--lang", "ko"]);
  assert.match(text.out, /recorded: 18스텝, 3에포크/);
  const refused = await runHere(["doctor", join(runs, "recorded"), "--epochs", "3", "--budget", "10s"]);
  assert.equal(refused.status, 2);
  assert.match(refused.errors, /the run .*recorded cannot be combined with fields to set, --budget/);
});

test("nothing is begun where the experiment, the data or the name is wrong", async () => {
  const wrong = await train("wrong", "--model.layers.0.units", "-1");
  assert.equal(wrong.status, 2);
  const nameless = await train(" ");
  assert.equal(nameless.status, 2);
  assert.match(nameless.errors, /--run needs a name/);
  const twice = await train("two", "--checkpoint.directory", join(folder, "elsewhere"));
  assert.equal(twice.status, 2);
  assert.match(twice.errors, /Leave out checkpoint\.directory or --run/);
  assert.ok(!existsSync(join(runs, "wrong")) && !existsSync(join(runs, "two")) && !existsSync(join(runs, "run")));
});

test("names with slashes, dots and escape sequences stay inside the folder of runs", async () => {
  const run = await train("../../a/b\u001b[31m", "--epochs", "1");
  assert.equal(run.status, 0, run.errors);
  assert.ok(!run.out.includes("\u001b"));
  const [made] = readdirSync(runs).filter((name) =>
    readFileSync(join(runs, name, "run.json"), "utf8").includes("../../a/b"),
  );
  assert.match(made ?? "", /^a-b/);
});

test("intervals are steps, epochs or times", () => {
  assert.deepEqual(parseInterval("--checkpoint-every", "500"), { steps: 500 });
  assert.deepEqual(parseInterval("--checkpoint-every", "2 epochs"), { epochs: 2 });
  assert.deepEqual(parseInterval("--checkpoint-every", "1 Epoch"), { epochs: 1 });
  assert.deepEqual(parseInterval("--checkpoint-every", "5 min"), { minutes: 5 });
  assert.deepEqual(parseInterval("--checkpoint-every", "30s"), { minutes: 0.5 });
  assert.deepEqual(parseInterval("--checkpoint-every", "1.5 hours"), { minutes: 90 });
  for (const text of ["", "0", "-1", "1.5 epochs", "5 weeks", "min", "constructor", "1 constructor"]) {
    assert.throws(() => parseInterval("--checkpoint-every", text), GradusError, text);
  }
});

test("a place that cannot be written any more costs checkpoints, not the training; the weights are rescued", async () => {
  const checkpoints = join(runs, "full/checkpoints");
  const run = await runHere(["train", file, "--run", "full", "--runs", runs], (text) => {
    if (!/^epoch 1\//m.test(text)) return;
    rmSync(checkpoints, { recursive: true });
    writeFileSync(checkpoints, "");
  });
  assert.equal(run.status, 4, run.errors + run.out);
  assert.match(run.out, /^epoch 3\/3 /m);
  assert.match(run.out, /no checkpoint was written, the training goes on/);
  assert.match(
    run.errors,
    /^error \(io-error\) {2}the last checkpoint was not written: .*gradus resume .*full goes on/m,
  );
  const rescued = /^saved to (.*rescued\.safetensors)$/m.exec(run.out)?.[1] ?? "";
  assert.deepEqual(loadModel(rescued).state, loadModel(join(folder, "bare.safetensors")).state);
});
