import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { GradusError } from "../../../src/core/errors.ts";
import { readEventLog } from "../../../src/files/logs/event-files.ts";
import type { Distribution } from "../../../src/io/tensorboard/distribution.ts";
import { valuesOf } from "../../io/tensorboard/values-of.ts";
import { eventFile, frame, histogramOf, joined } from "../../io/tensorboard/write-events.ts";

const folder = mkdtempSync(join(tmpdir(), "gradus-events-"));
after(() => rmSync(folder, { recursive: true }));

function written(name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

const near = (actual: number, expected: number, tolerance = 1e-6) =>
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);

test("scalars in each of their formats", () => {
  const file = written(
    "events.out.tfevents.1",
    eventFile([
      { step: 0, at: 100.5, values: [{ tag: "old", simple: 0.25 }] },
      { step: 1, values: [{ tag: "bytes", tensor: [0.5], type: "float", plugin: "scalars" }] },
      { step: 2, values: [{ tag: "bytes", tensor: [0.125], type: "float" }] },
      { step: 3, values: [{ tag: "double", numbers: [1 / 3], type: "double", plugin: "scalars" }] },
      { step: 2 ** 40, values: [{ tag: "float", numbers: [-2], type: "float" }] },
      { step: 5, values: [{ tag: "note", text: "hello" }] },
      { step: 6, values: [{ tag: "vector", tensor: [1, 2], type: "float", plugin: "scalars" }] },
    ]),
  );
  const log = readEventLog(file);
  const { unread, warnings } = log;
  const values = valuesOf(log);
  assert.deepEqual(
    values.map(({ tag, step, value }) => [tag, step, value]),
    [
      ["old", 0, 0.25],
      ["bytes", 1, 0.5],
      ["bytes", 2, 0.125],
      ["double", 3, 1 / 3],
      ["float", 2 ** 40, -2],
    ],
  );
  assert.equal(values[0]?.seconds, 100.5);
  assert.deepEqual(unread, ["note", "vector"]);
  assert.deepEqual(warnings, []);
});

test("histograms: sums stored in the old message, computed from the buckets in TensorFlow 2", () => {
  const numbers = [0, 0, 0, -1, 2, 0.5];
  const file = written(
    "events.out.tfevents.2",
    eventFile([
      { step: 0, values: [{ tag: "old", histogram: histogramOf(numbers) }] },
      // left, right, count: 10 numbers evenly over [0, 3]
      { step: 0, values: [{ tag: "new", tensor: [0, 1, 5, 1, 3, 10], type: "double", plugin: "histograms" }] },
      // the plugin is stored once
      { step: 1, values: [{ tag: "new", tensor: [1.5, 2.5, 7], type: "double" }] },
    ]),
  );
  const [old, even, single] = valuesOf(readEventLog(file)).map(({ value }) => value as Distribution);
  assert.ok(old && even && single);
  assert.deepEqual([old.low, old.high, old.count, old.sum, old.sumOfSquares], [-1, 2, 6, 1.5, 5.25]);
  assert.equal(old.buckets.find(({ low }) => low === 0)?.count, 3, "zeros have their own bucket");
  assert.ok(
    old.buckets.every(({ low, high }) => low >= -1 && high <= 2),
    "limits beyond the observed range",
  );
  assert.deepEqual([even.count, even.low, even.high], [15, 0, 3]);
  near(even.sum, 5 * 0.5 + 10 * 2);
  near(even.sumOfSquares, 5 / 3 + (10 * (1 + 3 + 9)) / 3);
  // a single bucket stands for one number
  assert.deepEqual(single.buckets, [{ low: 2, high: 2, count: 7 }]);
  near(single.sumOfSquares, 28);
});

const small = eventFile(
  [0, 1, 2].map((step) => ({
    step,
    values: [
      { tag: "loss", simple: 1 / (step + 1) },
      { tag: "w", histogram: { low: 0, high: 1, count: 2, sum: 1, sumOfSquares: 1, limits: [0, 1], counts: [0, 2] } },
    ],
  })),
);

test("truncated after any byte: whole records are read and the rest is counted, or it is not an event file", () => {
  for (let length = 0; length < small.length; length++) {
    const file = written("events.out.tfevents.cut", small.subarray(0, length));
    try {
      const log = readEventLog(file);
      const values = valuesOf(log);
      const { warnings } = log;
      assert.ok(values.length < 6);
      const [warning] = warnings;
      // a cut between two records cannot be seen
      if (warning !== undefined) assert.match(warning, /ends within a record: \d+ bytes were ignored/);
      else assert.ok([0, 1, 2, 3].some((count) => values.length === 2 * count));
    } catch (error) {
      assert.ok(error instanceof GradusError && error.code === "bad-data", String(error));
      assert.ok(length < 12);
      assert.match(error.message, length === 0 ? /an empty file/ : /and no more/);
    }
  }
});

test("damage is reported with its offset; everything else is read", () => {
  const damaged = small.slice();
  // in the data of the second record: that of the first event
  const first = frame(new Uint8Array(0)).length;
  const begin = Number(new DataView(damaged.buffer).getBigUint64(0, true)) + first;
  damaged[begin + 20] = (damaged[begin + 20] as number) ^ 1;
  const log = readEventLog(written("events.out.tfevents.damaged", damaged));
  const { warnings } = log;
  assert.deepEqual(
    valuesOf(log).map(({ tag, step }) => `${tag} ${step}`),
    ["loss 1", "loss 2", "w 1", "w 2"],
  );
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0] ?? "",
    new RegExp(`1 records do not match their checksum and were skipped: at byte ${begin}$`),
  );
});

test("files of other kinds are rejected", () => {
  const refused = (file: string, pattern: RegExp, code = "bad-data") =>
    assert.throws(
      () => readEventLog(file),
      (error) => error instanceof GradusError && error.code === code && pattern.test(error.message),
    );
  refused(written("picture.tfevents", new Uint8Array(200).fill(7)), /expected a record's length .* got 07 07/);
  refused(
    written("examples.tfevents", joined([frame(new Uint8Array(9).fill(0xff))])),
    /none of its 1 records is an event/,
  );
  refused(join(folder, "absent"), /no such file/, "file-not-found");
  const empty = join(folder, "empty");
  mkdirSync(empty);
  refused(empty, /there is no event file in this folder/);
});

test("a folder is read completely, with the folder of each file", () => {
  const root = join(folder, "run");
  for (const part of ["train", "validation"]) {
    mkdirSync(join(root, part), { recursive: true });
    writeFileSync(
      join(root, part, "events.out.tfevents.1"),
      eventFile([{ step: 1, values: [{ tag: "loss", simple: 1 }] }]),
    );
  }
  writeFileSync(join(root, "notes.txt"), "not this");
  const log = readEventLog(root);
  const { files } = log;
  assert.deepEqual(
    valuesOf(log).map((value) => value.folder),
    ["train", "validation"],
  );
  assert.equal(files.length, 2);
});
