import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { GradusError } from "../../src/core/errors.ts";
import { createEventWriter } from "../../src/files/event-writer.ts";
import { readLog } from "../../src/files/logs/read-log.ts";
import { findEventRuns } from "../../src/runs/event-folders.ts";
import { openEventRun } from "../../src/runs/event-run.ts";
import { recordTensorboard } from "../../src/runs/record-tensorboard.ts";
import type { RunReader } from "../../src/runs/types.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import { scratchFolder } from "../io/scratch.ts";
import { eventFile, type WrittenEvent } from "../io/tensorboard/write-events.ts";

const scratch = scratchFolder();
let folders = 0;

function newFolder(): string {
  const folder = join(scratch, `run-${folders++}`);
  mkdirSync(folder);
  return folder;
}

function write(file: string, bytes: Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

const losses = (from: number, to: number, value: number, tag = "loss"): WrittenEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ step: from + index, values: [{ tag, simple: value }] }));

/** A measure as "step:value …", and its generation. */
function told(run: RunReader, name: string): readonly [string, number] {
  const series = run.measures.get(name);
  assert.ok(series, `${name} of ${[...run.measures.keys()].join()}`);
  const rows = Array.from({ length: series.length }, (_, row) => `${series.steps[row]}:${series.values[row]}`);
  return [rows.join(" "), series.generation];
}

test("a file that grows byte by byte is always read up to its last whole record", () => {
  const folder = newFolder();
  const bytes = eventFile(losses(1, 6, 0.5));
  const file = join(folder, "events.out.tfevents.1.h");
  writeFileSync(file, "");
  const run = openEventRun(folder, scratch);
  assert.deepEqual(
    [run.id, run.kind, run.status, run.measures.size],
    [`run-${folders - 1}`, "tensorboard", "unknown", 0],
  );
  let steps = 0;
  for (const [index] of bytes.entries()) {
    appendFileSync(file, bytes.subarray(index, index + 1));
    run.refresh();
    assert.deepEqual(run.warnings, []);
    const { length = 0 } = run.measures.get("loss") ?? {};
    assert.ok(length === steps || length === steps + 1, `${length} after ${index} bytes`);
    steps = length;
  }
  assert.deepEqual(told(run, "loss"), ["1:0.5 2:0.5 3:0.5 4:0.5 5:0.5 6:0.5", 0]);
  assert.equal(run.refresh(), false);
  assert.equal(run.updatedAt, 1000 * 1_700_000_006);
});

test("a resumed run takes back steps: its series says so, others go on", () => {
  const folder = newFolder();
  write(join(folder, "events.out.tfevents.1.h"), eventFile([...losses(1, 2, 1, "old"), ...losses(1, 5, 1)]));
  const run = openEventRun(folder, folder);
  assert.deepEqual(told(run, "loss"), ["1:1 2:1 3:1 4:1 5:1", 0]);
  const second = join(folder, "events.out.tfevents.2.h");
  write(second, eventFile([{ step: 4, values: [], restart: "session" }, ...losses(4, 4, 2)]));
  assert.equal(run.refresh(), true);
  assert.deepEqual(told(run, "loss"), ["1:1 2:1 3:1 4:2", 1]);
  assert.deepEqual(told(run, "old"), ["1:1 2:1", 0]);
  // only what is new, without the version that begins a file
  const more = eventFile(losses(5, 6, 3));
  appendFileSync(second, more.subarray(eventFile([]).length));
  assert.equal(run.refresh(), true);
  assert.deepEqual(told(run, "loss"), ["1:1 2:1 3:1 4:2 5:3 6:3", 1]);
});

test("a later file without a restart leaves what was seen; a step that comes again replaces its value", () => {
  const folder = newFolder();
  const first = join(folder, "events.out.tfevents.1.h");
  write(first, eventFile(losses(1, 3, 1)));
  const run = openEventRun(folder, folder);
  write(join(folder, "events.out.tfevents.2.h"), eventFile(losses(4, 5, 2)));
  run.refresh();
  assert.deepEqual(told(run, "loss"), ["1:1 2:1 3:1 4:2 5:2", 0]);
  const again = eventFile([...losses(5, 5, 9), ...losses(6, 6, 3)]).subarray(eventFile([]).length);
  appendFileSync(join(folder, "events.out.tfevents.2.h"), again);
  run.refresh();
  assert.deepEqual(told(run, "loss"), ["1:1 2:1 3:1 4:2 5:9 6:3", 1]);
  // a file that is replaced by a shorter one
  write(join(folder, "events.out.tfevents.2.h"), eventFile(losses(4, 4, 7)));
  run.refresh();
  assert.deepEqual(told(run, "loss"), ["1:1 2:1 3:1 4:7", 2]);
  rmSync(join(folder, "events.out.tfevents.2.h"));
  run.refresh();
  assert.deepEqual(told(run, "loss"), ["1:1 2:1 3:1", 3]);
});

test("folders of parts belong to their run; other folders are runs of their own", () => {
  const root = newFolder();
  write(join(root, "keras/train/events.out.tfevents.1.a"), eventFile(losses(0, 1, 1, "epoch_loss")));
  write(join(root, "keras/validation/events.out.tfevents.1.b"), eventFile(losses(0, 1, 2, "epoch_loss")));
  write(join(root, "test-run-1/events.out.tfevents.1.c"), eventFile(losses(1, 1, 3)));
  write(join(root, "notes.txt"), new Uint8Array(3));
  assert.deepEqual(findEventRuns(root), [join(root, "keras"), join(root, "test-run-1")]);
  assert.deepEqual(findEventRuns(join(root, "keras/train")), [join(root, "keras/train")]);
  const run = openEventRun(join(root, "keras"), root);
  assert.deepEqual([run.id, run.name], ["keras", "keras"]);
  assert.deepEqual(told(run, "train/epoch_loss")[0], "0:1 1:1");
  assert.deepEqual(told(run, "validation/epoch_loss")[0], "0:2 1:2");
  assert.equal(run.toRecord().epochs.length, 2);
  const file = join(root, "test-run-1/events.out.tfevents.1.c");
  assert.deepEqual(
    [openEventRun(file, root).id, openEventRun(file, file).id],
    ["test-run-1/events.out.tfevents.1.c", "."],
  );
});

test("a file of another kind is named and passed over; a folder without event files is refused", () => {
  const folder = newFolder();
  write(join(folder, "events.out.tfevents.1.h"), eventFile(losses(1, 2, 1)));
  write(join(folder, "picture.tfevents.png"), new Uint8Array(100).fill(7));
  const run = openEventRun(folder, folder);
  assert.equal(run.measures.get("loss")?.length, 2);
  assert.match(run.warnings.join(), /picture\.tfevents\.png: not a TensorBoard event file/);
  assert.equal(run.refresh(), false);
  assert.equal(run.toRecord().steps, 2);
  const refused = (path: string, code: string) =>
    assert.throws(
      () => openEventRun(path, scratch),
      (error) => error instanceof GradusError && error.code === code,
    );
  refused(join(folder, "picture.tfevents.png"), "bad-data");
  refused(newFolder(), "bad-data");
  refused(join(folder, "absent.tfevents"), "file-not-found");
});

test("a damaged record is passed over and counted, also while the file grows", () => {
  const folder = newFolder();
  const file = join(folder, "events.out.tfevents.1.h");
  const bytes = eventFile(losses(1, 3, 1));
  const start = eventFile(losses(1, 1, 1)).length;
  bytes[start + 14] = (bytes[start + 14] as number) ^ 1;
  write(file, bytes);
  const run = openEventRun(folder, folder);
  assert.deepEqual(told(run, "loss"), ["1:1 3:1", 0]);
  assert.match(
    run.warnings.join(),
    new RegExp(`1 records do not match their checksum and were skipped: at byte ${start}$`),
  );
});

test("a run of fit's events: measures, settings, its end, and the doctor's view of it", async () => {
  const folder = newFolder();
  const writer = createEventWriter(folder);
  const hear = recordTensorboard(writer, { settings: { optimizer: { type: "adam" }, epochs: 2 } });
  const say = (event: TrainEvent) => hear(event);
  const started = { epochs: 2, stepsPerEpoch: 2, samples: 4, validationSamples: 2, parameterCount: 9, threads: 1 };
  await say({ type: "runStarted", backend: "wasm", ...started });
  for (const epoch of [1, 2]) {
    for (const stepInEpoch of [1, 2]) {
      const step = 2 * (epoch - 1) + stepInEpoch;
      const measures = { "0 gradientNorm": step, "activations low 0": 1 };
      await say({
        type: "stepEnded",
        epoch,
        step,
        stepInEpoch,
        samples: 2,
        loss: 1 / step,
        learningRate: 0.5,
        measures,
      });
    }
    const metrics = { train: { loss: 0.5, accuracy: 0.75 }, validation: { loss: 0.25 }, ema: { loss: 0.125 } };
    await say({ type: "epochEnded", epoch, step: 2 * epoch, ...metrics, samplesPerSecond: 8, durationMs: 1 });
    // written at the end of every epoch
    assert.equal(openEventRun(folder, folder).measures.get("loss")?.length, 2 * epoch);
  }
  await say({ type: "stopped", reason: "finished", epoch: 2, step: 4 });
  writer.close();
  const run = openEventRun(folder, folder);
  assert.deepEqual([...run.measures.keys()].sort(), [
    "ema/loss",
    "layers/0/gradientNorm",
    "learningRate",
    "loss",
    "samplesPerSecond",
    "train/accuracy",
    "train/loss",
    "validation/loss",
  ]);
  assert.deepEqual(told(run, "layers/0/gradientNorm")[0], "1:1 2:2 3:3 4:4");
  assert.deepEqual([run.settings, run.status], [{ "optimizer.type": "adam", epochs: 2 }, "finished"]);
  assert.match(run.texts.get("settings") ?? "", /^ {4}\{\n {6}"optimizer"/);
  const { record } = await readLog(folder);
  assert.deepEqual(
    record.epochs.map(({ epoch, step, validationLoss }) => [epoch, step, validationLoss]),
    [
      [1, 2, 0.25],
      [2, 4, 0.25],
    ],
  );
  // a run that goes on makes the steps after its checkpoint void
  const next = createEventWriter(folder);
  const resumed = { step: 3, epoch: 2, stepInEpoch: 1, changes: {} };
  await recordTensorboard(next)({ type: "runStarted", backend: "wasm", ...started, resumed });
  next.close();
  assert.equal(run.refresh(), true);
  assert.deepEqual(told(run, "loss"), [`1:1 2:0.5 3:${Math.fround(1 / 3)}`, 1]);
  assert.equal(run.status, "unknown");
});
