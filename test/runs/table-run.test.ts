import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { isTableLog } from "../../src/dashboard/folder/is-table-log.ts";
import { openTableRun } from "../../src/runs/table-run.ts";
import type { RunReader } from "../../src/runs/types.ts";
import { scratchFolder } from "../io/scratch.ts";

const scratch = scratchFolder();

function file(name: string, content: string | Buffer): string {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
}

function pointsOf({ measures }: RunReader, name: string) {
  const series = measures.get(name);
  assert.ok(series !== undefined, [...measures.keys()].join());
  const { steps, values, length } = series;
  return Array.from({ length }, (_, index) => [steps[index], values[index]]);
}

/** Reads again, however soon. */
async function refreshed(run: RunReader): Promise<void> {
  while (!run.refresh()) await new Promise((go) => setTimeout(go, 5));
}

describe("a table as a run", { timeout: 30_000 }, () => {
  it("has a measure for each column of numbers, over steps or epochs", () => {
    const path = file(
      "metrics.csv",
      "epoch,step,train_loss,val_loss,note\n0,9,1,,a\n0,10,,2,b\n1,19,0.5,,c\n1,20,,nan,d\n",
    );
    const run = openTableRun(path, scratch);
    assert.equal(run.id, "metrics.csv");
    assert.equal(run.kind, "csv");
    assert.deepEqual([...run.measures.keys()], ["epoch", "train_loss", "val_loss"]);
    assert.deepEqual(pointsOf(run, "train_loss"), [
      [9, 1],
      [19, 0.5],
    ]);
    assert.deepEqual(pointsOf(run, "val_loss"), [
      [10, 2],
      [20, Number.NaN],
    ]);
    assert.ok(run.toRecord().epochs.length > 0);
  });

  it("reads lines of JSON, those of our own command too", () => {
    const lines = [
      '{"type":"runStarted","epochs":1,"stepsPerEpoch":2}',
      '{"step":1,"loss":0.5}',
      '{"step":2,"loss":NaN,"lr":{"head":0.1}}',
    ];
    const run = openTableRun(file("log.jsonl", lines.join("\n")), scratch);
    assert.equal(run.kind, "json-lines");
    assert.deepEqual(pointsOf(run, "loss"), [
      [1, 0.5],
      [2, Number.NaN],
    ]);
    assert.deepEqual(pointsOf(run, "lr/head"), [[2, 0.1]]);
  });

  it("grows with its file, and says when its past is another one", async () => {
    const path = file("growing.csv", "step,loss\n1,1\n2,0.5\n");
    const run = openTableRun(path, scratch);
    assert.equal(run.refresh(), false);
    appendFileSync(path, "3,0.25\n");
    await refreshed(run);
    assert.deepEqual(pointsOf(run, "loss"), [
      [1, 1],
      [2, 0.5],
      [3, 0.25],
    ]);
    assert.equal(run.measures.get("loss")?.generation, 0);
    writeFileSync(path, "step,loss\n1,7\n2,6\n3,5\n4,4\n");
    await refreshed(run);
    assert.equal(run.measures.get("loss")?.generation, 1);
    assert.deepEqual(pointsOf(run, "loss").at(-1), [4, 4]);
  });

  it("puts steps in order, the later value of a repeated one counts", () => {
    const run = openTableRun(file("again.csv", "step,loss\n1,1\n2,0.9\n3,0.8\n2,0.7\n"), scratch);
    assert.deepEqual(pointsOf(run, "loss"), [
      [1, 1],
      [2, 0.7],
      [3, 0.8],
    ]);
  });

  it("is a log only if it names a loss or an accuracy", () => {
    const logs = {
      "a.csv": "epoch,loss\n0,1\n",
      "b.tsv": "epoch\tval_accuracy\n0\t1\n",
      "c.jsonl": '{"type":"runStarted"}\n{"epoch":1,"train":{"loss":NaN}}\n',
      "d.csv.gz": gzipSync("epoch,loss\n0,1\n"),
    };
    const others = {
      "e.csv": "height,weight,class\n1,2,a\n",
      "f.csv": "",
      "g.csv": "epoch,loss\n",
      "h.jsonl": '{"prompt":"loss","answer":"1"}\n',
      "i.txt": "epoch,loss\n0,1\n",
      "j.csv": Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]),
    };
    for (const [name, content] of Object.entries(logs)) assert.equal(isTableLog(file(name, content)), true, name);
    for (const [name, content] of Object.entries(others)) assert.equal(isTableLog(file(name, content)), false, name);
    assert.equal(isTableLog(join(scratch, "nowhere.csv")), false);
  });
});
