import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readRun } from "../../../src/files/checkpoint-folder.ts";
import { openRun } from "../../../src/runs/open-run.ts";
import { runHere } from "../in-process.ts";
import { type CliRun, runCli } from "../run-cli.ts";
import { experimentFile, scratchFolder } from "./experiment.ts";

const folder = scratchFolder("resume");
const runs = join(folder, "runs");
const file = experimentFile(folder);
const at = (name: string) => join(runs, name);

async function succeeds(words: readonly string[]): Promise<CliRun> {
  const run = await runHere(words);
  assert.equal(run.status, 0, run.errors + run.out);
  return run;
}

/** The weights, moments and everything else of a run's last checkpoint, as bytes by name, with its history without times. */
async function lastState(name: string) {
  const { state } = await readRun(at(name));
  const { values, history, best, step, epoch, schedule, earlyStopping } = state;
  const bytes = (arrays: typeof values) =>
    [...arrays].map(([path, { data }]) => [
      path,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex"),
    ]);
  return {
    values: bytes(values),
    best: best === undefined ? undefined : bytes(best.values),
    history: history.map(({ durationMs: _, samplesPerSecond: __, ...rest }) => rest),
    at: { step, epoch, schedule, earlyStopping },
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 50));
}

const train = (name: string, ...more: readonly string[]) => ["train", file, "--run", name, "--runs", runs, ...more];
const resume = (name: string, ...more: readonly string[]) => ["resume", name, "--runs", runs, ...more];

test("a run killed in the middle of an epoch goes on to the bits of the run that was never stopped", async () => {
  await succeeds(train("whole"));
  const killed = await runCli([...train("killed", "--checkpoint-every", "4"), "--json", "--steps"], {
    interruptAt: /"step":11,/,
    signal: "SIGKILL",
  });
  assert.equal(killed.status, null);
  const reader = openRun(at("killed"));
  assert.equal(reader.status, "killed");
  const resumed = await succeeds(resume("killed", "--output", join(folder, "resumed.safetensors")));
  assert.match(resumed.out, /^killed: killed after epoch 1 of 3, step \d+$/m);
  assert.match(resumed.out, /^goes on in epoch \d, after step (8|12|16)$/m);
  assert.match(resumed.out, /^saved to .*resumed\.safetensors$/m);
  assert.deepEqual(await lastState("killed"), await lastState("whole"));
  const best = (name: string) => readFileSync(join(at(name), "checkpoints/best.safetensors"));
  assert.ok(best("killed").equals(best("whole")));
  reader.refresh();
  assert.equal(reader.status, "finished");
  // steps that were made twice are there once
  const steps = (name: string) => {
    const loss = openRun(at(name)).measures.get("loss");
    return [
      Array.from(loss?.steps.subarray(0, loss.length) ?? []),
      Array.from(loss?.values.subarray(0, loss.length) ?? []),
    ];
  };
  assert.deepEqual(steps("killed"), steps("whole"));
  assert.deepEqual(
    steps("killed")[0],
    Array.from({ length: 18 }, (_, index) => index + 1),
  );
});

test("Ctrl-C writes a checkpoint; the command says how to go on, and the rest is as if nothing had happened", async () => {
  const stopped = await runCli([...train("stopped"), "--json", "--steps"], { interruptAt: /"step":2,/ });
  assert.equal(stopped.status, 130, stopped.errors);
  assert.equal(openRun(at("stopped")).status, "stopped");
  const files = readdirSync(join(at("stopped"), "checkpoints"));
  assert.ok(files.some((name) => name.startsWith("step-")));
  await succeeds(resume("stopped"));
  assert.deepEqual(await lastState("stopped"), await lastState("whole"));
});

test("a finished run trains on with more epochs and another rate, and says what changed; later ones keep that", async () => {
  await succeeds(train("longer"));
  const none = await runHere(resume("longer"));
  assert.equal(none.status, 2);
  assert.match(none.errors, /has made 3 of 3 epochs\. --epochs 6 trains on/);
  const more = await succeeds(resume("longer", "--epochs", "4", "--optimizer.learningRate", "0.01"));
  assert.match(more.out, /goes on in epoch 4, after step 18; .*optimizer\.learningRate 0\.05 -> 0\.01/);
  assert.match(more.out, /^epoch 4\/4 /m);
  // the rate of the last time is kept
  const again = await succeeds(resume("longer", "--epochs", "5", "--json"));
  const [started] = again.json().filter(({ type }) => type === "runStarted");
  assert.deepEqual(started?.resumed, {
    step: 24,
    epoch: 5,
    stepInEpoch: 0,
    changes: { epochs: { from: 4, to: 5 } },
  });
});

test("another network and other data are refused with what differs, and the run stays as it was", async () => {
  const before = readFileSync(join(at("longer"), "events.jsonl"));
  const network = await runHere(resume("longer", "--epochs", "9", "--model.layers.0.units", "7"));
  assert.equal(network.status, 2);
  assert.match(network.errors, /^error \(resume-mismatch\) .*units/m);
  const data = await runHere(resume("longer", "--epochs", "9", "--data.spread", "0.6"));
  assert.equal(data.status, 2);
  assert.match(data.errors, /^error \(resume-mismatch\) .*samples/m);
  assert.deepEqual(readFileSync(join(at("longer"), "events.jsonl")), before);
  assert.equal(openRun(at("longer")).status, "finished");
});

test("the newest checkpoint that is whole is taken", async () => {
  await succeeds(train("damaged"));
  const checkpoints = join(at("damaged"), "checkpoints");
  const newest = readdirSync(checkpoints)
    .filter((name) => name.startsWith("step-"))
    .sort()
    .at(-1) as string;
  const bytes = readFileSync(join(checkpoints, newest));
  bytes[bytes.length - 3] = (bytes[bytes.length - 3] as number) ^ 0xff;
  writeFileSync(join(checkpoints, newest), bytes);
  const run = await runCli(resume("damaged", "--epochs", "4"));
  assert.equal(run.status, 0, run.errors);
  assert.match(run.errors, new RegExp(`${newest}.*checksum`));
  assert.match(run.out, /goes on in epoch 3, after step 12/);
});

test("a run without a checkpoint begins anew", async () => {
  const killed = await runCli([...train("early"), "--json", "--steps"], {
    interruptAt: /"step":2,/,
    signal: "SIGKILL",
  });
  assert.equal(killed.status, null);
  // as if it had been killed before the first one
  for (const name of readdirSync(join(at("early"), "checkpoints"))) rmSync(join(at("early"), "checkpoints", name));
  const run = await succeeds(resume("early"));
  assert.match(run.out, /it has no checkpoint yet: it begins anew/);
  assert.deepEqual(await lastState("early"), await lastState("whole"));
  const loss = openRun(at("early")).measures.get("loss");
  assert.equal(loss?.length, 18);
});

test("a name that is taken is refused with what to do; so are flags that need a run", async () => {
  const taken = await runHere(train("whole"));
  assert.equal(taken.status, 2);
  assert.match(
    taken.errors,
    /there is a run in .*whole already\. Continue it with gradus resume .*whole, give another name/,
  );
  const alone = await runHere(["train", file, "--keep", "2", "--checkpoint-every", "5"]);
  assert.equal(alone.status, 2);
  assert.match(alone.errors, /--checkpoint-every and --keep need a run: --run NAME/);
  const nowhere = await runHere(resume("whloe"));
  assert.equal(nowhere.status, 2);
  assert.match(nowhere.errors, /there is no run "whloe" in .*Did you mean "whole"\?/);
});

test("a second process on one run is refused while the first one trains", async () => {
  const first = runCli([...train("busy", "--epochs", "100000"), "--json", "--steps"], { interruptAt: /"step":600,/ });
  await until(() => existsSync(join(at("busy"), "events.jsonl")));
  const second = await runHere(resume("busy"));
  assert.equal(second.status, 4, second.errors + second.out);
  assert.match(second.errors, /^error \(in-use\) .*has been writing this run since/m);
  assert.equal((await first).status, 130);
  assert.equal(openRun(at("busy")).status, "stopped");
});

test("a run that stopped early goes on only with more patience", async () => {
  const early = experimentFile(
    folder,
    {
      optimizer: { type: "sgd", learningRate: 1e-9 },
      earlyStopping: { patience: 1, minDelta: 0.5 },
      epochs: 9,
    },
    "early.json",
  );
  await succeeds(["train", early, "--run", "impatient", "--runs", runs]);
  const same = await runHere(resume("impatient"));
  assert.equal(same.status, 2);
  assert.match(same.errors, /it stopped early in epoch 2\. With more patience .*--earlyStopping\.patience 2/);
  const more = await succeeds(resume("impatient", "--earlyStopping.patience", "3"));
  assert.match(more.out, /earlyStopping\.patience 1 -> 3/);
  assert.equal(openRun(at("impatient")).events.at(-1)?.type, "test");
});
