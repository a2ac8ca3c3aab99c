import assert from "node:assert/strict";
import * as fs from "node:fs";
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { GradusError } from "../../src/core/errors.ts";
import type { AppendCalls } from "../../src/files/append-calls.ts";
import { AppendFile, type AppendNews } from "../../src/runs/append-file.ts";
import { createRun } from "../../src/runs/create-run.ts";
import { RunLock } from "../../src/runs/lock.ts";
import { openRun } from "../../src/runs/open-run.ts";
import { removeRun } from "../../src/runs/remove-run.ts";
import { runFile } from "../../src/runs/run-files.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import { STARTED, scratchFolder, tinyModel, tinyRun } from "./scratch.ts";

/** System calls of a disk with room for some more bytes. */
class SmallDisk {
  room: number;
  readonly calls: AppendCalls;

  constructor(room: number) {
    this.room = room;
    const writeSync = (handle: number, bytes: Uint8Array, from: number, length: number): number => {
      if (this.room === 0) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
      const written = fs.writeSync(handle, bytes, from, Math.min(length, this.room));
      this.room -= written;
      return written;
    };
    this.calls = { ...fs, writeSync: writeSync as AppendCalls["writeSync"] };
  }
}

test("with any room on the disk a file holds whole pieces, and goes on when there is room again", (context) => {
  const folder = scratchFolder(context);
  const pieces = ["one;", "two;", "three;"].map((text) => Buffer.from(text));
  for (let room = 0; room <= 15; room++) {
    const path = join(folder, `${room}`);
    const disk = new SmallDisk(room);
    const news: AppendNews[] = [];
    const file = new AppendFile(path, (each) => news.push(each), disk.calls);
    for (const piece of pieces) file.append(piece);
    assert.ok(["", "one;", "one;two;", "one;two;three;"].includes(readFileSync(path, "utf8")), `room ${room}`);
    const isFull = room < 14;
    assert.deepEqual(
      news.map(({ type }) => type),
      isFull ? ["failed"] : [],
    );
    disk.room = 100;
    file.append(Buffer.from("four;"));
    file.close();
    assert.equal(readFileSync(path, "utf8"), "one;two;three;four;");
    assert.equal(file.bytes, 19);
    assert.deepEqual(news.slice(1), isFull ? [{ type: "back", lostBytes: 0 }] : []);
  }
});

test("what waits for too long is dropped, the oldest first, and counted", (context) => {
  const path = join(scratchFolder(context), "file");
  const disk = new SmallDisk(0);
  const news: AppendNews[] = [];
  const file = new AppendFile(path, (each) => news.push(each), disk.calls);
  const megabytes = 2 ** 20;
  for (const letter of "abcdefghij") file.append(Buffer.alloc(2 * megabytes, letter));
  disk.room = 100 * megabytes;
  file.append(Buffer.from("!"));
  file.close();
  const text = readFileSync(path, "latin1");
  assert.deepEqual([text[0], text.length], ["c", 16 * megabytes + 1]);
  assert.deepEqual(
    news.map((each) => (each.type === "back" ? each.lostBytes : each.type)),
    ["failed", 4 * megabytes],
  );
});

test("a run on a full disk warns once, trains on, and is whole", (context) => {
  const root = scratchFolder(context);
  for (const room of [0, 100, 300, 500]) {
    const made = tinyRun(root, `room-${room}`);
    made.close();
    const disk = new SmallDisk(room);
    const warnings: string[] = [];
    let now = 1000;
    const run = new RunWriter(made.folder, RunLock.take(made.folder), {
      onWarning: (text) => warnings.push(text),
      now: () => now,
      calls: disk.calls,
    });
    run.writeEvent(STARTED);
    for (let step = 1; step <= 100; step++) {
      now += 100;
      run.add(step, { loss: step });
    }
    run.writeEvent({ type: "stopped", reason: "finished", epoch: 1, step: 100 });
    // one for the events, one for the measures
    assert.ok(warnings.length >= 1 && warnings.length <= 2, warnings.join("\n"));
    for (const warning of warnings) assert.match(warning, /disk is full.*Training goes on/);
    const before = openRun(run.folder);
    assert.deepEqual(before.warnings, []);
    disk.room = 1e6;
    run.close();
    const after = openRun(run.folder);
    assert.deepEqual([after.status, after.measures.get("loss")?.length, after.warnings], ["finished", 100, []]);
  }
});

test("a clock that goes back stops nothing, and times stay as they came", (context) => {
  const root = scratchFolder(context);
  const made = tinyRun(root);
  made.close();
  let now = 50_000;
  const run = new RunWriter(made.folder, RunLock.take(made.folder), { now: () => now });
  for (const [step, at] of [50_000, 10_000, 10_100, 10_200, 60_000].entries()) {
    now = at;
    run.add(step, { loss: step });
  }
  run.writeEvent({ ...STARTED });
  now = 20_000;
  run.writeEvent({ type: "stopped", reason: "finished", epoch: 1, step: 4 });
  run.close();
  const read = openRun(run.folder);
  const loss = read.measures.get("loss");
  assert.deepEqual([...(loss?.times.subarray(0, 5) ?? [])], [50_000, 10_000, 10_100, 10_200, 60_000]);
  assert.deepEqual(
    read.events.map(({ at }) => at),
    [60_000, 20_000],
  );
  assert.deepEqual([read.status, read.toRecord().seconds], ["finished", 0]);
});

test("a run whose folder is removed while it trains warns once", (context) => {
  const root = scratchFolder(context);
  const made = tinyRun(root);
  made.close();
  const warnings: string[] = [];
  let now = Date.now();
  const run = new RunWriter(made.folder, RunLock.take(made.folder), {
    onWarning: (text) => warnings.push(text),
    now: () => now,
  });
  rmSync(run.folder, { recursive: true });
  for (let step = 1; step <= 100; step++) {
    now += 1000;
    run.add(step, { loss: step });
  }
  run.close();
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /was removed/);
});

test("without permission a run is refused before it begins, with the path", {
  skip: process.getuid?.() === 0 && "root may do everything",
}, (context) => {
  const root = scratchFolder(context);
  chmodSync(root, 0o500);
  context.after(() => chmodSync(root, 0o700));
  assert.throws(
    () => createRun(join(root, "run"), { name: "run", settings: null, model: tinyModel }),
    (error) => error instanceof GradusError && error.code === "io-error" && error.message.includes(root),
  );
});

test("files that cannot be read are warnings of the run", {
  skip: process.getuid?.() === 0 && "root may do everything",
}, (context) => {
  const run = tinyRun(scratchFolder(context));
  run.add(1, { loss: 1 });
  run.close();
  chmodSync(runFile(run.folder, "measures"), 0);
  assert.match(openRun(run.folder).warnings.join(), /measures.bin: cannot be read/);
  removeRun(run.folder);
});
