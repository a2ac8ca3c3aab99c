import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { findAllRuns } from "../../src/dashboard/folder/find-all-runs.ts";
import { type FoundRun, RunFolder } from "../../src/dashboard/folder/run-folder.ts";
import { createEventWriter } from "../../src/files/event-writer.ts";
import { createModel } from "../../src/nn/model.ts";
import { createRun } from "../../src/runs/create-run.ts";
import { scratchFolder } from "../io/scratch.ts";
import { FakeRun } from "./fake-run.ts";

const scratch = scratchFolder();
const MODEL = createModel({ inputShape: [2], layers: [{ type: "linear", units: 2 }] });

function write(folder: string, name: string, loss: number): void {
  const writer = createRun(folder, { name, settings: { name }, model: MODEL });
  writer.add(1, { loss });
  writer.close();
}

/** A folder over what a test changes. */
function folderOf(runs: () => readonly FoundRun[] | undefined): RunFolder {
  const folder = new RunFolder(runs);
  while (!folder.isOpen) folder.openSome(1000);
  return folder;
}

describe("the runs of a folder", () => {
  it("are opened when somebody asks, each once", () => {
    const runs = Array.from({ length: 100 }, (_, index) => new FakeRun(`${index}`));
    const folder = new RunFolder(() => runs.map(({ found }) => found));
    assert.ok(folder.summaries().every(({ isLoading }) => isLoading));
    assert.equal(folder.reader("42"), runs[42]);
    folder.refresh();
    assert.deepEqual(
      runs.filter(({ opened }) => opened > 0).map(({ id }) => id),
      ["42"],
    );
    const before = folder.revision;
    folder.openSome(0);
    const { changed } = folder.changesSince(before) ?? { changed: [] };
    assert.deepEqual(
      changed.map(({ id, isWhole, isLoading }) => [id, isWhole, isLoading]),
      [["0", true, undefined]],
    );
    while (!folder.isOpen) folder.openSome(1000);
    assert.deepEqual(new Set(runs.map(({ opened }) => opened)), new Set([1]));
  });

  it("that are quiet are looked at in turn, those that run in each refresh", () => {
    const runs = Array.from({ length: 1000 }, (_, index) => new FakeRun(`${index}`));
    for (const run of runs) run.status = "finished";
    const running = runs[0] as FakeRun;
    running.status = "running";
    const folder = folderOf(() => runs.map(({ found }) => found));
    // all count as lively at first
    for (let count = 0; count < 30; count++) folder.refresh();
    const before = runs.map(({ refreshes }) => refreshes);
    for (let count = 0; count < 5; count++) folder.refresh();
    const looks = runs.map(({ refreshes }, index) => refreshes - (before[index] as number));
    assert.equal(looks[0], 5);
    assert.deepEqual(new Set(looks.slice(1)), new Set([1, 2]));
    assert.equal(
      looks.reduce((sum, each) => sum + each, 0),
      5 + 5 * 200,
    );
  });

  it("stay in sight with a warning when they cannot be read any more", () => {
    const run = new FakeRun("a");
    run.add("loss", [1, 0.5]);
    const folder = folderOf(() => [run.found]);
    run.refresh = () => {
      throw new Error("no permission");
    };
    folder.refresh();
    assert.equal(folder.summary("a").warnings, 1);
    assert.deepEqual(folder.warnings("a"), ["no permission"]);
    assert.equal(folder.summary("a").measures.length, 1);
    run.refresh = () => false;
    folder.refresh();
    assert.deepEqual(folder.warnings("a"), []);
    assert.equal(folder.summary("a").warnings, 0);
  });

  it("are another one when a run was replaced between two looks", () => {
    const path = join(scratch, "replaced");
    write(join(path, "a"), "first", 1);
    const folder = folderOf(findAllRuns(path));
    const { revision } = folder;
    rmSync(join(path, "a"), { recursive: true });
    write(join(path, "a"), "second", 2);
    folder.refresh();
    assert.equal(folder.summary("a").name, "second");
    assert.deepEqual(folder.summary("a").settings, { name: "second" });
    assert.equal(folder.changesSince(revision)?.changed[0]?.isWhole, true);
  });

  it("are read when a damaged one is mended", () => {
    const path = join(scratch, "mended");
    write(join(path, "a"), "a", 1);
    const file = join(path, "a/run.json");
    renameSync(file, `${file}.whole`);
    writeFileSync(file, "{");
    const folder = folderOf(findAllRuns(path));
    assert.equal(folder.summary("a").warnings, 1);
    renameSync(`${file}.whole`, file);
    folder.refresh();
    const { name, warnings, measures } = folder.summary("a");
    assert.deepEqual([name, warnings, measures[0]?.last], ["a", 0, 1]);
  });

  it("forget who went long ago, and say so", () => {
    let runs = [new FakeRun("first")];
    const folder = folderOf(() => runs.map(({ found }) => found));
    const { revision } = folder;
    for (let count = 0; count < 1500; count++) {
      runs = [new FakeRun(`${count}`)];
      folder.refresh({ isThorough: true });
    }
    assert.equal(folder.changesSince(revision), undefined);
    assert.equal(folder.changesSince(folder.revision - 10)?.gone.includes("1498"), true);
    assert.equal(folder.changesSince(folder.revision + 1), undefined);
  });
});

describe("finding runs", () => {
  it("finds runs of all kinds, by the paths below the folder", () => {
    const path = join(scratch, "kinds");
    write(join(path, "ours/a b"), "a", 1);
    // what is in a run belongs to it
    writeFileSync(join(path, "ours/a b/metrics.csv"), "epoch,loss\n0,1\n");
    for (const folder of ["tensorboard/one/train", "tensorboard/one/validation", "tensorboard/two"]) {
      const writer = createEventWriter(join(path, folder));
      writer.addScalars(1, { epoch_loss: 1 });
      writer.close();
    }
    mkdirSync(join(path, "lightning/version_0"), { recursive: true });
    writeFileSync(join(path, "lightning/version_0/metrics.csv"), "epoch,step,train_loss\n0,1,1\n");
    mkdirSync(join(path, ".hidden"));
    writeFileSync(join(path, ".hidden/metrics.csv"), "epoch,loss\n0,1\n");
    const folder = folderOf(findAllRuns(path));
    assert.deepEqual(
      folder.summaries().map(({ id, kind, measures }) => [id, kind, measures.map(({ name }) => name)]),
      [
        ["ours/a b", "gradus", ["loss"]],
        ["tensorboard/one", "tensorboard", ["train/epoch_loss", "validation/epoch_loss"]],
        ["tensorboard/two", "tensorboard", ["epoch_loss"]],
        ["lightning/version_0/metrics.csv", "csv", ["epoch", "train_loss"]],
      ],
    );
  });

  it("notices what comes, grows into a log, and goes", () => {
    const path = join(scratch, "changing");
    mkdirSync(join(path, "below"), { recursive: true });
    const folder = folderOf(findAllRuns(path));
    const ids = () => {
      folder.refresh({ isThorough: true });
      return folder.summaries().map(({ id }) => id);
    };
    assert.deepEqual(ids(), []);
    writeFileSync(join(path, "below/log.csv"), "epoch,loss\n");
    assert.deepEqual(ids(), []);
    appendFileSync(join(path, "below/log.csv"), "0,1\n");
    assert.deepEqual(ids(), ["below/log.csv"]);
    write(join(path, "below/new"), "new", 1);
    assert.deepEqual(ids().sort(), ["below/log.csv", "below/new"]);
    rmSync(join(path, "below"), { recursive: true });
    assert.deepEqual(ids(), []);
    rmSync(path, { recursive: true });
    assert.deepEqual(ids(), []);
  });

  it("follows links, each folder once, and those in a circle not at all", () => {
    const path = join(scratch, "links");
    write(join(path, "a"), "a", 1);
    mkdirSync(join(scratch, "elsewhere"));
    write(join(scratch, "elsewhere/b"), "b", 1);
    symlinkSync(join(scratch, "elsewhere"), join(path, "linked"));
    symlinkSync(path, join(path, "circle"));
    symlinkSync(join(scratch, "nowhere"), join(path, "broken"));
    const folder = folderOf(findAllRuns(path));
    assert.deepEqual(
      folder.summaries().map(({ id }) => id),
      ["a", "linked/b"],
    );
  });
});
