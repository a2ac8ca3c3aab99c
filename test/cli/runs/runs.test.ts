import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createModel } from "../../../src/nn/model.ts";
import { createRun } from "../../../src/runs/create-run.ts";
import { runHere } from "../in-process.ts";
import { EXPERIMENT, scratchFolder } from "./experiment.ts";

const root = scratchFolder("runs");
const model = createModel({ inputShape: [2], layers: [{ type: "linear", units: 3 }] });
const HOSTILE = 'a/b\n"\u001b[31mred\u001b[0m\u202e';

interface Made {
  readonly learningRate?: number;
  readonly optimizer?: string;
  readonly epochs?: readonly number[];
  readonly ends?: boolean;
  readonly tags?: readonly string[];
}

/** A run with the given validation accuracies. */
function makeRun(folder: string, name: string, made: Made = {}) {
  const { learningRate = 0.1, optimizer = "adam", epochs = [0.5, 0.75, 0.7], ends = true, tags = [] } = made;
  const settings = { ...EXPERIMENT, epochs: 4, optimizer: { type: optimizer, learningRate } } as never;
  const writer = createRun(join(root, folder), { name, settings, model, tags });
  writer.writeEvent({
    type: "started",
    backend: "reference",
    threads: 1,
    epochs: 4,
    stepsPerEpoch: 10,
    parameters: 9,
    samples: 80,
    validationSamples: 20,
    step: 0,
  });
  for (const [index, accuracy] of epochs.entries()) {
    const step = 10 * (index + 1);
    writer.add(step, { loss: 1 - accuracy });
    writer.writeEvent({
      type: "epoch",
      epoch: index + 1,
      step,
      train: { loss: 1 - accuracy, accuracy },
      validation: { loss: 1.2 - accuracy, accuracy },
      samplesPerSecond: 100,
    });
  }
  if (ends) writer.writeEvent({ type: "stopped", reason: "finished", epoch: epochs.length, step: 10 * epochs.length });
  return writer;
}

makeRun("a", "a", { tags: ["rates"] }).close();
makeRun("b", "b", { learningRate: 0.01, epochs: [0.6, 0.9], tags: ["rates", "low"] }).close();
makeRun("deep/c", "c", { optimizer: "sgd", epochs: [Number.NaN] }).close();
const running = makeRun("running", "running", { ends: false, epochs: [0.2] });
makeRun("hostile", HOSTILE).close();
makeRun("deep/b", "b", { learningRate: 0.5 }).close();
mkdirSync(join(root, "damaged"));
writeFileSync(join(root, "damaged/run.json"), '{"format":');

function assertHarmless(text: string): void {
  for (const character of ["\u001b", "\u202e"]) assert.ok(!text.includes(character), text);
}

const names = async (...words: readonly string[]) => {
  const run = await runHere(["runs", root, "--json", ...words]);
  assert.equal(run.status, 0, run.errors);
  return run
    .json()
    .filter(({ id }) => id !== undefined)
    .map(({ id }) => id);
};

test("lists every run with its status, scores and the settings that differ; a damaged one is named and hides no other", async () => {
  const run = await runHere(["runs", root]);
  assert.equal(run.status, 0, run.errors);
  assert.match(run.out, /^b +finished .* 2\/4 +20 +0\.1000 +90\.00 % +90\.00 % .*0\.01/m);
  assert.match(run.out, /^a +finished .* 3\/4 +30 +0\.3000 +70\.00 % +75\.00 % +rates .*0\.1$/m);
  assert.match(run.out, /^running +running /m);
  assert.match(
    run.out.split("\n")[0] ?? "",
    /optimizer\.type .*optimizer\.learningRate|optimizer\.learningRate .*optimizer\.type/,
  );
  assert.match(run.errors, /warning +.*damaged/);
});

test("names are harmless: one run is one line, and no escape sequence reaches the terminal", async () => {
  const run = await runHere(["runs", root]);
  assertHarmless(run.out);
  assert.match(run.out, /^a\/b\\n"\\u001b\[31mred/m);
  const shown = await runHere(["runs", "show", "hostile", "--runs", root]);
  assert.equal(shown.status, 0, shown.errors);
  assertHarmless(shown.out);
});

test("--json prints one object a run, with null for what is unknown", async () => {
  const run = await runHere(["runs", root, "--json"]);
  const a = run.json().find(({ id }) => id === "a");
  assert.deepEqual(a?.score, { name: "validation/accuracy", last: 0.7, best: 0.75, bestEpoch: 2 });
  assert.deepEqual([a?.status, a?.step, a?.steps, a?.epoch, a?.epochs], ["finished", 30, 40, 3, 4]);
  assert.equal((a?.settings as Record<string, number> | undefined)?.["optimizer.learningRate"], 0.1);
  assert.ok(run.json().some(({ error }) => (error as { code?: string } | undefined)?.code === "bad-data"));
});

test("filters by status, setting, tag and name; sorts; limits", async () => {
  assert.deepEqual(await names("--status", "running"), ["running"]);
  assert.deepEqual((await names("--where", "optimizer.learningRate=0.01")).sort(), ["b"]);
  assert.deepEqual(
    (await names("--where", "optimizer.learningRate<0.2", "--where", "optimizer.type!=sgd", "--tag", "rates")).sort(),
    ["a", "b"],
  );
  assert.deepEqual(await names("--where", "optimizer.type=sgd"), ["deep/c"]);
  assert.deepEqual(await names("--where", "no.such.setting=1"), []);
  assert.deepEqual((await names("--name", "B")).sort(), ["b", "deep/b", "hostile"]);
  assert.deepEqual((await names("--name", "?")).sort(), ["a", "b", "deep/b", "deep/c"]);
  assert.deepEqual(await names("--tag", "low"), ["b"]);
  const byScore = await names("--sort", "score");
  assert.deepEqual([byScore[0], byScore.at(-1)], ["b", "deep/c"]);
  assert.deepEqual(await names("--sort", "score", "--limit", "1"), ["b"]);
  assert.deepEqual((await names("--sort", "steps", "--reverse"))[0], "a");
});

test("wrong conditions and orders are refused with what would be right", async () => {
  const where = await runHere(["runs", root, "--where", "epochs"]);
  assert.equal(where.status, 2);
  assert.match(where.errors, /expected a setting and its value/);
  assert.match((await runHere(["runs", root, "--status", "runing"])).errors, /Did you mean "running"/);
  assert.match((await runHere(["runs", root, "--sort", "scores"])).errors, /Did you mean "score"/);
  assert.match((await runHere(["runs", root, "--limit", "0"])).errors, /whole number from 1/);
  const nowhere = await runHere(["runs", join(root, "nowhere")]);
  assert.equal(nowhere.status, 2);
  assert.match(nowhere.errors, /there is no such folder\. gradus train FILE --run NAME/);
});

test("compare shows only the settings that differ, then the scores side by side with the best", async () => {
  const run = await runHere(["runs", "compare", "a", join(root, "b"), "--runs", root]);
  assert.equal(run.status, 0, run.errors);
  assert.match(run.out, /^optimizer\.learningRate +0\.1 +0\.01$/m);
  assert.doesNotMatch(run.out, /optimizer\.type|batchSize/);
  assert.match(run.out, /^validation accuracy +70\.00 % +90\.00 %$/m);
  assert.match(run.out, /^ {2}best \(epoch\) +75\.00 % \(2\) +90\.00 % \(2\)$/m);
  const [json] = (await runHere(["runs", "compare", "a", "c", "--runs", root, "--json"])).json();
  assert.deepEqual(json?.differing, { "optimizer.type": ["adam", "sgd"] });
  const one = await runHere(["runs", "compare", "a", "--runs", root]);
  assert.equal(one.status, 2);
  assert.match(one.errors, /two or more runs, got 1/);
});

test("a run is named by its folder or its name; several with one name are told apart; the nearest is suggested", async () => {
  assert.match((await runHere(["runs", "show", "c", "--runs", root])).out, /^c +finished/);
  const deep = await runHere(["runs", "show", "deep/b", "--runs", root, "--json"]);
  assert.equal(deep.json()[0]?.id, "deep/b");
  const misspelt = await runHere(["runs", "show", "runing", "--runs", root]);
  assert.equal(misspelt.status, 2);
  assert.match(misspelt.errors, /there is no run "runing" in .*Did you mean "running"\?/);
  makeRun("deep/d1", "twice").close();
  makeRun("deep/d2", "twice").close();
  const twice = await runHere(["runs", "show", "twice", "--runs", root]);
  assert.equal(twice.status, 2);
  assert.match(twice.errors, /2 runs are called "twice": .*deep.d1, .*deep.d2/);
  const damaged = await runHere(["runs", "show", "damaged", "--runs", root]);
  assert.equal(damaged.status, 2);
  assert.match(damaged.errors, /error \(bad-data\).*damaged/);
});

test("notes are added, printed and replaced", async () => {
  const note = (...words: readonly string[]) =>
    runHere(["runs", "note", "a", ...words, "--runs", root], undefined, "from a pipe\n");
  assert.match((await note()).out, /a has no notes/);
  await note("the first");
  await note("the second");
  assert.equal((await note()).out, "the first\n\nthe second\n");
  await note("-", "--replace");
  assert.equal(readFileSync(join(root, "a/notes.md"), "utf8"), "from a pipe\n");
  assert.equal((await note("--json")).json()[0]?.notes, "from a pipe\n");
});

test("remove asks for --yes without a terminal, refuses a run that is being written, and removes the rest", async () => {
  const asked = await runHere(["runs", "remove", "deep/c", "--runs", root]);
  assert.equal(asked.status, 2);
  assert.match(asked.errors, /needs --yes/);
  const refused = await runHere(["runs", "remove", "deep/c", "running", "--yes", "--runs", root]);
  assert.equal(refused.status, 4);
  assert.match(refused.errors, /^error \(in-use\)/);
  assert.ok(existsSync(join(root, "deep/c/run.json")));
  running.close();
  const removed = await runHere(["runs", "remove", "deep/c", "running", "--yes", "--json", "--runs", root]);
  assert.deepEqual(
    removed.json().map(({ type, id }) => [type, id]),
    [
      ["removed", "deep/c"],
      ["removed", "running"],
    ],
  );
  assert.ok(!existsSync(join(root, "deep/c")) && !existsSync(join(root, "running")));
});
