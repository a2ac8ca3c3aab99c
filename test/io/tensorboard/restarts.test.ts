import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readEventLog } from "../../../src/files/logs/event-files.ts";
import { scratchFolder } from "../scratch.ts";
import { valuesOf } from "./values-of.ts";
import { eventFile, type WrittenEvent } from "./write-events.ts";

const scratch = scratchFolder();
let runs = 0;

/** The values read from a run that wrote these files in order: steps and values by tag. */
function read(...files: readonly (readonly WrittenEvent[])[]): Record<string, string> {
  const folder = join(scratch, `run-${runs++}`);
  mkdirSync(folder);
  for (const [index, events] of files.entries())
    writeFileSync(join(folder, `events.out.tfevents.170000000${index}.host`), eventFile(events));
  const log = readEventLog(folder);
  assert.deepEqual(log.warnings, []);
  const told = new Map<string, string[]>();
  for (const { tag, step, value } of valuesOf(log)) {
    if (!told.has(tag)) told.set(tag, []);
    told.get(tag)?.push(`${step}:${value}`);
  }
  return Object.fromEntries([...told].map(([tag, all]) => [tag, all.join(" ")]));
}

/** A value of each tag at each step of a range. */
const steps = (from: number, to: number, value: number, ...tags: readonly string[]): readonly WrittenEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    step: from + index,
    values: tags.map((tag) => ({ tag, simple: value })),
  }));

const restart = (step: number, kind: "session" | "version"): WrittenEvent => ({ step, values: [], restart: kind });

test("a new file of the same run replaces the old one from its first step on", () => {
  const expected = "1:1 2:1 3:2 4:2";
  assert.deepEqual(read(steps(1, 6, 1, "loss"), steps(3, 4, 2, "loss")), { loss: expected });
  assert.deepEqual(read(steps(1, 9, 1, "loss"), steps(5, 7, 5, "loss"), steps(3, 4, 2, "loss")), { loss: expected });
});

test("a file that continues where the last one ended removes nothing", () => {
  assert.deepEqual(read(steps(1, 2, 1, "loss"), steps(3, 4, 2, "loss")), { loss: "1:1 2:1 3:2 4:2" });
});

test("tags that the new file does not have yet end where it began; those at its first step stay", () => {
  const first = [...steps(1, 6, 1, "loss"), ...[3, 6].flatMap((step) => steps(step, step, 7, "val_loss"))];
  assert.deepEqual(read(first, steps(3, 4, 2, "loss")), { loss: "1:1 2:1 3:2 4:2", val_loss: "3:7" });
});

test("a tag that every file writes at step 0 voids only itself; a file of other tags voids nothing", () => {
  const started = (value: number) => steps(0, 0, value, "hp_metric");
  assert.deepEqual(read([...started(1), ...steps(1, 4, 1, "loss")], [...started(2), ...steps(5, 6, 2, "loss")]), {
    loss: "1:1 2:1 3:1 4:1 5:2 6:2",
    hp_metric: "0:2",
  });
  assert.deepEqual(read(steps(1, 3, 1, "train/loss"), steps(2, 2, 9, "eval/loss")), {
    "train/loss": "1:1 2:1 3:1",
    "eval/loss": "2:9",
  });
});

test("if the writer reports a restart at a step, all tags of that step and later are void", () => {
  for (const kind of ["session", "version"] as const) {
    const before = steps(1, 6, 1, "loss", "val_loss");
    const after = [restart(3, kind), ...steps(4, 5, 2, "loss")];
    const expected = { loss: "1:1 2:1 4:2 5:2", val_loss: "1:1 2:1" };
    assert.deepEqual(read(before, after), expected);
    assert.deepEqual(read([...before, ...after]), expected);
    assert.deepEqual(read([restart(0, kind), ...before, ...after]), expected);
  }
});

test("an event of 200,000 values, and 5,000 restarts, are read in linear time", () => {
  const many = Array.from({ length: 200_000 }, (_, index) => ({ tag: `loss/${index % 1000}`, simple: index }));
  const start = process.cpuUsage();
  assert.equal(Object.keys(read([{ step: 1, values: many }])).length, 1000);
  const again = Array.from({ length: 5_000 }, () => [
    ...steps(1, 1, 1, "loss"),
    restart(2, "session"),
    ...steps(2, 2, 1, "loss"),
  ]);
  assert.equal(read(again.flat()).loss?.split(" ").at(-1), "2:1");
  // linear: a second; quadratic: minutes
  assert.ok(process.cpuUsage(start).user < 20e6);
});
